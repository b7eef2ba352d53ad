import { posix } from 'node:path';
import { defined } from '../../core/defined.ts';
import type { Failure } from '../../core/failure.ts';
import { failureHeadline } from '../../core/failure-headline.ts';
import { countOf } from '../../core/numbers.ts';
import { isPlatform, type Platform } from '../../core/platform.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { type FileHashes, hashesOfFile, readText } from '../../tool/file/read-file.ts';
import type { Archive } from '../../verdict/archive/archive.ts';
import { readArchiveFile } from '../../verdict/archive/read.ts';
import type { ArchiveAsset } from '../manifest/release.ts';
import { checkDue, type DueMembers } from './due.ts';
import type { FetchFile } from './file-source.ts';
import { type About, differs, type Finding, same, unsaid, unseen } from './finding.ts';
import { checkProgram, type ExpectedPrograms, isExpected } from './programs.ts';
import { type Algorithm, compareSums, sumsLimit } from './sums.ts';
import { withoutEncoding } from './without-encoding.ts';

export interface CheckingAssets {
  readonly fetch: FetchFile;
  readonly programs: ExpectedPrograms;
  /** What is due in an archive, by its URI; undefined where nothing says. */
  readonly due: (uri: string) => DueMembers | undefined;
  /** Whether the release has to have a file, by its URI. */
  readonly isListed: (uri: string) => boolean;
  readonly signal: AbortSignal;
}

/** Where a field of an asset stands in the manifest: `file:line:column`. */
export type PlaceOf = (field: 'uri' | 'sha256' | 'sha512') => string;

/** A file, and what is said of it: a manifest says both hashes, a list one. */
export interface SaidFile extends Omit<ArchiveAsset, 'archive'> {
  readonly archive: { readonly uri: string; readonly sha256?: string; readonly sha512?: string };
}

export interface CheckedAsset {
  readonly findings: readonly Finding[];
  /** Of what is there; undefined where nothing is. */
  readonly hashes: FileHashes | undefined;
}

/**
 * Fetches a file of a release, compares it with what is said of it and with the files beside it, and looks into it. Errors: `aborted`.
 * @param by who says it.
 */
export async function checkAsset(
  asset: SaidFile,
  component: string,
  at: PlaceOf,
  checking: CheckingAssets,
  by = 'the manifest',
): Promise<Result<CheckedAsset, Failure>> {
  const name = `${component}: ${asset.name}`;
  const about: About = { kind: 'archives', name, where: at('uri') };
  const { uri, sha256 } = asset.archive;
  const got = await checking.fetch(uri);
  if (!got.ok) return failed(about, got.error);
  if ('absent' in got.value) {
    return ok({ findings: [differs(about, `Nobody has ${uri}: ${got.value.absent}.`)], hashes: undefined });
  }
  const { path, encoding, close } = got.value;
  try {
    const there = await hashesAt(path, encoding, sha256, checking.signal);
    if (!there.ok) {
      return ok({ findings: [differs(about, `${uri} ${there.error}.`)], hashes: undefined });
    }
    const { hashes, place } = there.value;
    const isRight = (algorithm: Algorithm) =>
      hashes[algorithm] === (asset.archive[algorithm] ?? hashes[algorithm]);
    const packed =
      encoding === undefined ? '' : ` The server says that it is packed once more (${encoding}).`;
    const field = isRight('sha256') ? 'sha512' : 'sha256';
    const told = { ...defined({ expected: asset.archive[field] }), found: hashes[field] };
    const whole = isRight(field)
      ? same(about, `It has the hashes that ${by} says.`)
      : differs({ ...about, where: at(field) }, `Its hash is another than ${by} says.${packed}`, told);
    const beside = await sumsBeside(asset, name, hashes, checking);
    if (!beside.ok) return beside;
    const inside = await lookInto(place, asset, component, hashes, checking);
    if (!inside.ok) return inside;
    return ok({ findings: [whole, ...beside.value, ...inside.value], hashes });
  } finally {
    await close();
  }
}

/** What is there, or what it was before a server packed it on its way. */
async function hashesAt(
  path: string,
  encoding: string | undefined,
  wanted: string | undefined,
  signal: AbortSignal,
): Promise<Result<{ readonly hashes: FileHashes; readonly place: string }, string>> {
  const hashes = await hashesOfFile(path);
  if (!hashes.ok) return hashes;
  if (encoding !== undefined && hashes.value.sha256 !== wanted) {
    const plain = await withoutEncoding(path, encoding, signal);
    const other = plain === undefined ? undefined : await hashesOfFile(plain);
    if (plain !== undefined && other?.ok) return ok({ hashes: other.value, place: plain });
  }
  return ok({ hashes: hashes.value, place: path });
}

/** `<file>.sha256` and `<file>.sha512`. */
async function sumsBeside(
  { name: asset, archive }: SaidFile,
  name: string,
  hashes: FileHashes,
  checking: Pick<CheckingAssets, 'fetch' | 'isListed'>,
): Promise<Result<readonly Finding[], Failure>> {
  const findings: Finding[] = [];
  for (const algorithm of ['sha256', 'sha512'] as const) {
    const uri = `${archive.uri}.${algorithm}`;
    // Its line has the name from the folder of the version on.
    const known = new Map([[asset, hashes]]);
    const found = await checkSums(`${name}.${algorithm}`, uri, algorithm, known, checking);
    if (!found.ok) return found;
    findings.push(found.value);
  }
  return ok(findings);
}

