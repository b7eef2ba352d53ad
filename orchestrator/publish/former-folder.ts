import { type Dirent, existsSync } from 'node:fs';
import { readdir, readlink, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { byCodeUnit } from '../core/canonical-json.ts';
import { digestOf } from '../core/digest.ts';
import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import { isErrno } from '../store/errno.ts';
import { checkFolder, inTheWay, writing } from '../workspace/write-file.ts';

/** Where a folder is to be, and the files of the former one that is there, by path below it; none where nothing is. */
export interface FolderPlace {
  /** Absolute, and no link. */
  readonly folder: string;
  readonly files: ReadonlySet<string>;
}

/**
 * Whether a folder can be put there: nothing is there yet, or an empty folder, or one that was made here and has nothing besides, which the
 * new one may replace. Errors: `usage` where something else is there; those of `writing`.
 * @param shown the folder as complaints name it. @param what what it holds: `a site`. @param filesIn those of the former one; errors: what
 * else is there, a sentence's end.
 */
export async function lookAtFolder(
  output: string,
  shown: string,
  what: string,
  filesIn: (folder: string) => Promise<Result<ReadonlySet<string>, string>>,
): Promise<Result<FolderPlace, Failure>> {
  const refusal = (why: string) => {
    const help = `Name a folder that is not there yet, or is empty, or holds ${what} that was made here.`;
    return err({ reason: 'usage', message: `${shown} ${why}.`, help } as const);
  };
  return writing(output, async () => {
    const folder = await whereItIs(output);
    if (folder === undefined) return err(inTheWay(output, 'is no folder'));
    const free = await checkFolder(dirname(folder.path));
    if (!free.ok) return free;
    if (!folder.isThere) return ok({ folder: folder.path, files: new Set() });
    if ((await stat(folder.path)).dev !== (await stat(dirname(folder.path))).dev)
      return refusal('is where another file system is mounted, and cannot be replaced as a whole');
    const files = await filesIn(folder.path);
    return files.ok ? ok({ folder: folder.path, files: files.value }) : refusal(files.error);
  });
}

/**
 * The files below a folder, all of which are to be the own. Only what an own file may be in is looked into: a wrong word may name the whole
 * machine. Errors: what else is there, a sentence's end. @param what what they are a part of: `the site`.
 */
export async function ownFiles(
  folder: string,
  what: string,
  own: { isFile(path: string): boolean; leadsThere(folder: string): boolean },
): Promise<Result<ReadonlySet<string>, string>> {
  const files = new Set<string>();
  const lost = (path: string) => `holds ${path}, which is no part of ${what} and would be lost`;
  const findForeign = async (below: string): Promise<string | undefined> => {
    for (const entry of await entriesIn(join(folder, below))) {
      const path = `${below}${entry.name}`;
      if (entry.isDirectory()) {
        const foreign = own.leadsThere(`${path}/`) ? await findForeign(`${path}/`) : lost(path);
        if (foreign !== undefined) return foreign;
      } else if (!entry.isFile()) return `holds ${path}, which is no file`;
      else if (own.isFile(path)) files.add(path);
      else return lost(path);
    }
    return undefined;
  };
  const why = await findForeign('');
  return why === undefined ? ok(files) : err(why);
}

/** In code-unit order. */
export async function entriesIn(folder: string): Promise<readonly Dirent[]> {
  return (await readdir(folder, { withFileTypes: true })).sort((a, b) => byCodeUnit(a.name, b.name));
}

/**
 * A link to a folder is what it leads to, also while that is not there because a process was killed as it replaced it. Undefined where
 * something is there that is no folder, or a link leads nowhere.
 */
async function whereItIs(
  output: string,
): Promise<{ readonly path: string; readonly isThere: boolean } | undefined> {
  try {
    const path = await realpath(output);
    return (await stat(path)).isDirectory() ? { path, isThere: true } : undefined;
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  }
  const path = await followLinks(output);
  const isLink = path !== output;
  return isLink && !existsSync(asideOf(path)) ? undefined : { path, isThere: false };
}

/** As many links in a row as Linux follows (path_resolution(7)). */
const mostLinks = 40;

/** What a path leads to whether or not that is there, where its folder is. @throws system errors but for what is not there. */
export async function followLinks(path: string): Promise<string> {
  let at = path;
  for (let links = 0; links < mostLinks; links += 1) {
    const target = await readlink(at).catch(() => undefined);
    if (target === undefined) break;
    at = resolve(dirname(at), target);
  }
  const folder = await realpath(dirname(at)).catch(() => dirname(at));
  return at === path ? path : join(folder, basename(at));
}

/** Bytes of a folder's name that leave room for what comes before and behind it: a name has 255 (NAME_MAX). */
const longestLabel = 120;

/** A name beside a folder that goes by that of the folder. */
export function besideName(folder: string, ending: string): string {
  const name = basename(folder);
  const label = Buffer.byteLength(name) > longestLabel ? digestOf(name).slice(0, 32) : name;
  return join(dirname(folder), `.${label}.eksd-rebuild-${ending}`);
}

/** Where the former folder is for the moment between two renames. */
export function asideOf(folder: string): string {
  return besideName(folder, 'former');
}
