import { existsSync, linkSync, mkdirSync, renameSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { digestOf } from '../core/digest.ts';
import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import { isErrno } from '../store/errno.ts';
import { newPace } from '../store/pace.ts';
import { identify, isRunning, type ProcessIdentity } from '../store/process-life.ts';
import { ensureFolder } from '../tool/file/ensure-folder.ts';
import { readBytes } from '../tool/file/read-file.ts';
import { writing } from '../workspace/write-file.ts';
import { asideOf, besideName, followLinks, lookAtPlace } from './former-site.ts';
import { hashCopy } from './hash-copy.ts';
import { artifactsFolder } from './layout.ts';
import { type HashedFile, type MadeFile, type SiteContent, siteTexts } from './site-content.ts';

export interface WrittenSite {
  readonly files: number;
  /** False where the very same site was there already, and nothing was written. */
  readonly isNew: boolean;
}

/**
 * Lays out a whole site beside its place, and puts it there by renaming: a process that is killed leaves the former one whole. What is
 * copied is hashed, and has to be what the store says of it. Of two processes that do this to a folder, each puts a whole one there.
 * Errors: `store-damaged`; `usage` where something else is there; `aborted`; those of `writing`.
 * @param output absolute. @param shown the folder as complaints name it. The last parameter is this process.
 */
export async function writeSite(
  site: SiteContent,
  output: string,
  shown: string,
  signal: AbortSignal,
  { pid, hostName }: { readonly pid: number; readonly hostName: string },
): Promise<Result<WrittenSite, Failure>> {
  const self = identify(pid, hostName);
  return writing(output, async () => {
    ensureFolder(dirname(output));
    await recover(await followLinks(output), self);
    const place = await lookAtPlace(output, shown);
    if (!place.ok) return place;
    const { folder, files: former } = place.value;
    const staging = await makeBeside(folder, self);
    try {
      const draft = { site, staging, folder, former, signal };
      const files = await layFiles(draft);
      if (!files.ok) return files;
      const texts = siteTexts(
        site,
        files.value.map(({ file }) => file),
      );
      const isSame = await layTexts(texts, draft);
      if (signal.aborted) return err({ reason: 'aborted' });
      const count = files.value.length + texts.size;
      const isThere = former.size === count && isSame && files.value.every(({ isKept }) => isKept);
      if (!isThere) await putInPlace(staging, folder, self);
      return ok({ files: count, isNew: !isThere });
    } finally {
      await rm(staging, { recursive: true, force: true });
    }
  });
}

/** A site that is being laid out, and the one that is there. */
interface Draft {
  readonly site: SiteContent;
  readonly staging: string;
  readonly folder: string;
  readonly former: ReadonlySet<string>;
  readonly signal: AbortSignal;
}

interface LaidFile {
  readonly file: HashedFile;
  /** Whether the former site had it. */
  readonly isKept: boolean;
}

async function layFiles(draft: Draft): Promise<Result<readonly LaidFile[], Failure>> {
  const { site, staging, signal } = draft;
  const artifacts = artifactsFolder(site.channel, site.number);
  const laid: LaidFile[] = [];
  for (const file of site.files) {
    if (signal.aborted) return err({ reason: 'aborted' });
    const path = join(artifacts, file.path);
    mkdirSync(dirname(join(staging, path)), { recursive: true });
    const kept = await keepFile(file, path, draft);
    const sums = kept === undefined ? await copyFile(file, join(staging, path)) : ok(kept);
    if (!sums.ok) return sums;
    laid.push({ file: { ...file, sha512: sums.value.sha512 }, isKept: kept !== undefined });
  }
  return ok(laid);
}

type Sums = Awaited<ReturnType<typeof hashCopy>>;

/** Takes a file over from the former site; undefined where that has it not, or another. */
async function keepFile(
  { sha256 }: MadeFile,
  path: string,
  { folder, former, staging }: Draft,
): Promise<Sums | undefined> {
  if (!former.has(path)) return undefined;
  try {
    const sums = await hashCopy(join(folder, path), newPace());
    if (sums.sha256 !== sha256) return undefined;
    linkSync(join(folder, path), join(staging, path));
    return sums;
  } catch (error) {
    // Not every file system has links; and another process may have put its own site there.
    if (isErrno(error, 'EPERM', 'ENOTSUP', 'EMLINK', 'ENOSYS', 'ENOENT')) return undefined;
    throw error;
  }
}

async function copyFile(
  { source, sha256, isExecutable }: MadeFile,
  path: string,
): Promise<Result<Sums, Failure>> {
  const damaged = (detail: string) => err({ reason: 'store-damaged', path: source, detail } as const);
  if (!existsSync(source)) return damaged('it is not there');
  const sums = await hashCopy(source, newPace(), { path, mode: isExecutable ? 0o755 : 0o644 });
  return sums.sha256 === sha256 ? ok(sums) : damaged(`it has SHA-256 ${sums.sha256}, not ${sha256}`);
}

/** Writes the texts; says whether the former site has them all. */
async function layTexts(
  texts: ReadonlyMap<string, string>,
  { staging, folder, former }: Draft,
): Promise<boolean> {
  let isSame = true;
  for (const [path, text] of texts) {
    await mkdir(dirname(join(staging, path)), { recursive: true });
    await writeFile(join(staging, path), text, { flag: 'wx', mode: 0o644 });
    isSame &&= former.has(path) && (await hasText(join(folder, path), text));
  }
  return isSame;
}

async function hasText(path: string, text: string): Promise<boolean> {
  const wanted = Buffer.from(text);
  const there = await readBytes(path, { limit: wanted.length, refuseLink: true });
  return there.ok && there.value?.equals(wanted) === true;
}

/** What a site's folder begins with while it is made. */
function besideOf(folder: string): string {
  return besideName(folder, 'new-');
}

/** A process as the name of a folder has it: a number, when it started, and a hash of where. */
function nameOf({ pid, started = '', host }: ProcessIdentity): string {
  return `${pid}-${started}-${digestOf(host).slice(0, 12)}`;
}

/** Milliseconds after which nobody lays out a site any more whose process cannot be seen from here. */
const longest = 86_400_000;

/** Whether the process that lays a site out in such a folder may still do so. */
async function isBusy(folder: string, name: string, self: ProcessIdentity): Promise<boolean> {
  const [, pid, started, where] = /^([0-9]+)-([0-9]*)-([0-9a-f]{12})-[^-]+$/.exec(name) ?? [];
  if (pid === undefined) return false;
  const host = where === digestOf(self.host).slice(0, 12) ? self.host : '';
  const runs = isRunning({ pid: Number(pid), started: started || undefined, host }, self);
  if (runs !== undefined) return runs;
  const found = await stat(folder).catch(() => undefined);
  return found !== undefined && found.mtimeMs > Date.now() - longest;
}

function makeBeside(folder: string, self: ProcessIdentity): Promise<string> {
  return mkdtemp(`${besideOf(folder)}${nameOf(self)}-`);
}

/** Takes a former site away: out of the way by a rename, of which one process alone has it, and then file by file. */
async function drop(aside: string, folder: string, self: ProcessIdentity): Promise<void> {
  if (!existsSync(aside)) return;
  const grave = await makeBeside(folder, self);
  try {
    renameSync(aside, grave);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  }
  await rm(grave, { recursive: true, force: true });
}

/** How often a site is put in its place where another process does the same at that very moment. */
const tries = 10;

/** Two renames, one right after the other: a folder that is not empty cannot be replaced by one. */
async function putInPlace(staging: string, folder: string, self: ProcessIdentity): Promise<void> {
  await chmod(staging, 0o755);
  const aside = asideOf(folder);
  for (let time = 1; ; time += 1) {
    try {
      // Another process may not be through with what it replaced.
      await drop(aside, folder, self);
      swap(staging, folder, aside);
      break;
    } catch (error) {
      if (time === tries || !isErrno(error, 'ENOTEMPTY', 'EEXIST', 'ENOENT')) throw error;
    }
  }
  await drop(aside, folder, self);
}

function swap(staging: string, folder: string, aside: string): void {
  const isThere = existsSync(folder);
  if (isThere) renameSync(folder, aside);
  try {
    renameSync(staging, folder);
  } catch (error) {
    if (isThere && !existsSync(folder)) renameSync(aside, folder);
    throw error;
  }
}

/** Puts the former site back where a process was killed between the two renames, and takes away what was left of others. */
async function recover(folder: string, self: ProcessIdentity): Promise<void> {
  const aside = asideOf(folder);
  if (existsSync(aside) && !existsSync(folder)) renameSync(aside, folder);
  await drop(aside, folder, self);
  const start = basename(besideOf(folder));
  const left = (await readdir(dirname(folder))).filter((name) => name.startsWith(start));
  for (const name of left) {
    const place = join(dirname(folder), name);
    if (!(await isBusy(place, name.slice(start.length), self)))
      await rm(place, { recursive: true, force: true });
  }
}
