import { constants } from 'node:fs';
import { chmod, mkdir, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { cannotWrite, isErrno } from '../errno.ts';

/** What is made below a folder, as open as that folder is. */
export interface FolderModes {
  /** Makes a folder below it, with those above. */
  makeFolder(folder: string): Promise<void>;
  /** Lets those read a file who may read in the folder. */
  openFile(path: string): Promise<void>;
}

/** Of a mode: who may do what, the group that what is made inside belongs to, and whether others' files may be removed. */
const permissions = 0o7777;

/** No file is written twice. */
const readable = 0o644;

/**
 * Machines, and users of one machine, write into a shared folder; and by its umask each would make folders that are its own alone. So
 * what is below has the permissions of the root, as in a git repository with `core.sharedRepository`: who may write there may write
 * everywhere, and nobody else. A folder of ours that is otherwise, since its maker was killed in between, is set right.
 */
export function folderModes(root: string): FolderModes {
  const seen = new Set<string>();
  const modeOfRoot = async () => (await stat(root)).mode & permissions;
  const makeFolder = async (folder: string): Promise<void> => {
    if (folder === root) return;
    const isMade = await mkdir(folder).then(
      () => true,
      async (error: unknown) => {
        if (isErrno(error, 'EEXIST')) return false;
        if (!isErrno(error, 'ENOENT') || folder === dirname(folder)) throw error;
        await makeFolder(dirname(folder));
        await makeFolder(folder);
        return false;
      },
    );
    if (!isMade && seen.has(folder)) return;
    seen.add(folder);
    const mode = await modeOfRoot();
    await setMode(folder, mode).catch((error: unknown) => {
      // Another user's, who may have opened it to us otherwise: a list of rights, say.
      if (!isErrno(error, ...cannotWrite)) throw error;
    });
  };
  return {
    makeFolder,
    openFile: async (path) => chmod(path, (await modeOfRoot()) & readable),
  };
}

/** Never of what a link leads to. */
async function setMode(folder: string, mode: number): Promise<void> {
  const opened = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    if (((await opened.stat()).mode & permissions) !== mode) await opened.chmod(mode);
  } finally {
    await opened.close();
  }
}
