import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { byCodeUnit } from '../../core/canonical-json.ts';
import { digestOf } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { countOf } from '../../core/numbers.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { mostOfBundle } from '../../statement/sign/bundle-shape.ts';
import { answerAbout, type SubjectAnswer } from '../../statement/trust/answer.ts';
import type { Found } from '../../statement/trust/found.ts';
import { filesOfSums, mostOfSums } from '../../statement/trust/sums.ts';
import { type FileHashes, hashesOfFile, readText } from '../../tool/file/read-file.ts';
import { inParallel } from '../../tool/http/in-parallel.ts';
import type { Answers, Asking } from './asking.ts';

/** Files of a folder: the site of a release has some 600. */
const mostFiles = 100_000;

/** Files that are asked about at once. */
const atOnce = 4;

const bundleEnding = '.sigstore.json';

/** A file, or what is in the place of one. */
interface Member {
  /** Below the folder; of a file that was asked about itself, its name. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  /** Why it is no file to look at: the end of a sentence. */
  readonly why?: string;
}

/**
 * Asks about a file, or about each file below a folder: what is trusted in a folder is all of it, or not all. A bundle beside its file
 * (`<file>.sigstore.json`) is looked into, and not asked about. Errors: `usage` where there is no file; those of `answerAbout`.
 * @param path absolute. @throws system errors.
 */
export async function answersAboutFiles(
  path: string,
  what: string,
  asking: Asking,
  signal: AbortSignal,
): Promise<Result<Answers, Failure>> {
  const isFolder = (await stat(path)).isDirectory();
  const all: readonly Member[] = isFolder ? await membersOf(path) : [{ name: basename(path), path }];
  if (all.length > mostFiles) return err(tooMany(what));
  const paths = new Set(all.map((each) => each.path));
  const members = all.filter((each) => !isFolder || !isBundleOf(each.path, paths));
  if (members.length === 0) return err(noFile(what));
  const hashes = new Map<string, FileHashes>();
  const answers = await inParallel(members, atOnce, async (member) => {
    if (signal.aborted) return err<Failure>({ reason: 'aborted' });
    return answerAboutFile(member, isFolder ? member.name : what, asking, hashes);
  });
  if (!answers.ok) return answers;
  const subjects = await withSums(members, answers.value, hashes);
  const beside = members.some((each) => paths.has(`${each.path}${bundleEnding}`)) || !isFolder;
  const places = [...(beside ? [`beside ${what}`] : []), ...asking.places.map(({ shown }) => shown)];
  return ok({ places, subjects });
}

async function membersOf(folder: string): Promise<readonly Member[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const why = entry.isFile() ? {} : { why: entry.isSymbolicLink() ? 'is a symbolic link' : 'is no file' };
      return { name: relative(folder, path), path, ...why };
    })
    .sort((a, b) => byCodeUnit(a.name, b.name));
}

function isBundleOf(path: string, paths: ReadonlySet<string>): boolean {
  return path.endsWith(bundleEnding) && paths.has(path.slice(0, -bundleEnding.length));
}

async function answerAboutFile(
  { name, path, why }: Member,
  shown: string,
  { looking, places }: Asking,
  hashes: Map<string, FileHashes>,
): Promise<Result<SubjectAnswer, Failure>> {
  if (why !== undefined) return ok({ ...untrusted, name: shown, why });
  const hashed = await hashesOfFile(path);
  if (!hashed.ok) return ok({ ...untrusted, name: shown, why: hashed.error });
  hashes.set(path, hashed.value);
  const place = `${shown === name ? name : shown}${bundleEnding}`;
  const bundle = await readText(`${path}${bundleEnding}`, { limit: mostOfBundle }, place);
  const beside: readonly Found[] = !bundle.ok
    ? [{ place, why: bundle.error.message }]
    : bundle.value === undefined
      ? []
      : [{ place, text: bundle.value, isSigned: true }];
  const lookUps = places.map(({ lookUp }) => lookUp);
  return answerAbout(shown, hashed.value.sha256, { lookUps, beside }, looking);
}

const untrusted = { isTrusted: false, requirements: [], refused: [] };

/**
 * Lists of sums have no statements: where one is nothing but the sums of files beside it or below, it is as they are. A sum of such a list,
 * too, so the deepest come first, and of those beside one another the shorter names.
 */
async function withSums(
  members: readonly Member[],
  answers: readonly SubjectAnswer[],
  hashes: ReadonlyMap<string, FileHashes>,
): Promise<readonly SubjectAnswer[]> {
  const byPath = new Map(members.map(({ path }, at) => [path, answers[at] as SubjectAnswer]));
  const waiting = members
    .filter(
      ({ path }) =>
        byPath.get(path)?.isTrusted === false && (hashes.get(path)?.size ?? mostOfSums + 1) <= mostOfSums,
    )
    .sort((a, b) => depthOf(b) - depthOf(a) || a.path.length - b.path.length);
  for (const { path } of waiting) {
    const text = await readText(path, { limit: mostOfSums }, path);
    const own = byPath.get(path);
    if (!text.ok || text.value === undefined || own === undefined) continue;
    // It was read once more: what is answered about is what was hashed.
    if (digestOf(text.value) !== own.sha256) continue;
    const at = (name: string) => join(dirname(path), name);
    const names = filesOfSums(text.value, (name) => hashes.get(at(name)));
    if (names === undefined || names.includes(basename(path))) continue;
    const isTrusted = names.every((name) => byPath.get(at(name))?.isTrusted === true);
    byPath.set(path, { ...own, isTrusted, sumsOf: [...names] });
  }
  return members.map(({ path }) => byPath.get(path) as SubjectAnswer);
}

function depthOf({ path }: Member): number {
  return path.split('/').length;
}

function noFile(what: string): Failure {
  const message = `There is no file in ${what} to ask about.`;
  return { reason: 'usage', message, help: 'Nothing is not trusted either: name a folder that has some.' };
}

function tooMany(what: string): Failure {
  const message = `${what} has more than ${countOf(mostFiles, 'file')}.`;
  return { reason: 'usage', message, help: 'Name a folder of one release.' };
}
