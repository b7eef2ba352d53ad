import { constants, type Stats } from 'node:fs';
import { chmod, copyFile, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { byCodeUnit } from '../../core/canonical-json.ts';
import type { Digest } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { isErrno } from '../../store/errno.ts';
import { hashFile } from '../../store/hash-file.ts';
import { newPace } from '../../store/pace.ts';
import { ensureFolder } from '../../tool/file/ensure-folder.ts';
import type { FileVerdict } from '../../verdict/verify/verdict.ts';
import { checkFolder, inTheWay, writing } from '../../workspace/write-file.ts';
import type { Rebuilt } from '../rebuild.ts';
import { type EarlierFiles, takeEarlierFiles, whatIsAt } from './earlier-files.ts';

const sumsFile = 'SHA256SUMS';

/** Whether files can be laid out there: a folder, or a link to one, or nothing yet. Errors: `unsafe-path`, `read-only`. */
export async function checkOutput(output: string): Promise<Result<void, Failure>> {
  const isFolder = await writing(output, async () => {
    try {
      return (await stat(output)).isDirectory() ? ok(undefined) : err(inTheWay(output, 'is no folder'));
    } catch (error) {
      // A link that leads nowhere is there all the same.
      if (isErrno(error, 'ENOENT') && (await whatIsAt(output)) === undefined) return ok(undefined);
      throw error;
    }
  });
  return isFolder.ok ? checkFolder(output) : isFolder;
}

/** What was laid out. */
export interface LaidOut extends EarlierFiles {
  /** How many files there are now. */
  readonly files: number;
}

/**
 * Copies the files that were built to where upstream has them, and writes SHA256SUMS when all are there. Files of an
 * earlier time are replaced, or taken away. Nothing is touched where nothing was built.
 * Errors: `store-damaged` where a file is not the one that the verdict is about; `unsafe-path` where a link, or something else that is no file, is in the way; `read-only`, `disk-full`.
 */
export async function layOut(
  { report, store, lock }: Rebuilt,
  output: string,
): Promise<Result<LaidOut, Failure>> {
  const trees = new Map(report.nodes.map((node) => [node.id, node.tree]));
  const built = report.verdicts.flatMap((verdict) => {
    const tree = verdict.node === undefined ? undefined : trees.get(verdict.node);
    return verdict.found === undefined || tree === undefined ? [] : [{ verdict, found: verdict.found, tree }];
  });
  if (built.length === 0) return ok({ files: 0, removed: 0, changed: [] });
  const clash = whatClashes(built, lock.branch);
  if (clash !== undefined) return err({ ...clash, where: output });
  return writing(output, async () => {
    ensureFolder(output);
    const places = new Set(built.map(({ verdict }) => placeOf(lock.branch, verdict).toLowerCase()));
    const earlier = await takeEarlierFiles(output, sumsFile, (path) => places.has(path.toLowerCase()));
    const cleared = await clear(join(output, sumsFile));
    if (!cleared.ok) return cleared;
    const sums: string[] = [];
    for (const { verdict, found, tree } of built) {
      const folders = foldersOf(lock.branch, verdict);
      const folder = await makeFolders(output, folders);
      if (!folder.ok) return folder;
      const target = join(folder.value, verdict.name);
      const free = await clear(target);
      if (!free.ok) return free;
      const copied = await copyOut(join(store.treePath(tree), verdict.name), target, found);
      if (!copied.ok) return copied;
      sums.push(`${found}  ${placeOf(lock.branch, verdict)}\n`);
    }
    sums.sort((a, b) => byCodeUnit(a.slice(66), b.slice(66)));
    await writeFile(join(output, sumsFile), sums.join(''), { flag: 'wx' });
    return ok({ files: sums.length, ...earlier });
  });
}

/** Copies one file to where nothing is, or a file of an earlier time. Errors: those of `layOut`. @param to absolute. */
export function copyIn(from: string, to: string, expected: Digest): Promise<Result<void, Failure>> {
  return writing(dirname(to), async () => {
    ensureFolder(dirname(to));
    const free = await clear(to);
    return free.ok ? copyOut(from, to, expected) : free;
  });
}

/** Two files of one place, for file systems to which upper and lower case are the same as well. */
function whatClashes(
  built: readonly { readonly verdict: FileVerdict }[],
  branch: string,
): Omit<Extract<Failure, { reason: 'unsafe-path' }>, 'where'> | undefined {
  const places = new Map<string, string>();
  for (const { verdict } of built) {
    const path = placeOf(branch, verdict);
    const other = places.get(path.toLowerCase());
    const detail = `of ${verdict.project} would lie in the place of ${other}`;
    if (other !== undefined) return { reason: 'unsafe-path', path, detail };
    places.set(path.toLowerCase(), `${path} of ${verdict.project}`);
  }
  return undefined;
}

/** What was copied is hashed, not what was to be: nothing stays there that has other bytes. */
async function copyOut(from: string, to: string, expected: Digest): Promise<Result<void, Failure>> {
  await copyFile(from, to, constants.COPYFILE_EXCL);
  await chmod(to, 0o755);
  const { sha256 } = await hashFile(to, newPace());
  if (sha256 === expected) return ok(undefined);
  await rm(to);
  return err({ reason: 'store-damaged', path: from, detail: `it has SHA-256 ${sha256}, not ${expected}` });
}

function placeOf(branch: string, verdict: FileVerdict): string {
  return [...foldersOf(branch, verdict), verdict.name].join('/');
}

/** Where upstream's make rules put a file. */
function foldersOf(branch: string, { project, platform }: FileVerdict): readonly string[] {
  // Upstream cloned kubernetes/release into a folder of another name, because its own `release` was taken.
  const repo = project === 'kubernetes/release' ? 'release-src' : (project.split('/').at(-1) ?? project);
  return ['_output', branch, 'bin', repo, platform.replace('/', '-')];
}

/** Makes folders below one another; a link is not followed: it would lead out of `root`. */
async function makeFolders(root: string, names: readonly string[]): Promise<Result<string, Failure>> {
  let folder = root;
  for (const name of names) {
    folder = join(folder, name);
    const found = await whatIsAt(folder);
    if (found === undefined) await mkdir(folder);
    else if (!found.isDirectory()) return err(inTheWay(folder, whyNot(found, 'folder')));
  }
  return ok(folder);
}

/** Removes a file of an earlier time; anything else stays. */
async function clear(path: string): Promise<Result<void, Failure>> {
  const found = await whatIsAt(path);
  if (found !== undefined && !found.isFile()) return err(inTheWay(path, whyNot(found, 'file')));
  await rm(path, { force: true });
  return ok(undefined);
}

function whyNot(found: Stats, wanted: string): string {
  return found.isSymbolicLink() ? 'is a symbolic link' : `is no ${wanted}`;
}
