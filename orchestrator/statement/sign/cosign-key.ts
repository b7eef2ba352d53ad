import { scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import nacl from 'tweetnacl';
import { z } from 'zod';
import { parseJson } from '../../core/json-text.ts';
import { err, ok, type Result } from '../../core/result.ts';

const bytes = z.base64().transform((text) => Buffer.from(text, 'base64'));

/**
 * How `cosign generate-key-pair` keeps a private key: JSON in PEM, and in it PKCS #8 in a box of NaCl, under a key that scrypt makes of
 * the password (github.com/secure-systems-lab/go-securesystemslib, `encrypted`). `r` is 8 and `p` is 1 there; a greater `N` than 2^17,
 * which takes 128 MiB, none of its versions writes.
 */
const boxed = z.object({
  kdf: z.object({
    name: z.literal('scrypt'),
    params: z.object({
      N: z
        .number()
        .int()
        .min(2 ** 14)
        .max(2 ** 17),
      r: z.literal(8),
      p: z.literal(1),
    }),
    salt: bytes,
  }),
  cipher: z.object({ name: z.literal('nacl/secretbox'), nonce: bytes }),
  ciphertext: bytes,
});

const derive = promisify<string, Buffer, number, object, Buffer>(scrypt);

export function isCosignKey(pem: string): boolean {
  return /-----BEGIN ENCRYPTED (SIGSTORE|COSIGN) PRIVATE KEY-----/.test(pem);
}

/** The PKCS #8 in a key of cosign's. Errors: why it cannot be had, as the end of a sentence. */
export async function openCosignKey(pem: string, password: string): Promise<Result<Buffer, string>> {
  const [, body = ''] = /-----BEGIN [A-Z ]+-----([\s\S]*?)-----END/.exec(pem) ?? [];
  const read = boxed.safeParse(parseJson(Buffer.from(body, 'base64').toString('utf8')));
  if (!read.success || read.data.cipher.nonce.length !== nacl.secretbox.nonceLength)
    return err('is not what cosign writes as a key');
  const { kdf, cipher, ciphertext } = read.data;
  const maxmem = 2 * 128 * kdf.params.N * kdf.params.r;
  const key = await derive(password, kdf.salt, nacl.secretbox.keyLength, { ...kdf.params, maxmem });
  const opened = nacl.secretbox.open(ciphertext, cipher.nonce, key);
  return opened === null ? err('is not opened by this password') : ok(Buffer.from(opened));
}
