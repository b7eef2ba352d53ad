import { linkSync, mkdirSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { digestOf } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { type FolderPlace, lookAtFolder, ownFiles } from '../../publish/former-folder.ts';
import { replaceFolder } from '../../publish/replace-folder.ts';
import type { AtlasText } from '../../report/atlas/pair.ts';
import { inputsFile, linesOf, readLines, sumsFile } from '../../report/atlas/sums.ts';
import { isErrno } from '../../store/errno.ts';
import { newPace } from '../../store/pace.ts';
import { readBytes, sizeLimit } from '../../tool/file/read-file.ts';

export interface WrittenAtlas {
  readonly files: number;
  /** How many were not there as they are now. */
  readonly fresh: number;
  readonly bytes: number;
}

/** What says that a folder is an atlas. */
const marker = 'index.json';

/**
 * Puts an atlas in its place, whole or not at all. A file that is there as it has to be is taken over, and a page is not even made
 * where it was made of the same by this very program, and has the sum that the former atlas says.
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
  const pace = newPace();
  const there = async (path: string) => (former.has(path) ? await readFormer(join(folder, path)) : undefined);
  const linesIn = async (path: string) => readLines((await there(path))?.toString('utf8') ?? '');
  const [sums, inputs] = [await linesIn(sumsFile), await linesIn(inputsFile)];
  const program = digestOf(build ?? 'unknown');
  const isOwn = build !== undefined && inputs.get(programLine) === program;
  const [made, madeOf] = [new Map<string, string>(), new Map([[programLine, program.toString()]])];
  const folders = new Set<string>();
  const counts = { fresh: 0, bytes: 0 };
  const lay = async (path: string, textOf: AtlasText['text'], isMade: (digest: string) => boolean) => {
    const old = await there(path);
    const oldDigest = old && digestOf(old);
    const isSame = old !== undefined && oldDigest !== undefined && isMade(oldDigest);
    const content = isSame ? old : Buffer.from(await textOf());
    const isKept = isSame || old?.equals(content) === true;
    if (!isKept) counts.fresh += 1;
    counts.bytes += content.length;
    made.set(path, isKept && oldDigest !== undefined ? oldDigest : digestOf(content));
    const parent = dirname(path);
    if (!folders.has(parent)) mkdirSync(join(staging, parent), { recursive: true });
    folders.add(parent);
    if (!isKept || !tryLink(join(folder, path), join(staging, path)))
      writeFileSync(join(staging, path), content, { flag: 'wx', mode: 0o644 });
    await pace.spent(content.length);
  };
  for (const { path, text, of } of texts) {
    if (signal.aborted) return err({ reason: 'aborted' } as const);
    const place = path.slice(0, path.lastIndexOf('.'));
    if (of !== undefined) madeOf.set(place, of);
    await lay(
      path,
      text,
      (digest) => isOwn && of !== undefined && inputs.get(place) === of && sums.get(path) === digest,
    );
  }
  const never = () => false;
  await lay(inputsFile, () => linesOf(madeOf), never);
  await lay(sumsFile, () => linesOf(made), never);
  const value = { files: made.size, ...counts };
  return ok({ isThere: counts.fresh === 0 && former.size === made.size, value });
}

/** Where `inputsFile` says which program made the pages: no page is called so. From its sources, it is none. */
const programLine = 'program';

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

/** The files of the atlas in a folder: its list of sums names them all, and its first page says what it is. */
async function filesOfAtlas(folder: string): Promise<Result<ReadonlySet<string>, string>> {
  const text = (await readFormer(join(folder, marker)))?.toString('utf8');
  if (text === undefined || !/^\{("\$schema":"[a-z.]+",)?"schema":1,"page":"front","atlas":1,/.test(text))
    return (await readdir(folder)).length === 0 ? ok(new Set()) : err('is not empty, and holds no atlas');
  const paths = readLines((await readFormer(join(folder, sumsFile)))?.toString('utf8') ?? '');
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
