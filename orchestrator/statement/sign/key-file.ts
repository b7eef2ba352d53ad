import { createPrivateKey, type KeyObject } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { shellQuote } from '../../core/shell-quote.ts';
import type { Host } from '../../host.ts';
import { readText, sizeLimit } from '../../tool/file/read-file.ts';
import { isCosignKey, openCosignKey } from './cosign-key.ts';

/** Variables that hold the password of a key. The second is cosign's own. */
const passwordVariables = ['EKSD_REBUILD_KEY_PASSWORD', 'COSIGN_PASSWORD'] as const;

const takes =
  'Keys are PEM: PKCS #8, encrypted or not (openssl genpkey -algorithm ed25519), SEC 1, and what "cosign generate-key-pair" writes.';

/**
 * Reads a private key, with its password where it has one; says so where others may read what signs. Errors: `usage`.
 * @param path as the user named it.
 */
export async function readKeyFile(
  path: string,
  passwordFile: string | undefined,
  host: Pick<Host, 'env' | 'cwd' | 'credentials' | 'stderr'>,
): Promise<Result<KeyObject, Failure>> {
  const pem = await textOf(path, 'the key', host.cwd);
  if (!pem.ok) return pem;
  if (!isEncrypted(pem.value)) {
    const key = decode(pem.value, path, undefined);
    if (key.ok) await warnOfReaders(path, host);
    return key;
  }
  const password = await findPassword(path, passwordFile, host);
  if (!password.ok) return password;
  host.credentials.add({ place: '', user: '', password: password.value });
  if (!isCosignKey(pem.value)) return decode(pem.value, path, password.value);
  const opened = await openCosignKey(pem.value, password.value);
  return opened.ok ? decode(opened.value, path, undefined) : err(bad(path, opened.error));
}

/** No refusal: who mounts secrets into a container has no say in their modes. */
async function warnOfReaders(path: string, { cwd, stderr }: Pick<Host, 'cwd' | 'stderr'>): Promise<void> {
  const found = await stat(resolve(cwd, path)).catch(() => undefined);
  if (found !== undefined && (found.mode & 0o077) !== 0)
    stderr.write(
      `Others than its owner may read ${path}, by which is signed: chmod 600 ${shellQuote(path)}\n`,
    );
}

/** Whether a key has a password; also by the headers of the form that openssl wrote before PKCS #8 (RFC 1421). */
function isEncrypted(pem: string): boolean {
  return /-----BEGIN ENCRYPTED [A-Z ]*PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(pem);
}

async function findPassword(
  path: string,
  file: string | undefined,
  { env, cwd, stderr }: Pick<Host, 'env' | 'cwd' | 'stderr'>,
): Promise<Result<string, Failure>> {
  if (file !== undefined) {
    const text = await textOf(file, 'the password', cwd);
    if (text.ok) await warnOfReaders(file, { cwd, stderr });
    return text.ok ? ok(text.value.split(/\r?\n/, 1)[0] ?? '') : text;
  }
  const name = passwordVariables.find((each) => env[each] !== undefined);
  if (name !== undefined) return ok(env[name] ?? '');
  return err({
    reason: 'usage',
    message: `The key ${path} has a password, and nothing says it.`,
    help: `Set ${passwordVariables[0]}, or name a file whose first line it is: by --sign-password-file, or of store.sign by store.signPasswordFile of the settings. Nobody is asked.`,
  });
}

/** What the library says of a key may have some of it: nothing of that is said. */
function decode(
  key: string | Buffer,
  path: string,
  passphrase: string | undefined,
): Result<KeyObject, Failure> {
  try {
    if (typeof key !== 'string') return ok(createPrivateKey({ key, format: 'der', type: 'pkcs8' }));
    return ok(createPrivateKey(passphrase === undefined ? key : { key, passphrase }));
  } catch {
    if (passphrase !== undefined) return err(bad(path, 'is not opened by this password'));
    const isPublic = /-----BEGIN (PUBLIC KEY|CERTIFICATE)-----/.test(String(key));
    return err(bad(path, isPublic ? 'is a public one, which signs nothing' : 'is none that can be read'));
  }
}

function bad(path: string, why: string): Failure {
  return { reason: 'usage', message: `The key ${path} ${why}.`, help: takes };
}

async function textOf(path: string, what: string, cwd: string): Promise<Result<string, Failure>> {
  const read = await readText(resolve(cwd, path), { limit: sizeLimit.byHand }, path);
  if (read.ok && read.value !== undefined) return ok(read.value);
  const why = read.ok ? 'it is not there' : `it ${read.error.message}`;
  return err({
    reason: 'usage',
    message: `Cannot read ${path} for ${what}: ${why}.`,
    help: 'Name a file that this user may read.',
  });
}
