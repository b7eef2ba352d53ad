import type { Failure } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { loadLock } from '../../workspace/load-lock.ts';
import type { LoadedRelease } from '../../workspace/loaded-release.ts';
import { type GlobalOptions, openWorkspace } from '../../workspace/workspace.ts';
import { sampleRelease, sampleWord } from '../sample/name.ts';
import { claimCache } from '../wiring/tools.ts';

/**
 * Reads the lock of a release; `sample` is imported anew from the sources in this package. @param isForMaking the cache will be
 * written to. Errors: those of `openWorkspace` and `loadLock`.
 */
export async function loadRelease(
  release: string,
  options: GlobalOptions,
  host: Host,
  { isForMaking = false } = {},
): Promise<Result<LoadedRelease, Failure>> {
  const workspace = await openWorkspace(options, host);
  if (!workspace.ok) return workspace;
  if (isForMaking) claimCache(workspace.value, host);
  if (release === sampleWord) {
    const { loadSample } = await import('../sample/load-sample.ts');
    return loadSample(workspace.value, host);
  }
  const loaded = await loadLock(workspace.value, release, host, [sampleWord]);
  // As reports call it.
  if (!loaded.ok && loaded.error.reason === 'unknown-name' && release === sampleRelease) {
    const { loadSample } = await import('../sample/load-sample.ts');
    return loadSample(workspace.value, host);
  }
  return loaded.ok ? ok({ workspace: workspace.value, ...loaded.value }) : loaded;
}
