import { type Dirent, existsSync } from 'node:fs';
import { readdir, readlink, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { byCodeUnit } from '../core/canonical-json.ts';
import { digestOf } from '../core/digest.ts';
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
    const files = await filesOfSite(folder.path, shown);
    return files.ok ? ok({ folder: folder.path, files: files.value }) : err(refusal(shown, files.error));
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

/** Bytes of a folder's name that leave room for what comes before and behind it: a name has 255 (NAME_MAX). */
const longestLabel = 120;

/** A name beside a folder that goes by that of the folder. */
export function besideName(folder: string, ending: string): string {
  const name = basename(folder);
  const label = Buffer.byteLength(name) > longestLabel ? digestOf(name).slice(0, 32) : name;
  return join(dirname(folder), `.${label}.eksd-rebuild-${ending}`);
}

/** Where the former site is for the moment between two renames. */
export function asideOf(folder: string): string {
  return besideName(folder, 'former');
}

/**
 * The files of the one site in a folder that was made here, by path below it. Only what a site has is looked into: a wrong word may name
 * the whole machine. Errors: what else is there, a sentence's end.
 */
async function filesOfSite(folder: string, shown: string): Promise<Result<ReadonlySet<string>, string>> {
  const top = await entriesIn(folder);
  if (top.length === 0) return ok(new Set());
  const channels = top.filter((entry) => entry.isDirectory() && entry.name.startsWith('kubernetes-'));
  const manifests: string[] = [];
  for (const { name } of channels) {
    const below = await entriesIn(join(folder, name));
    manifests.push(...below.flatMap((each) => (each.name.endsWith('.yaml') ? [`${name}/${each.name}`] : [])));
  }
  const [manifest, ...others] = manifests;
  if (manifest === undefined) return err('is not empty, and holds no site');
  if (others.length > 0) return err(`holds more than one release: ${[manifest, ...others].join(', ')}`);
  const file = join(folder, manifest);
  const text = await readText(file, { limit: sizeLimit.lock, refuseLink: true }, join(shown, manifest));
  const read = text.ok && text.value !== undefined ? readReleaseManifest(text.value, file) : undefined;
  if (read?.ok !== true) return err(`holds ${manifest}, which is no manifest of a release`);
  const { channel, number, annotations } = read.value;
  if (annotations[releaseAnnotation] === undefined) return err(`holds ${manifest}, which was not made here`);
  const artifacts = `${artifactsFolder(channel, number)}/`;
  const single = [
    manifestPath(channel, number),
    channelPath(channel),
    changelogPath(channel, number),
    ...Object.values(crdPaths),
  ];
  const files = new Set<string>();
  const findForeign = async (below: string): Promise<string | undefined> => {
    for (const entry of await entriesIn(join(folder, below))) {
      const path = `${below}${entry.name}`;
      const isArtifact = path.startsWith(artifacts);
      if (entry.isDirectory()) {
        const leadsThere = [artifacts, ...single].some((each) => each.startsWith(`${path}/`));
        const foreign = isArtifact || leadsThere ? await findForeign(`${path}/`) : lost(path);
        if (foreign !== undefined) return foreign;
      } else if (!entry.isFile()) return `holds ${path}, which is no file`;
      else if (isArtifact || single.includes(path)) files.add(path);
      else return lost(path);
    }
    return undefined;
  };
  const why = await findForeign('');
  return why === undefined ? ok(files) : err(why);
}

function lost(path: string): string {
  return `holds ${path}, which is no part of the site and would be lost`;
}

async function entriesIn(folder: string): Promise<readonly Dirent[]> {
  return (await readdir(folder, { withFileTypes: true })).sort((a, b) => byCodeUnit(a.name, b.name));
}
