import type { DistributionName } from '../../config/base/distribution.ts';
import { describeFailure } from '../../core/describe-failure.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { openPublishedHistory } from '../../rpm/repository/git-history.ts';
import { findPublishedList, type PublishedList } from '../../rpm/repository/published-list.ts';
import { cachedClone } from '../../run/upstream/cached-clone.ts';
import { openGitProcesses, openWorkspaceStore } from '../../run/wiring/tools.ts';
import { openObjectReader } from '../../tool/git/objects.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import { activityOf } from '../words/activity-of.ts';

/** The package lists that belong to a tag of the published base images. */
export interface PublishedLists {
  /** Errors: those of `findPublishedList`. */
  find(
    names: readonly [string, ...string[]],
    distribution: DistributionName,
  ): Promise<Result<PublishedList, Failure>>;
  close(): Promise<void>;
}

/**
 * Opens the repository of the builder images, brought up to date unless nothing may be fetched. Undefined without a tag.
 * Errors: those of `CachedClone.update` where there is no clone.
 */
export async function openPublishedLists(
  tag: string | undefined,
  workspace: Workspace,
  isOffline: boolean,
  host: Host,
): Promise<Result<PublishedLists | undefined, Failure>> {
  if (tag === undefined) return ok(undefined);
  const processes = await openGitProcesses(host, workspace);
  if (!processes.ok) return processes;
  const store = await openWorkspaceStore(workspace, host);
  if (!store.ok) return store;
  try {
    const progress = activityOf(host);
    const site = { workspace, processes: processes.value, store: store.value, host, isOffline, progress };
    const clone = cachedClone(workspace.buildTooling, site);
    const outdated = await clone.update();
    progress('');
    if (outdated !== undefined) {
      if (outdated.reason === 'aborted' || !(await clone.isThere())) return err(outdated);
      host.stderr.write(`${describeFailure(outdated)}\nThe lists are as old as the clone in the cache.\n`);
    }
    const { run, localGit, isolation } = processes.value;
    const read = { repository: workspace.buildTooling, gitDir: clone.path };
    const { signal } = host;
    const objects = await openObjectReader(read, { env: localGit, isolation, signal });
    if (!objects.ok) return objects;
    const history = openPublishedHistory(clone.path, { run, env: localGit, signal }, objects.value);
    return ok({
      find: (names, distribution) => findPublishedList(tag, names, distribution, history),
      close: () => objects.value.close(),
    });
  } finally {
    await store.value.close();
  }
}
