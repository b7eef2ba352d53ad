import { unlinkSync } from 'node:fs';
import type { Json } from '../core/canonical-json.ts';
import { type Digest, isDigest } from '../core/digest.ts';
import type { Failure } from '../core/failure.ts';
import { cannotWrite, unless } from './errno.ts';
import type { Handle } from './handle.ts';
import { resultPath, titlePath, treePlaceOf } from './layout.ts';
import { listShards, readPlain, stat } from './list.ts';
import { resultKey } from './result-key.ts';
import { decodeResult, encodeResult } from './result-text.ts';
import type { StoredResult } from './store.ts';
import { hasTree, settleTree, touch } from './trees.ts';
import { writeWhole } from './whole-file.ts';

/** See `Store.lookup`. @throws system errors other than those of a file that is missing or out of place. */
export function lookup(handle: Handle, key: Digest): StoredResult | undefined {
  const result = readResult(handle, key);
  if (result === undefined) return undefined;
  // Marked as used first and looked at second: what gc takes away after the look, it finds marked and puts back.
  unless(cannotWrite, () => {
    touch(handle, resultPath(handle.layout, key));
    touch(handle, treePlaceOf(handle.layout, result.tree).folder);
  });
  if (!hasTree(handle, result.tree)) return undefined;
  handle.durable.add(result.tree);
  return result;
}

/** The result under a key, its tree there or not. One that is not as it was written is dropped. @throws system errors. */
function readResult(handle: Handle, key: Digest): StoredResult | undefined {
  const path = resultPath(handle.layout, key);
  const text = readPlain(path);
  const result = text === undefined ? undefined : decodeResult(text, key);
  if (text !== undefined && result === undefined) unless(['ENOENT', ...cannotWrite], () => unlinkSync(path));
  return result;
}

/** Every result with the time of its last use, in milliseconds since 1970; the longest unused first. @throws system errors. */
export function resultsByUse(
  handle: Handle,
): readonly { readonly key: Digest; readonly tree: Digest; readonly path: string; readonly used: number }[] {
  const found: { key: Digest; tree: Digest; path: string; used: number }[] = [];
  for (const { name, path } of listShards(handle.layout.results)) {
    const key = name.replace(/\.json$/, '');
    const result = isDigest(key) ? readResult(handle, key) : undefined;
    const used = stat(path)?.mtimeMs;
    if (result !== undefined && used !== undefined)
      found.push({ key: result.key, tree: result.tree, path, used });
  }
  return found.sort((a, b) => a.used - b.used);
}

/** See `StoreMaintenance.lastResult`. @throws system errors. */
export function lastResult(handle: Handle, kind: string, title: string): StoredResult | undefined {
  const key = readPlain(titlePath(handle.layout, kind, title))?.trim();
  const result = key !== undefined && isDigest(key) ? readResult(handle, key) : undefined;
  return result?.kind === kind && result.title === title ? result : undefined;
}

/**
 * See `Store.record`. The names of the result's own file may be lost by a power cut: that costs a build and harms nothing.
 * @throws system errors; TypeError where the key is not that of the inputs, a bug of the caller.
 */
export async function record(handle: Handle, result: StoredResult): Promise<Failure | undefined> {
  const { key, kind, inputs, title, tree } = result;
  if (resultKey(kind, inputs as Json) !== key) throw new TypeError(`not the key of its inputs: ${key}`);
  if (handle.unwritable !== undefined) return handle.unwritable;
  const failure = await settleTree(handle, tree);
  if (failure !== undefined) return failure;
  return (
    (await writeWhole(handle, resultPath(handle.layout, key), encodeResult(result), true)) ??
    (await writeWhole(handle, titlePath(handle.layout, kind, title), key, false))
  );
}
