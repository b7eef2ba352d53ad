import { statementText } from '../statement.ts';
import { witnessesIn } from './bundle-shape.ts';
import type { Signer } from './signer.ts';
import { verifyBundle } from './verify-bundle.ts';

/**
 * Whether a bundle holds that very statement, signed by that key, with as many witnesses as it would have now: then it need not be signed
 * again, which by ECDSA would give other bytes. Of certificates nobody can tell whose they are without a root. @param text of the statement.
 */
export async function isOwnBundle(
  bundle: string,
  text: string,
  { publicKey: pem, witnesses }: Signer,
): Promise<boolean> {
  if (pem === undefined) return false;
  const verified = await verifyBundle(bundle, '', { keys: [{ name: 'own', pem }], identities: [] });
  const isSame = verified.ok && statementText(verified.value.statement) === text;
  return isSame && witnessesIn(bundle) >= witnesses.length;
}
