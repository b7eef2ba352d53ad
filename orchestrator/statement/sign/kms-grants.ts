import type { Grant } from '../../tool/aws/iam-policy.ts';
import type { KmsKey } from './key-place.ts';

/** What is called of KMS. */
const calls = ['GetPublicKey', 'Sign'] as const;

/** What has to be allowed for signing by it. An alias says nothing of its key's ARN. */
export function kmsGrants({ arn }: KmsKey): readonly Grant[] {
  const [, before, alias] = /^(.*:)(alias\/.+)$/.exec(arn) ?? [];
  const resource = alias === undefined ? arn : `${before}key/*`;
  const condition =
    alias === undefined ? undefined : { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': alias } };
  return calls.map((call) => ({ action: `kms:${call}`, resource, condition }));
}
