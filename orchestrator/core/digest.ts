import { createHash } from 'node:crypto';
import { canonicalJson, type Json } from './canonical-json.ts';

declare const digestBrand: unique symbol;

/** A SHA-256 as 64 lower-case hexadecimal characters, without a prefix. */
export type Digest = string & { readonly [digestBrand]: true };

const shape = /^[0-9a-f]{64}$/;

export function isDigest(text: string): text is Digest {
  return shape.test(text);
}

/** @throws TypeError where the text is no SHA-256: a bug of the caller, who has checked it with `isDigest`. */
export function asDigest(text: string): Digest {
  if (!isDigest(text)) throw new TypeError(`not a SHA-256: ${text}`);
  return text;
}

/** SHA-256 of bytes, or of a text's UTF-8. */
export function digestOf(content: string | Uint8Array): Digest {
  return createHash('sha256').update(content).digest('hex') as Digest;
}

/** SHA-256 of a value's canonical JSON. */
export function digestOfJson(value: Json): Digest {
  return digestOf(canonicalJson(value));
}
