import { resolve } from 'node:path';
import type { StoreSettings } from '../../config/settings/store.ts';
import type { Digest } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { sharedResultType } from '../../statement/predicates.ts';
import type { Statement } from '../../statement/statement.ts';
import type { Seal, Vouched } from '../../store/remote/result-object.ts';
import { readText, sizeLimit } from '../../tool/file/read-file.ts';
import type { Workspace } from '../../workspace/workspace.ts';

/**
 * Who vouches for shared results, as the settings have it; undefined where nobody does. Who signs trusts that key, too. What signs and
 * verifies is loaded only then. Errors: `usage` where a key cannot be used; those of opening it.
 */
export async function openSeal(
  settings: StoreSettings,
  sign: Workspace['sign'],
  host: Host,
): Promise<Result<Seal | undefined, Failure>> {
  const { sign: key, signPasswordFile, trust = [] } = settings;
  if (key === undefined && trust.length === 0) return ok(undefined);
  const { readPublicKey } = await import('../../statement/sign/public-key.ts');
  const trusted = new Map<Digest, { readonly name: string; readonly pem: string }>();
  let signer: Seal['signer'];
  if (key !== undefined) {
    const { openSigner } = await import('../../statement/sign/signer.ts');
    const words = { sign: key, ...(signPasswordFile === undefined ? {} : { signPasswordFile }) };
    const opened = await openSigner(words, sign, host);
    if (!opened.ok) return opened;
    const { publicKey: pem, shown } = opened.value;
    const own = pem === undefined ? err('has no public key that stays') : readPublicKey(pem);
    if (!own.ok || pem === undefined) return err(refused(shown, own.ok ? '' : own.error));
    trusted.set(own.value.sha256, { name: shown, pem });
    // Nobody is asked to witness what is only of use to the machines that share it.
    const alone = { ...opened.value, witnesses: [] };
    signer = {
      name: own.value.sha256,
      async sign(what) {
        const { signStatement } = await import('../../statement/sign/sign-statement.ts');
        const { statementText } = await import('../../statement/statement.ts');
        return signStatement(alone, statementText(statementOf(what)), host);
      },
    };
  }
  for (const path of trust) {
    const text = await readText(resolve(host.cwd, path), { limit: sizeLimit.byHand }, path);
    if (!text.ok) return err(refused(path, text.error.message));
    const read = readPublicKey(text.value ?? '');
    if (!read.ok) return err(refused(path, text.value === undefined ? 'is not there' : read.error));
    trusted.set(read.value.sha256, { name: path, pem: read.value.pem });
  }
  return ok({
    signer,
    trusted: [...trusted.keys()],
    async verify(signature, what, by) {
      const { verifyBundle } = await import('../../statement/sign/verify-bundle.ts');
      const own = trusted.get(by);
      const keys = own === undefined ? [] : [own];
      const verified = await verifyBundle(signature, 'the signature', { keys, identities: [] });
      if (!verified.ok) return err(`is not signed by ${own?.name ?? 'anybody who is trusted'}`);
      return isAbout(verified.value.statement, what) ? ok(undefined) : err('is signed as something else');
    },
  });
}

function statementOf({ key, text }: Vouched): Statement {
  return {
    subject: [{ name: key, digest: { sha256: text } }],
    predicateType: sharedResultType,
    predicate: {},
  };
}

function isAbout({ subject, predicateType }: Statement, { key, text }: Vouched): boolean {
  const [only, ...others] = subject;
  const isSame = only?.name === key && only.digest['sha256'] === text && others.length === 0;
  return isSame && predicateType === sharedResultType;
}

function refused(path: string, why: string): Failure {
  const help =
    '"store.sign" takes a file with a private key, or awskms:///ARN; "store.trust" takes public keys in PEM.';
  return { reason: 'usage', message: `The key ${path} ${why}.`, help };
}