/** A file of sums, as it is there: what it says, and what it hashes to itself. */
export interface FetchedSums {
  readonly text: string;
  readonly hashes: FileHashes;
}

/** Fetches a file of sums and compares it. Errors: `aborted`. */
export async function checkSums(
  name: string,
  uri: string,
  algorithm: Algorithm,
  known: ReadonlyMap<string, Pick<FileHashes, Algorithm>>,
  checking: Pick<CheckingAssets, 'fetch' | 'isListed'>,
): Promise<Result<Finding, Failure>> {
  const got = await fetchSums(name, uri, checking);
  if (!got.ok || 'verdict' in got.value) return got as Result<Finding, Failure>;
  return ok(compareSums(name, got.value.text, algorithm, known));
}

/** Fetches a file of sums; where that does not come, what is to be said of it. Errors: `aborted`. */
export async function fetchSums(
  name: string,
  uri: string,
  { fetch, isListed }: Pick<CheckingAssets, 'fetch' | 'isListed'>,
): Promise<Result<FetchedSums | Finding, Failure>> {
  const about = { kind: 'sums', name } as const;
  const got = await fetch(uri, sumsLimit);
  if (!got.ok) return isAborted(got.error) ? got : ok(unseen(about, got.error, failureHeadline(got.error)));
  if ('absent' in got.value) {
    const why = `There is none: ${got.value.absent}.`;
    return ok(
      isListed(uri)
        ? differs(about, `${why} Upstream's list of the release's files names it.`)
        : unsaid(about, why),
    );
  }
  const { path, close } = got.value;
  try {
    const text = await readText(path, { limit: sumsLimit }, name);
    if (!text.ok) return ok(differs(about, `It ${text.error.message}.`));
    const hashes = await hashesOfFile(path);
    if (text.value === undefined || !hashes.ok) return ok(unsaid(about, 'There is none: it is not there.'));
    return ok({ text: text.value, hashes: hashes.value });
  } finally {
    await close();
  }
}

/** What is in a file: of an archive its members and programs, of any other the program that it is. Errors: `aborted`. */
async function lookInto(
  path: string,
  asset: SaidFile,
  component: string,
  { sha256 }: FileHashes,
  { programs, due, signal }: CheckingAssets,
): Promise<Result<readonly Finding[], Failure>> {
  const name = `${component}: ${asset.name}`;
  const platform = platformOfAsset(asset);
  if (!/\.(tar|tar\.gz|tgz)$/.test(asset.name)) {
    if (platform === undefined) return ok([]);
    const file = posix.basename(asset.name);
    return ok([checkProgram({ kind: 'programs', name }, { platform, sha256, file, component }, programs)]);
  }
  const about: About = { kind: 'members', name };
  const read = await readArchiveFile(path, { name: asset.name, signal, inside: true });
  if (!read.ok) {
    if (isAborted(read.error)) return read;
    const why = read.error.reason === 'usage' ? read.error.help : failureHeadline(read.error);
    return ok([differs(about, `It cannot be opened. ${why}`)]);
  }
  const wanted = due(asset.archive.uri);
  return ok([
    safety(about, read.value),
    ...(wanted === undefined ? [] : [checkDue({ ...about, name: `${name}: members` }, read.value, wanted)]),
    ...(platform === undefined ? [] : programsIn(read.value, name, platform, component, programs)),
  ]);
}

function safety(about: About, { oddities, members }: Archive): Finding {
  const [first] = oddities;
  if (first === undefined)
    return same(
      about,
      `${members.size === 1 ? 'Its one member is' : `Its ${countOf(members.size, 'member')} are`} safe to unpack.`,
    );
  const more = oddities.length === 1 ? '' : ` There is more of that kind: ${oddities.length} in all.`;
  const what = first.member === '' ? 'It' : `Its member ${first.member}`;
  return differs(about, `${what} ${first.why}.${more}`);
}

function programsIn(
  archive: Archive,
  name: string,
  platform: Platform,
  component: string,
  expected: ExpectedPrograms,
): readonly Finding[] {
  const own = [...archive.members.values()].flatMap(({ path, machine, sha256, kind }) =>
    machine === undefined || sha256 === undefined || kind !== 'file' ? [] : [{ where: path, sha256 }],
  );
  // Images hold much that is of their base, and that no lock speaks of.
  const inner = archive.programs.filter(({ where }) => isExpected(expected, platform, fileIn(where)));
  return [...own, ...inner].map(({ where, sha256 }) => {
    const file = fileIn(where);
    const about: About = { kind: 'programs', name: `${name}: ${where}` };
    return checkProgram(about, { platform, sha256, file, component }, expected);
  });
}

/** The name of a file by where it is: `kube-proxy` of `kube-proxy.tar: 5f70/layer.tar: usr/local/bin/kube-proxy`. */
function fileIn(where: string): string {
  return posix.basename(where.slice(where.lastIndexOf(': ') + 1).trimStart());
}

function platformOfAsset({ os, arch }: SaidFile): Platform | undefined {
  const text = `${os ?? ''}/${arch?.[0] ?? ''}`;
  return isPlatform(text) ? text : undefined;
}

function failed(about: About, failure: Failure): Result<CheckedAsset, Failure> {
  if (isAborted(failure)) return err(failure);
  return ok({ findings: [unseen(about, failure, failureHeadline(failure))], hashes: undefined });
}

function isAborted({ reason }: Failure): boolean {
  return reason === 'aborted';
}
