import type { Failure } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { loadLock } from '../../workspace/load-lock.ts';
import type { LoadedRelease } from '../../workspace/loaded-release.ts';
import { type GlobalOptions, openWorkspace } from '../../workspace/workspace.ts';
import { claimCache } from '../wiring/tools.ts';

/** The name under which the release in `examples/` goes. */
const sampleName = 'sample';

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
  if (release === sampleName) {
    const { loadSample } = await import('../sample/load-sample.ts');
    return loadSample(workspace.value, host);
  }
  const loaded = await loadLock(workspace.value, release, host, [sampleName]);
  if (!loaded.ok && loaded.error.reason === 'unknown-name') {
    const { loadSample, sampleRelease } = await import('../sample/load-sample.ts');
    // As reports call it.
    if (release === sampleRelease) return loadSample(workspace.value, host);
  }
  return loaded.ok ? ok({ workspace: workspace.value, ...loaded.value }) : loaded;
}
