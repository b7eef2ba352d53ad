import {
  access,
  constants,
  lstat,
  mkdir,
  readFile,
  readlink,
  rm,
  rmdir,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { digestOf } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';

export interface PathLinks {
  /** Where it is written down what is being made, for whoever comes after a process that was killed. Absolute. */
  readonly folder: string;
  /** Lets one process at a time have a name; see the store's. */
  readonly withLock: <T>(name: string, signal: AbortSignal, body: () => Promise<T>) => Promise<T>;
}

/** What is made for a link. */
interface Made {
  /** Absolute. */
  readonly link: string;
  readonly target: string;
  /** Those that were missing on the way, from the top. */
  readonly folders: readonly string[];
}

/** First folders on a path that are the system's: nothing is made there, whoever runs this. */
const systemFolders = /^\/(bin|boot|dev|etc|lib[^/]*|proc|run|sbin|sys|usr|var)(\/|$)/;

/**
 * Runs `body` while an absolute path is a symbolic link to a folder, with the folders that are missing before it; after
 * that, all that was made is gone again. One at a time has a path; who comes second waits.
 * Errors: `path-unavailable` where nothing can be made there (`whyNotLinked`), or somebody else has the path; `aborted`.
 */
export async function withPathLink<T>(
  link: string,
  target: string,
  { folder, withLock }: PathLinks,
  signal: AbortSignal,
  body: () => Promise<T>,
): Promise<Result<T, Failure>> {
  return withLock(`path ${link}`, signal, async () => {
    if (signal.aborted) return err({ reason: 'aborted' });
    const journal = join(folder, `${digestOf(link)}.json`);
    await undo(journal);
    const place = await findPlace(link);
    if (!place.ok) return err({ reason: 'path-unavailable', path: link, detail: place.error });
    const made: Made = { link, target, folders: place.value };
    await mkdir(folder, { recursive: true });
    await writeFile(journal, JSON.stringify(made));
    try {
      for (const each of made.folders) await mkdir(each, 0o755);
      await symlink(target, link);
    } catch (error) {
      await undo(journal);
      return err({ reason: 'path-unavailable', path: link, detail: messageOf(error) });
    }
    try {
      return ok(await body());
    } finally {
      await undo(journal);
    }
  });
}

/** Why this user cannot have a link at a path, as the end of a sentence; undefined where one can be made. */
export async function whyNotLinked(link: string): Promise<string | undefined> {
  const place = await findPlace(link);
  return place.ok ? undefined : place.error;
}

/**
 * The folders that are missing before a path. Only below a folder that is there, is not the system's, and belongs to who
 * runs this: nobody is surprised by what is made in it for a while, and nobody else can exchange it meanwhile.
 */
async function findPlace(link: string): Promise<Result<readonly string[], string>> {
  if (systemFolders.test(link)) return err('it is among the folders of the system');
  const there = await lstat(link).catch(() => undefined);
  if (there?.isSymbolicLink()) return err(`it is a link to ${await readlink(link)} already`);
  if (there !== undefined) return err('something is there already');
  const folders: string[] = [];
  let above = dirname(link);
  while (above !== '/' && (await lstat(above).catch(() => undefined)) === undefined) {
    folders.unshift(above);
    above = dirname(above);
  }
  if (above === '/') return err(`there is no folder ${folders[0] ?? link}`);
  const found = await stat(above).catch(() => undefined);
  if (!found?.isDirectory()) return err(`${above} is no folder`);
  const mayWrite = await access(above, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
  if (!mayWrite) return err(`nothing can be made in ${above}`);
  const isEverybodys = (found.mode & 0o002) !== 0 && (found.mode & 0o1000) === 0;
  return isEverybodys ? err(`everybody may write in ${above}`) : ok(folders);
}

/** Takes away what a journal names, and then the journal: folders only where they are empty. */
async function undo(journal: string): Promise<void> {
  const text = await readFile(journal, 'utf8').catch(() => undefined);
  if (text === undefined) return;
  const made = readMade(text);
  if (made !== undefined) {
    const target = await readlink(made.link).catch(() => undefined);
    if (target === made.target) await rm(made.link, { force: true });
    for (const each of made.folders.toReversed()) await rmdir(each).catch(() => undefined);
  }
  await rm(journal, { force: true });
}

/** Undefined for what a killed process left half written: then nothing was made yet. */
function readMade(text: string): Made | undefined {
  try {
    return JSON.parse(text) as Made;
  } catch {
    return undefined;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
