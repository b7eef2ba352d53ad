import { type Dirent, existsSync } from 'node:fs';
import { readdir, readlink, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import { isErrno } from '../store/errno.ts';
import { readText, sizeLimit } from '../tool/file/read-file.ts';
import { checkFolder, inTheWay, writing } from '../workspace/write-file.ts';
import { artifactsFolder, changelogPath, channelPath, crdPaths, manifestPath } from './layout.ts';
import { readReleaseManifest } from './manifest/release.ts';

/** The annotation that tells a release that was made here from upstream's, and of what it was made. */
export const releaseAnnotation = 'eksd-rebuild/release';

/** Where a site is to be, and the files of the one that is there, by path below it; none where nothing is. */
export interface SitePlace {
  /** Absolute, and no link. */
  readonly folder: string;
  readonly files: ReadonlySet<string>;
}

/**
 * Whether a site can be laid out there: nothing is there yet, or an empty folder, or a site that was made here and has nothing besides,
 * which the new one may replace. Errors: `usage` where something else is there; those of `writing`.
 * @param shown the folder as complaints name it.
 */
export async function lookAtPlace(output: string, shown: string): Promise<Result<SitePlace, Failure>> {
  return writing(output, async () => {
    const folder = await whereItIs(output);
    if (folder === undefined) return err(inTheWay(output, 'is no folder'));
    const free = await checkFolder(dirname(folder.path));
    if (!free.ok) return free;
    if (!folder.isThere) return ok({ folder: folder.path, files: new Set() });
    if ((await stat(folder.path)).dev !== (await stat(dirname(folder.path))).dev)
      return err(
        refusal(shown, 'is where another file system is mounted, and cannot be replaced as a whole'),
      );
    const entries = await readdir(folder.path, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => !entry.isDirectory());
    const paths = files.map((entry) => pathOf(entry, folder.path));
    const strange = files.findIndex((entry) => !entry.isFile());
    const why =
      strange >= 0
        ? `holds ${paths[strange]}, which is no file`
        : await whyForeign(paths, folder.path, shown);
    return why === undefined ? ok({ folder: folder.path, files: new Set(paths) }) : err(refusal(shown, why));
  });
}

function refusal(shown: string, why: string): Failure {
  const help = 'Name a folder that is not there yet, or is empty, or holds a site that was made here.';
  return { reason: 'usage', message: `${shown} ${why}.`, help };
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

/** Where the former site is for the moment between two renames. */
export function asideOf(folder: string): string {
  return join(dirname(folder), `.${basename(folder)}.eksd-rebuild-former`);
}

function pathOf({ parentPath, name }: Dirent, folder: string): string {
  return join(parentPath, name).slice(folder.length + 1);
}

/** Why files are not those of one site that was made here: a sentence's end. */
async function whyForeign(
  paths: readonly string[],
  folder: string,
  shown: string,
): Promise<string | undefined> {
  if (paths.length === 0) return undefined;
  const [manifest, ...others] = paths.filter((path) => /^kubernetes-[^/]+\/[^/]+\.yaml$/.test(path));
  if (manifest === undefined) return 'is not empty, and holds no site';
  if (others.length > 0) return `holds more than one release: ${[manifest, ...others].join(', ')}`;
  const file = join(folder, manifest);
  const text = await readText(file, { limit: sizeLimit.lock, refuseLink: true }, join(shown, manifest));
  const read = text.ok && text.value !== undefined ? readReleaseManifest(text.value, file) : undefined;
  if (read?.ok !== true) return `holds ${manifest}, which is no manifest of a release`;
  const { channel, number, annotations } = read.value;
  if (annotations[releaseAnnotation] === undefined) return `holds ${manifest}, which was not made here`;
  const own: readonly string[] = [
    manifestPath(channel, number),
    channelPath(channel),
    changelogPath(channel, number),
    ...Object.values(crdPaths),
  ];
  const below = `${artifactsFolder(channel, number)}/`;
  const foreign = paths.find((path) => !own.includes(path) && !path.startsWith(below));
  return foreign === undefined
    ? undefined
    : `holds ${foreign}, which is no part of the site and would be lost`;
}
