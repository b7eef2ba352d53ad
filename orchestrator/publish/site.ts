import { existsSync, linkSync, mkdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import { isErrno } from '../store/errno.ts';
import { newPace } from '../store/pace.ts';
import { readBytes } from '../tool/file/read-file.ts';
import type { FolderPlace } from './former-folder.ts';
import { lookAtPlace } from './former-site.ts';
import { hashCopy } from './hash-copy.ts';
import { artifactsFolder } from './layout.ts';
import { replaceFolder } from './replace-folder.ts';
import { type HashedFile, type MadeFile, type SiteContent, siteTexts } from './site-content.ts';

export interface WrittenSite {
  readonly files: number;
  /** False where the very same site was there already, and nothing was written. */
  readonly isNew: boolean;
}

/**
 * Lays out a whole site, and puts it in its place by `replaceFolder`. What is copied is hashed, and has to be what the store says of it.
 * Errors: `store-damaged`; `usage` where something else is there; `aborted`; those of `writing`.
 * @param output absolute. @param shown the folder as complaints name it. The last parameter is this process.
 */
export async function writeSite(
  site: SiteContent,
  output: string,
  shown: string,
  signal: AbortSignal,
  self: { readonly pid: number; readonly hostName: string },
): Promise<Result<WrittenSite, Failure>> {
  const look = () => lookAtPlace(output, shown);
  const lay = async (staging: string, { folder, files: former }: FolderPlace) => {
    const draft = { site, staging, folder, former, signal };
    const files = await layFiles(draft);
    if (!files.ok) return files;
    const texts = siteTexts(
      site,
      files.value.map(({ file }) => file),
    );
    const isSame = await layTexts(texts, draft);
    if (signal.aborted) return err({ reason: 'aborted' } as const);
    const count = files.value.length + texts.size;
    const isThere = former.size === count && isSame && files.value.every(({ isKept }) => isKept);
    return ok({ isThere, value: { files: count, isNew: !isThere } });
  };
  return replaceFolder(output, look, lay, self);
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
