import { canonicalJson } from '../../core/canonical-json.ts';
import type { Digest } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { parseJson } from '../../core/json-text.ts';
import type { Result } from '../../core/result.ts';
import { decodeResult, encodeResult } from '../result-text.ts';
import type { StoredResult } from '../store.ts';
import { type TreeReference, treeOfReference } from './tree-document.ts';

/** A result as machines share it: with the name of all of its tree. */
export interface SharedResult {
  readonly result: StoredResult;
  readonly reference: TreeReference;
}

/** Who vouches for results, where somebody does. What says so is above this room. */
export interface Seal {
  /** Who signs what this machine writes; undefined where it reads alone. Names are SHA-256s of public keys. */
  readonly signer:
    | { readonly name: Digest; sign(what: Vouched): Promise<Result<string, Failure>> }
    | undefined;
  /** Whose results count, in the order in which they are asked for. */
  readonly trusted: readonly Digest[];
  /** Whether a signature is one over this, by that key. Errors: why it counts for nothing, as the end of a sentence. */
  verify(signature: string, what: Vouched, by: Digest): Promise<Result<void, string>>;
}

/** What is vouched for: the text of a result under its key. */
export interface Vouched {
  readonly key: Digest;
  /** SHA-256 of the text. */
  readonly text: Digest;
}

/** Bytes of the longest result: its commands have some kilobytes each. */
export const mostOfResult = 2 ** 23;

export function encodeShared({ result, reference }: SharedResult): string {
  return canonicalJson({ reference, result: encodeResult(result) });
}

/** A result's text with the signature over it, in one object: neither can be read without the other. */
export function encodeSealed(text: string, signature: string): string {
  return canonicalJson({ shared: text, signature });
}

/** Takes the two apart; undefined where they are not there. Nothing is checked. */
export function decodeSealed(
  sealed: string,
): { readonly text: string; readonly signature: string } | undefined {
  const { shared, signature } = readObject(sealed);
  return typeof shared === 'string' && typeof signature === 'string'
    ? { text: shared, signature }
    : undefined;
}

/** Undefined where it is not exactly what was written under that key. */
export function decodeShared(text: string, key: Digest): SharedResult | undefined {
  const { reference, result: inner } = readObject(text);
  if (typeof reference !== 'string' || typeof inner !== 'string') return undefined;
  const result = decodeResult(inner, key);
  return result !== undefined && treeOfReference(reference) === result.tree
    ? { result, reference }
    : undefined;
}

function readObject(text: string): Readonly<Record<string, unknown>> {
  return (parseJson(text) ?? {}) as Readonly<Record<string, unknown>>;
}
