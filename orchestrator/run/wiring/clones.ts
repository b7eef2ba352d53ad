import { join } from 'node:path';
import type { Store } from '../../store/store.ts';
import { createGitClones, type GitClones } from '../../tool/git/clones.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import type { Processes } from './tools.ts';

/** The clones of a workspace. @param store lends its locks. */
export function openClones(workspace: Workspace, processes: Processes, store: Store): GitClones {
  return createGitClones({
    folder: join(workspace.cache, 'git'),
    mirrors: workspace.mirrors,
    localEnv: processes.localGit,
    remoteEnv: processes.remoteGit,
    withLock: store.withLock,
  });
}
