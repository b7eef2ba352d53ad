import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { GoHistories } from '../../release/attribute-go.ts';
import { builderFolder, readBuilderGo } from '../../release/builder-go.ts';
import { eksGoFolder, readEksGo } from '../../release/eks-go.ts';
import { type CloneSite, cachedClone } from './cached-clone.ts';
import { lastChange, openUpstream } from './open-upstream.ts';

/**
 * The histories of the builder images and of EKS Distro's own Go, from the repository of the build tooling. It is fetched
 * where the clone does not reach to a moment (seconds since 1970): the newest of the releases. Undefined where it is out
 * of reach: with a part of it, the same release could have other pins than with the whole.
 * Errors: those of `openUpstream`; `clone-damaged`.
 */
export async function openGoHistories(
  newest: number,
  options: CloneSite,
): Promise<Result<GoHistories | undefined, Failure>> {
  const repository = options.workspace.buildTooling;
  const clone = cachedClone(repository, options);
  const { processes, store, host } = options;
  const site = { processes, store, signal: host.signal };
  const last = (await clone.isThere()) ? await lastChange(clone.path, site) : ok(0);
  const reaches = last.ok && last.value >= newest;
  if (!reaches && (options.isOffline || (await clone.update()) !== undefined)) return ok(undefined);
  const opened = await openUpstream(repository, clone.path, site, [builderFolder, eksGoFolder]);
  if (!opened.ok) return orOutOfReach(opened.error);
  const { upstream } = opened.value;
  const builder = await readBuilderGo(repository, upstream.main, upstream.blobs);
  const eksGo = builder.ok ? await readEksGo(upstream) : builder;
  await opened.value.close();
  if (!builder.ok) return orOutOfReach(builder.error);
  return eksGo.ok ? ok({ builder: builder.value, eksGo: eksGo.value }) : eksGo;
}

/** A repository that never had what is looked for is out of reach, too; one that is damaged, and a machine that is, are not. */
function orOutOfReach(failure: Failure): Result<undefined, Failure> {
  const { reason } = failure;
  return reason === 'source-unavailable' || reason === 'command-failed' ? ok(undefined) : err(failure);
}
