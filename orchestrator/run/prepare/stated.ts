import type { Lock } from '../../config/lock/lock.ts';
import type { Overlay } from '../../config/lock/overlay.ts';
import type { Digest } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import type { PatchPin } from '../../plan/node-go.ts';
import type { LoadedRelease } from '../../workspace/loaded-release.ts';
import { type GlobalOptions, openWorkspace, type Workspace } from '../../workspace/workspace.ts';
import { claimCache } from '../wiring/tools.ts';
import { loadRelease } from './load-release.ts';

/** A release as a statement has it: what it says counts, and not what this workspace has. */
export interface StatedRelease {
  readonly lock: Lock;
  readonly accepted: Overlay['projects'];
  /** The patches of whoever built it, by path: whoever builds it again has to have them. */
  readonly userPatches: ReadonlyMap<string, Digest>;
  /** Which base images count, and what compiles programs in C. */
  readonly images?: Partial<Pick<Workspace['images'], 'published' | 'bases' | 'compilers'>>;
}

/** The workspace, with what the statement says in the place of its own. Errors: those of `loadRelease`. */
export async function loadStated(
  { lock, images = {} }: StatedRelease,
  options: GlobalOptions,
  host: Host,
  isForMaking: boolean,
): Promise<Result<LoadedRelease & { readonly ownLock?: Lock }, Failure>> {
  // That of the sample knows where its repositories are.
  const own = await loadRelease(lock.release, options, host, { isForMaking });
  const isUnknown = !own.ok && own.error.reason === 'unknown-name';
  if (!own.ok && !isUnknown) return own;
  const opened = own.ok ? ok(own.value.workspace) : await openWorkspace(options, host);
  if (!opened.ok) return opened;
  if (isForMaking) claimCache(opened.value, host);
  const { bases: _bases, compilers: _compilers, ...others } = opened.value.images;
  return ok({
    workspace: { ...opened.value, images: { ...others, ...images } },
    lock,
    file: undefined,
    ...(own.ok ? { ownLock: own.value.lock } : {}),
  });
}

/**
 * Leaves of the user's own patches those that the statement names. @returns what of them is not here, or is another one.
 */
export function choosePatches(
  own: Map<string, readonly PatchPin[]>,
  { userPatches }: StatedRelease,
): Failure | undefined {
  const found = new Map([...own.values()].flat().map((pin) => [pin.path as string, pin.sha256]));
  for (const [path, expected] of userPatches) {
    const here = found.get(path);
    if (here === expected) continue;
    const what = here === undefined ? `and it is not here` : `and here it has ${here}`;
    return {
      reason: 'usage',
      message: `It was built with ${path}, a patch of whoever built it (SHA-256 ${expected}), ${what}.`,
      help: `Put it there, below the root: ${path}.`,
    };
  }
  for (const [project, pins] of own) {
    const kept = pins.filter(({ path }) => userPatches.has(path));
    if (kept.length === 0) own.delete(project);
    else own.set(project, kept);
  }
  return undefined;
}
