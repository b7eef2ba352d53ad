import type { Failure } from '../../core/failure.ts';
import type { Result } from '../../core/result.ts';
import { layerLimits, newBudget } from '../../tool/tar/limits.ts';
import { type ReadArchive, readArchive } from '../../tool/tar/read-archive.ts';
import type { OnTarEntry } from '../../tool/tar/tar-stream.ts';

/** What was learned of a layer while it was read; `plain` is what configs call its diff id. */
export type ReadLayer = Pick<ReadArchive, 'compression' | 'sha256' | 'size' | 'plain'>;

/**
 * Reads an image layer, compressed or not, from begin to end.
 * @param name what it is called in failures. Errors and @throws: those of `readArchive`.
 */
export function readLayer(
  path: string,
  { name, signal }: { readonly name: string; readonly signal: AbortSignal },
  onEntry: OnTarEntry,
): Promise<Result<ReadLayer, Failure>> {
  const budget = newBudget(layerLimits);
  return readArchive(path, { what: `the layer ${name}`, signal, budget }, onEntry);
}
