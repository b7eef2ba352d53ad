import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { Descriptor, OciDigest } from '../../core/oci.ts';
import type { HttpBody } from '../../tool/http/http-client.ts';
import { ociDigestOf } from '../image/layout.ts';

/** A blob that can be read from any place, as often as it takes. */
export interface Blob {
  /** What it is said to be; a registry checks it. */
  readonly digest: OciDigest;
  /** Bytes. */
  readonly size: number;
  /** From `start` up to, not including, `end`. */
  readonly part: (start: number, end: number) => HttpBody;
}

/** Bytes as a body that can be sent again. */
export function bodyOf(bytes: Buffer): HttpBody {
  return { size: bytes.length, open: () => Readable.from(bytes.length === 0 ? [] : [bytes]) };
}

export function blobOf(bytes: Buffer): Blob {
  const part = (start: number, end: number) => bodyOf(bytes.subarray(start, end));
  return { digest: ociDigestOf(bytes), size: bytes.length, part };
}

/** A blob in a file. @param path absolute. */
export function blobInFile(path: string, { digest, size }: Pick<Descriptor, 'digest' | 'size'>): Blob {
  const open = (start: number, end: number) => {
    return start === end ? Readable.from([]) : createReadStream(path, { start, end: end - 1 });
  };
  return { digest, size, part: (start, end) => ({ size: end - start, open: () => open(start, end) }) };
}
