import { readdir, stat } from 'node:fs/promises';
import { posix, sep } from 'node:path';
import type { Digest } from '../../core/digest.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { digestOfFile } from '../../tool/file/read-file.ts';
import { fileNames, pathsFor, platformInPath } from './platform-in-path.ts';
import { isArchive } from './published.ts';
import type { WantedFile } from './published-file.ts';
import { isArchiveName, listFiles } from './published-folder.ts';
import { isBuildOf, readVersionText } from './version-text.ts';

/** A file of a release, with the hash that is published of it. */
export interface Subject extends WantedFile {
  readonly sha256: Digest;
}

/** Of which files something is, and what tells. */
export interface Subjects<S> {
  readonly by: 'hash' | 'name';
  readonly files: readonly S[];
}

/**
 * Which of a release's files something that was given is about: a program is the one that has its hash, a text those that it names, a
 * folder what it has programs of. Undefined where only opening archives tells.
 * Errors: why a program cannot be read, as the end of a sentence. @throws system errors.
 */
export async function subjectsIn<S extends Subject>(
  path: string,
  all: readonly S[],
): Promise<Result<Subjects<S> | undefined, string>> {
  if ((await stat(path)).isDirectory()) return ok(await subjectsInFolder(path, all));
  if (await isArchive(path)) return ok(undefined);
  const printed = await readVersionText(path);
  if (printed !== undefined) {
    const files = all.filter((file) => printed.some((each) => isBuildOf(each, file)));
    return ok({ by: 'name', files });
  }
  const digest = await digestOfFile(path);
  if (!digest.ok) return err(digest.error);
  return ok({ by: 'hash', files: all.filter(({ sha256 }) => sha256 === digest.value) });
}

async function subjectsInFolder<S extends Subject>(
  folder: string,
  all: readonly S[],
): Promise<Subjects<S> | undefined> {
  const listed = await listFiles(folder);
  const names = await readdir(folder);
  if (!listed.ok || names.includes('oci-layout') || listed.value.some(isArchiveName)) return undefined;
  const around = platformInPath(folder.split(sep).join('/'));
  const files = all.filter(({ name, platform }) => {
    const wanted = fileNames(name, platform);
    const programs = listed.value.filter((path) => wanted.includes(posix.basename(path)));
    return pathsFor(platform, programs, around).length > 0;
  });
  return { by: 'name', files };
}
