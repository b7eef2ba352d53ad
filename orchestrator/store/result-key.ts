import type { Json } from '../core/canonical-json.ts';
import { type Digest, digestOfJson } from '../core/digest.ts';

/** Counts up whenever the same inputs may come to mean another result. */
const keyFormat = 1;

/** The key of a result: SHA-256 of the canonical JSON of its kind, its inputs and the version of this format. */
export function resultKey(kind: string, inputs: Json): Digest {
  return digestOfJson({ keyFormat, kind, inputs });
}
