import { bundleToJSON } from '@sigstore/bundle';
import { DSSEBundleBuilder } from '@sigstore/sign';
import { canonicalJson, type Json } from '../../core/canonical-json.ts';
import type { Failure } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { payloadType } from '../statement.ts';
import { signing } from './refused.ts';
import type { Signer } from './signer.ts';

/**
 * A statement in a DSSE envelope in a Sigstore bundle (v0.3), as canonical JSON. By an Ed25519 key without witnesses the same statement
 * gives the same bytes; ECDSA has chance in it. Errors: what KMS, Fulcio, Rekor or the authority of timestamps refuse.
 */
export async function signStatement(
  signer: Signer,
  statementText: string,
  host: Pick<Host, 'signal' | 'credentials'>,
): Promise<Result<string, Failure>> {
  const builder = new DSSEBundleBuilder({ signer, witnesses: [...signer.witnesses] });
  const data = Buffer.from(statementText);
  const bundle = await signing(() => builder.create({ data, type: payloadType }), host);
  if (!bundle.ok) return bundle;
  // In the bundle alone: in the envelope, cosign takes it for the key's own name, which is of another form, and passes over it.
  const { content } = bundle.value.verificationMaterial;
  if (content.$case === 'publicKey') content.publicKey.hint = signer.hint;
  return ok(canonicalJson(JSON.parse(JSON.stringify(bundleToJSON(bundle.value))) as Json));
}
