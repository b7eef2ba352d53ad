import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, join, posix, sep } from 'node:path';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { fileNames, pathsFor, platformInPath } from './platform-in-path.ts';
import { ambiguous, findInArchive, findInImage } from './published-archive.ts';
import type { FindContext, PublishedFile, WantedFile } from './published-file.ts';

type Found = Promise<Result<PublishedFile | undefined, Failure>>;

/** How deep a folder is searched: `_output/1-30/bin/<repository>/linux/amd64/<name>` and some above it. */
const deepest = 12;

/**
 * Finds a file in a folder: an OCI layout's image; or a program by its name and the platform in its path; or else one in
 * the folder's archives and images, those that name the platform, and then those that name none.
 * Errors: those of `Published`.
 */
export async function findInFolder(folder: string, wanted: WantedFile, context: FindContext): Found {
  const entries = await readdir(folder);
  const fileOf = (path: string) => join(folder, path);
  if (entries.includes('oci-layout') && entries.includes('index.json')) {
    return findInImage('oci', basename(folder), fileOf, wanted, context);
  }
  const files = await listFiles(folder);
  if (!files.ok) return files;
  const around = platformInPath(folder.split(sep).join('/'));
  const names = fileNames(wanted.name, wanted.platform);
  const programs = files.value.filter((path) => names.includes(posix.basename(path)));
  const [chosen, ...others] = pathsFor(wanted.platform, programs, around);
  if (chosen !== undefined) {
    if (others.length > 0) return err(ambiguous(wanted, basename(folder), [chosen, ...others]));
    return ok({ path: join(folder, chosen), where: chosen });
  }
  const archives = files.value.filter(isArchiveName);
  return findInArchives(folder, pathsFor(wanted.platform, archives, around), wanted, context);
}

export function isArchiveName(path: string): boolean {
  return /\.(tar|tar\.gz|tgz)$/.test(path);
}

async function findInArchives(
  folder: string,
  archives: readonly string[],
  wanted: WantedFile,
  context: FindContext,
): Found {
  // An image tar is called after its program: where there is one, it is the first to look into.
  const isNamed = (path: string) => posix.basename(path).startsWith(posix.basename(wanted.name));
  const ordered = [...archives.filter(isNamed), ...archives.filter((path) => !isNamed(path))];
  for (const archive of ordered) {
    const inside = await findInArchive(join(folder, archive), wanted, context);
    if (!inside.ok || inside.value !== undefined) return inside;
  }
  return ok(undefined);
}

/** All files below a folder, by their paths from there, sorted. A link that leads out of it is an error. */
export async function listFiles(folder: string): Promise<Result<readonly string[], Failure>> {
  const root = await realpath(folder);
  const files: string[] = [];
  const folders = [''];
  for (const each of folders) {
    for (const entry of await readdir(join(folder, each), { withFileTypes: true })) {
      const path = posix.join(each, entry.name);
      if (entry.isSymbolicLink()) {
        const target = await realpath(join(folder, path)).catch(() => undefined);
        if (target === undefined) continue;
        if (target !== root && !target.startsWith(`${root}${sep}`)) {
          const detail = `leads out to ${target}`;
          return err({ reason: 'unsafe-path', path, where: basename(folder), detail });
        }
        // What a link to a folder shows is found where it is.
        if ((await stat(target)).isFile()) files.push(path);
      } else if (entry.isFile()) files.push(path);
      else if (entry.isDirectory() && path.split('/').length < deepest) folders.push(path);
    }
  }
  return ok(files.sort());
}
