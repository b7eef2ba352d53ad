import { existsSync, linkSync, mkdirSync, renameSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import { isErrno } from '../store/errno.ts';
import { newPace } from '../store/pace.ts';
import { ensureFolder } from '../tool/file/ensure-folder.ts';
import { readBytes } from '../tool/file/read-file.ts';
import { writing } from '../workspace/write-file.ts';
import { lookAtPlace } from './former-site.ts';
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
 * copied is hashed, and has to be what the store says of it. Only one process at a time may do this to a folder.
 * Errors: `store-damaged`; `usage` where something else is there; `aborted`; those of `writing`.
 * @param output absolute. @param shown the folder as complaints name it.
 */
export async function writeSite(
  site: SiteContent,
  output: string,
  shown: string,
  signal: AbortSignal,
): Promise<Result<WrittenSite, Failure>> {
  return writing(output, async () => {
    ensureFolder(dirname(output));
    await recover(output);
    const place = await lookAtPlace(output, shown);
    if (!place.ok) return place;
    const { folder, files: former } = place.value;
    const staging = await mkdtemp(besideOf(folder));
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
      if (!isThere) await putInPlace(staging, folder);
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
  const sums = await hashCopy(join(folder, path), newPace());
  if (sums.sha256 !== sha256) return undefined;
  try {
    linkSync(join(folder, path), join(staging, path));
    return sums;
  } catch (error) {
    // Not every file system has links.
    if (isErrno(error, 'EPERM', 'ENOTSUP', 'EMLINK', 'ENOSYS')) return undefined;
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
  return join(dirname(folder), `.${basename(folder)}.eksd-rebuild-new-`);
}

/** Where the former site is for the moment between two renames. */
function asideOf(folder: string): string {
  return join(dirname(folder), `.${basename(folder)}.eksd-rebuild-former`);
}

/** Two renames, one right after the other: a folder that is not empty cannot be replaced by one. */
async function putInPlace(staging: string, folder: string): Promise<void> {
  await chmod(staging, 0o755);
  const aside = asideOf(folder);
  const isThere = existsSync(folder);
  if (isThere) renameSync(folder, aside);
  try {
    renameSync(staging, folder);
  } catch (error) {
    if (isThere) renameSync(aside, folder);
    throw error;
  }
  await rm(aside, { recursive: true, force: true });
}

/** Puts the former site back where a process was killed between the two renames, and takes away what was left of others. */
async function recover(folder: string): Promise<void> {
  const aside = asideOf(folder);
  if (existsSync(aside) && !existsSync(folder)) renameSync(aside, folder);
  await rm(aside, { recursive: true, force: true });
  const left = (await readdir(dirname(folder))).filter((name) => name.startsWith(basename(besideOf(folder))));
  for (const name of left) await rm(join(dirname(folder), name), { recursive: true, force: true });
}
