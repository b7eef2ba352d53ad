import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { newCredentials } from '../../../orchestrator/core/credentials.ts';
import { describeFailure } from '../../../orchestrator/core/describe-failure.ts';
import type { Failure } from '../../../orchestrator/core/failure.ts';
import type { Result } from '../../../orchestrator/core/result.ts';
import type { Host } from '../../../orchestrator/host.ts';
import { publicKeyOf } from '../../../orchestrator/statement/sign/public-key.ts';
import { signStatement } from '../../../orchestrator/statement/sign/sign-statement.ts';
import { openSigner, type Signer } from '../../../orchestrator/statement/sign/signer.ts';
import { statementText } from '../../../orchestrator/statement/statement.ts';
import { testHost } from '../../rig/host.ts';

export const statement = {
  subject: [{ name: 'etcd', digest: { sha256: 'ab'.repeat(32) } }],
  predicateType: 'urn:example:said:1',
  predicate: { said: 'as it is' },
};

export const text = statementText(statement);

export function host(given: Partial<Host> = {}): Host {
  return testHost({ cwd: '/', packageFolder: '/', env: {}, credentials: newCredentials(), ...given });
}

export function keyPair(kind: 'ed25519' | 'P-256'): { readonly key: KeyObject; readonly pem: string } {
  const pair =
    kind === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: kind });
  return {
    key: pair.privateKey,
    pem: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

export function publicPem(key: KeyObject): string {
  return unwrap(publicKeyOf(key)).pem;
}

export function unwrap<T>(result: Result<T, Failure | string>): T {
  if (result.ok) return result.value;
  throw new Error(typeof result.error === 'string' ? result.error : describeFailure(result.error));
}

export function told(result: Result<unknown, Failure>): string {
  return result.ok ? 'fine' : describeFailure(result.error);
}

/** What a signer by a key in a file makes of the statement. */
export async function signedBy(file: string, at: Host = host()): Promise<string> {
  return unwrap(await signStatement(await signer(file, at), text, at));
}

export async function signer(sign: string, at: Host = host()): Promise<Signer> {
  return unwrap(await openSigner({ sign }, {}, at));
}
