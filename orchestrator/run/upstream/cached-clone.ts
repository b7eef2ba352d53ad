import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { Failure } from '../../core/failure.ts';
import type { Host } from '../../host.ts';
import type { Store } from '../../store/store.ts';
import { cloneName } from '../../tool/http/mirrors.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import { openClones } from '../wiring/clones.ts';
import type { Processes } from '../wiring/tools.ts';

/** With what clones in the cache are made and brought up to date. */
export interface CloneSite {
  readonly workspace: Workspace;
  readonly processes: Processes;
  readonly store: Store;
  readonly host: Pick<Host, 'signal'>;
  /** Nothing is fetched. */
  readonly isOffline: boolean;
  /** Says what takes long. */
  progress(text: string): void;
}

/** A bare repository in the cache. */
export interface CachedClone {
  /** Absolute. */
  readonly path: string;
  isThere(): Promise<boolean>;
  /**
   * Makes it, or fetches what is new; offline it only has to be there. Gives what went wrong: those of
   * `GitClones.update`; `usage` where it is missing and nothing may be fetched.
   */
  update(): Promise<Failure | undefined>;
}

export function cachedClone(repository: string, site: CloneSite): CachedClone {
  const path = join(site.workspace.cache, 'git', `${cloneName(repository)}.git`);
  const isThere = () => exists(path);
  return {
    path,
    isThere,
    async update() {
      if (site.isOffline) return (await isThere()) ? undefined : noClone(repository);
      const context = {
        run: site.processes.run,
        signal: site.host.signal,
        progress: (text: string) => site.progress(`${repository}: ${text}`),
      };
      const updated = await openClones(site.workspace, site.processes, site.store).update(
        repository,
        context,
      );
      return updated.ok ? undefined : updated.error;
    },
  };
}

/** A repository that is read where it is, and never changed. */
export function fixedRepository(path: string): CachedClone {
  return { path, isThere: async () => true, update: async () => undefined };
}

function noClone(repository: string): Failure {
  const help = 'Run the command once without --offline.';
  return { reason: 'usage', message: `There is no clone of ${repository} in the cache.`, help };
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
