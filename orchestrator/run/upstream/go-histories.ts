import { ok } from '../../core/result.ts';
import type { GoHistories } from '../../release/attribute-go.ts';
import { builderFolder, readBuilderGo } from '../../release/builder-go.ts';
import { eksGoFolder, readEksGo } from '../../release/eks-go.ts';
import { type CloneSite, cachedClone } from './cached-clone.ts';
import { lastChange, openUpstream } from './open-upstream.ts';

/**
 * The histories of the builder images and of EKS Distro's own Go, from the repository of the build tooling. It is fetched
 * where the clone does not reach to a moment (seconds since 1970): the newest of the releases. Undefined where it is out
 * of reach: with a part of it, the same release could have other pins than with the whole.
 */
export async function openGoHistories(newest: number, options: CloneSite): Promise<GoHistories | undefined> {
  const repository = options.workspace.buildTooling;
  const clone = cachedClone(repository, options);
  const { processes, store, host } = options;
  const site = { processes, store, signal: host.signal };
  const last = (await clone.isThere()) ? await lastChange(clone.path, site) : ok(0);
  const reaches = last.ok && last.value >= newest;
  if (!reaches && (options.isOffline || (await clone.update()) !== undefined)) return undefined;
  const opened = await openUpstream(repository, clone.path, site, [builderFolder, eksGoFolder]);
  if (!opened.ok) return undefined;
  const { upstream } = opened.value;
  const builder = await readBuilderGo(repository, upstream.main, upstream.blobs);
  const eksGo = builder.ok ? await readEksGo(upstream) : undefined;
  await opened.value.close();
  return builder.ok ? { builder: builder.value, eksGo } : undefined;
}
