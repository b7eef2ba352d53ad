import { canonicalJson, type Json } from '../core/canonical-json.ts';
import { type Digest, digestOfJson, isDigest } from '../core/digest.ts';
import { areCommandRecords, areTexts, isDuration, parseJson } from '../core/json-text.ts';
import { resultKey } from './result-key.ts';
import type { StoredResult } from './store.ts';

/** A result as text: canonical JSON with a digest over all of it, so that a torn or edited one is noticed. */
export function encodeResult(result: StoredResult): string {
  const { key, kind, title, tree, seconds, notes, commands } = result;
  const value = {
    key,
    kind,
    title,
    inputs: result.inputs as Json,
    tree,
    seconds,
    ...(notes.length === 0 ? {} : { notes }),
    commands: commands.map((command) => ({ ...command, exitCode: command.exitCode ?? null })),
  };
  return `${canonicalJson({ digest: digestOfJson(value), result: value })}\n`;
}

/**
 * Reads a result back; undefined where it is not exactly what was written under that key. Whoever may write into a shared store can make
 * a digest of anything, so it vouches for no shape.
 */
export function decodeResult(text: string, key: Digest): StoredResult | undefined {
  const value = parseJson(text) as Readonly<Record<string, unknown>> | undefined;
  const result = value?.['result'];
  if (!isObject(result) || digestOf(result) !== value?.['digest']) return undefined;
  const { kind, title, inputs, tree, seconds, notes = [], commands } = result;
  if (typeof kind !== 'string' || typeof title !== 'string' || inputs === undefined) return undefined;
  // The digest vouches neither for the place where the file stands, nor for its writer.
  if (result['key'] !== key || resultKey(kind, inputs as Json) !== key) return undefined;
  if (typeof tree !== 'string' || !isDigest(tree) || !isDuration(seconds)) return undefined;
  if (!areCommandRecords(commands) || !areTexts(notes)) return undefined;
  const recorded = commands.map((command) => ({ ...command, exitCode: command.exitCode ?? undefined }));
  return { key, kind, title, inputs, tree, seconds, notes, commands: recorded };
}

/** Undefined of what has no canonical text: JSON.parse makes an infinity of a number that is too large. */
function digestOf(value: object): Digest | undefined {
  try {
    return digestOfJson(value as Json);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
