import { createHash } from 'node:crypto';
import type { Digest } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Bucket } from '../../tool/s3/bucket.ts';
import type { SiteFile } from '../site-file.ts';
import { fetchDigest, lookAt, type ObjectThere } from './read.ts';

/** What is where a file is to go. `etag` is that of the other bytes. */
export type ObjectState =
  | { readonly is: 'absent' }
  | { readonly is: 'same' }
  | { readonly is: 'different'; readonly etag: string };

/**
 * Compares a file with what is in its place, by the SHA-256 that S3 has of it. Where S3 has none, or one of other parts than we send,
 * it is fetched and hashed. Errors: those of `attempt`.
 */
export async function stateOf(bucket: Bucket, file: SiteFile): Promise<Result<ObjectState, Failure>> {
  const there = await lookAt(bucket, file.path);
  if (!there.ok) return there;
  if (there.value === undefined) return ok({ is: 'absent' });
  const { size, etag } = there.value;
  const different = { is: 'different', etag } as const;
  if (size !== file.size) return ok(different);
  const known = isSameBySum(there.value, file);
  if (known !== undefined) return ok(known ? { is: 'same' } : different);
  const digest = await fetchDigest(bucket, file.path);
  return digest.ok ? ok(digest.value === file.sha256 ? { is: 'same' } : different) : digest;
}

/** Undefined where the sum does not say. */
function isSameBySum({ sha256, etag }: ObjectThere, file: SiteFile): boolean | undefined {
  if (sha256 === undefined) return undefined;
  // Whoever leaves the number of parts out of the one has it in the other.
  const parts = /-([0-9]+)$/.exec(sha256)?.[1] ?? /-([0-9]+)"?$/.exec(etag)?.[1];
  if (parts === undefined) return sha256 === base64Of(file.sha256);
  const [sum] = sha256.split('-');
  return Number(parts) === file.parts.length && sum === sumOfParts(file.parts) ? true : undefined;
}

/** A SHA-256 as S3 writes it. */
export function base64Of(digest: Digest): string {
  return Buffer.from(digest, 'hex').toString('base64');
}

/** What S3 has for a sum of what came in parts: that of their sums (S3 user guide, "Composite checksums"). */
export function sumOfParts(parts: readonly Digest[]): string {
  return createHash('sha256')
    .update(Buffer.from(parts.join(''), 'hex'))
    .digest('base64');
}
