import { canonicalJson, type Json } from '../core/canonical-json.ts';
import { type Digest, digestOfJson, isDigest } from '../core/digest.ts';
import type { CommandRecord } from '../tool/process/process.ts';
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

/** Reads a result back; undefined where it is not exactly what was written under that key. */
export function decodeResult(text: string, key: Digest): StoredResult | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(value) || !isObject(value['result'])) return undefined;
  const result = value['result'];
  if (digestOfJson(result as Json) !== value['digest']) return undefined;
  const { kind, title, inputs, tree, seconds, notes = [], commands } = result;
  if (typeof kind !== 'string' || typeof title !== 'string' || inputs === undefined) return undefined;
  // The digest vouches for the rest of the shape, but not for the place where the file stands, nor for its writer.
  if (result['key'] !== key || resultKey(kind, inputs as Json) !== key) return undefined;
  if (typeof tree !== 'string' || !isDigest(tree) || typeof seconds !== 'number') return undefined;
  if (!Array.isArray(commands) || !Array.isArray(notes)) return undefined;
  const recorded = (commands as readonly (CommandRecord & { exitCode: number | null })[]).map((command) => ({
    ...command,
    exitCode: command.exitCode ?? undefined,
  }));
  return { key, kind, title, inputs, tree, seconds, notes, commands: recorded };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
