import { linkSync, mkdirSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { digestOf } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { type FolderPlace, lookAtFolder, ownFiles } from '../../publish/former-folder.ts';
import { replaceFolder } from '../../publish/replace-folder.ts';
import { type AtlasText, sumsFile, sumsOf } from '../../report/atlas/atlas.ts';
import { isErrno } from '../../store/errno.ts';
import { newPace } from '../../store/pace.ts';
import { readBytes, sizeLimit } from '../../tool/file/read-file.ts';

export interface WrittenAtlas {
  readonly files: number;
  /** How many were not there as they are now. */
  readonly fresh: number;
  readonly bytes: number;
}

/** What says that a folder is an atlas, and by which program it was made. */
const marker = 'index.json';

/**
 * Puts an atlas in its place, whole or not at all. A file that is there as it has to be is taken over, and a page is not even made
 * where what it is made of is there, it has the sum that the former atlas says, and this very program made that.
 * Errors: `usage` where the folder has anything else in it; `aborted`; those of `writing`.
 * @param output absolute. @param shown the folder as complaints name it.
 */
export function writeAtlas(
  texts: readonly AtlasText[],
  output: string,
  shown: string,
  host: Pick<Host, 'pid' | 'hostName' | 'signal' | 'build'>,
): Promise<Result<WrittenAtlas, Failure>> {
  const look = () => lookAtFolder(output, shown, 'an atlas', filesOfAtlas);
  return replaceFolder(output, look, (staging, place) => layOut(texts, staging, place, host), host);
}

async function layOut(
  texts: readonly AtlasText[],
  staging: string,
  { folder, files: former }: FolderPlace,
  { signal, build }: Pick<Host, 'signal' | 'build'>,
) {
  const program = `${build ?? 'unknown'}\n`;
  const pace = newPace();
  const there = async (path: string) => (former.has(path) ? await readFormer(join(folder, path)) : undefined);
  const sums = readSums((await there(sumsFile))?.toString('utf8') ?? '');
  const isOwn = build !== undefined && (await there(programFile))?.toString('utf8') === program;
  const made = new Map<string, string>();
  const kept = new Set<string>();
  let bytes = 0;
  const lay = async (path: string, textOf: () => string, isMade: (old: Buffer) => boolean) => {
    const old = await there(path);
    const isSame = old !== undefined && isMade(old);
    const content = isSame ? old : Buffer.from(textOf());
    bytes += content.length;
    made.set(path, digestOf(content));
    if (isSame || old?.equals(content) === true) kept.add(path);
    mkdirSync(dirname(join(staging, path)), { recursive: true });
    if (!kept.has(path) || !tryLink(join(folder, path), join(staging, path)))
      writeFileSync(join(staging, path), content, { flag: 'wx', mode: 0o644 });
    await pace.spent(content.length);
  };
  for (const { path, text, from } of texts) {
    if (signal.aborted) return err({ reason: 'aborted' } as const);
    const isMade = (old: Buffer) =>
      isOwn && from !== undefined && kept.has(from) && sums.get(path) === digestOf(old);
    await lay(path, text, isMade);
  }
  await lay(
    programFile,
    () => program,
    () => false,
  );
  await lay(
    sumsFile,
    () => sumsOf(made),
    () => false,
  );
  const value = { files: made.size, fresh: made.size - kept.size, bytes };
  return ok({ isThere: value.fresh === 0 && former.size === made.size, value });
}

/** The digest of the program that made the pages; from its sources, none. */
const programFile = 'program.txt';

/** A link in a file's place is not followed: then it is another file. */
async function readFormer(path: string): Promise<Buffer | undefined> {
  const read = await readBytes(path, { limit: sizeLimit.report, refuseLink: true });
  return read.ok ? read.value : undefined;
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    // Not every file system has links; and another process may have put its own atlas there.
    if (isErrno(error, 'EPERM', 'ENOTSUP', 'EMLINK', 'ENOSYS', 'ENOENT')) return false;
    throw error;
  }
}

function readSums(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('\n').flatMap((line) => {
      const [, sum, path] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? [];
      return sum === undefined || path === undefined ? [] : [[path, sum] as const];
    }),
  );
}

/** The files of the atlas in a folder: its list of sums names them all, and its first page says what it is. */
async function filesOfAtlas(folder: string): Promise<Result<ReadonlySet<string>, string>> {
  const text = (await readFormer(join(folder, marker)))?.toString('utf8');
  if (text?.startsWith('{"schema":1,"page":"front","atlas":1,') !== true)
    return (await readdir(folder)).length === 0 ? ok(new Set()) : err('is not empty, and holds no atlas');
  const paths = readSums((await readFormer(join(folder, sumsFile)))?.toString('utf8') ?? '');
  const folders = new Set([...paths.keys()].flatMap(foldersOf));
  return ownFiles(folder, 'the atlas', {
    isFile: (path) => path === sumsFile || paths.has(path),
    leadsThere: (below) => folders.has(below),
  });
}

/** `a/b/c`: `a/`, `a/b/` */
function foldersOf(path: string): readonly string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, at) => `${parts.slice(0, at + 1).join('/')}/`);
}
