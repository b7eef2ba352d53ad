import type { Failure } from '../../core/failure.ts';
import { failureHeadline } from '../../core/failure-headline.ts';
import { whyStrangePath } from '../../core/relative-path.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { FileHashes } from '../../tool/file/read-file.ts';
import { inParallel } from '../../tool/http/in-parallel.ts';
import {
  type CheckingAssets,
  checkAsset,
  checkSums,
  type FetchedSums,
  fetchSums,
  type SaidFile,
} from './asset.ts';
import { differs, type Finding, same, unseen } from './finding.ts';
import { type Algorithm, compareSums, sumLines } from './sums.ts';

export interface CheckingLists extends CheckingAssets {
  /** Files at once. */
  readonly atOnce: number;
  /** The files that upstream's lists name; those of images that a release was made without apart. */
  readonly wanted: {
    /** What all files of the release are below, with a slash at its end. Undefined where nothing says. */
    readonly base: string | undefined;
    readonly paths: readonly string[];
    /** Whether each is asked for: what the place has is not known otherwise. */
    readonly isAsked: boolean;
  };
}

/** A file that a manifest names. */
interface NamedFile {
  readonly name: string;
  readonly uri: string;
  readonly hashes: FileHashes | undefined;
}

/** The folder of a component's version, by what of it is known. */
interface Folder {
  /** What the manifest names in it. */
  readonly named: Set<string>;
  /** What is there of all that anything names. */
  readonly known: Map<string, FileHashes>;
}

/** Lists of sums, as upstream calls them. */
const lists = [
  ['SHA256SUM', 'sha256'],
  ['SHA512SUM', 'sha512'],
] as const;

/**
 * Checks `SHA256SUM` and `SHA512SUM` of each folder of a release with their own sums, then what they name and the manifest does not,
 * as if it did; and last, where nobody lists what is there, whether there is all else that upstream's lists name. Errors: `aborted`.
 */
export async function checkLists(
  files: readonly NamedFile[],
  checking: CheckingLists,
): Promise<Result<readonly Finding[], Failure>> {
  const { base, paths, isAsked } = checking.wanted;
  const folders = new Map<string, Folder>();
  const folderAt = (uri: string): Folder => {
    const folder = folders.get(uri) ?? { named: new Set(), known: new Map() };
    folders.set(uri, folder);
    return folder;
  };
  for (const { name, uri, hashes } of files) {
    if (!uri.endsWith(`/${name}`)) continue;
    const { named, known } = folderAt(uri.slice(0, -name.length - 1));
    named.add(name);
    if (hashes !== undefined) known.set(name, hashes);
  }
  if (base !== undefined)
    for (const path of paths) folderAt(`${base}${path.split('/').slice(0, 2).join('/')}`);
  const findings: Finding[] = [];
  const seen = new Set<string>();
  for (const [uri, folder] of folders) {
    const found = await checkFolder(uri, folder, checking);
    if (!found.ok) return found;
    findings.push(...found.value.findings);
    const all = [...lists.map(([list]) => list), ...folder.named, ...found.value.others];
    for (const name of all.flatMap((each) => [each, `${each}.sha256`, `${each}.sha512`]))
      seen.add(`${uri}/${name}`);
  }
  if (base === undefined || !isAsked) return ok(findings);
  const rest = await inParallel(
    paths.filter((path) => !seen.has(`${base}${path}`)),
    checking.atOnce,
    (path) => askFor(path, `${base}${path}`, checking),
  );
  return rest.ok ? ok([...findings, ...rest.value]) : rest;
}

/** Checks the lists of a folder, and what they name beside the manifest: gives its names. */
async function checkFolder(
  folder: string,
  { named, known }: Folder,
  checking: CheckingLists,
): Promise<Result<{ readonly findings: readonly Finding[]; readonly others: readonly string[] }, Failure>> {
  const place = folder.split('/').slice(-2).join('/');
  const findings: Finding[] = [];
  const fetched = new Map<string, FetchedSums>();
  for (const [list] of lists) {
    const got = await fetchSums(`${place}/${list}`, `${folder}/${list}`, checking);
    if (!got.ok) return got;
    if ('verdict' in got.value) findings.push(got.value);
    else fetched.set(list, got.value);
  }
  const { others, wrong } = othersIn(place, fetched, named);
  findings.push(...wrong);
  const checked = await inParallel(others, checking.atOnce, ({ name, sums, line }) => {
    const archive = { uri: `${folder}/${name}`, ...sums };
    const [, os, arch] = /(?:^|[-/])(linux|darwin|windows)[-/](amd64|arm64)(?=[-/.]|$)/.exec(name) ?? [];
    const platform = os === undefined || arch === undefined ? {} : { os, arch: [arch] };
    const asset: SaidFile = { type: 'Archive', name, archive, ...platform };
    const [component = ''] = place.split('/');
    return checkAsset(asset, component, () => `${place}/${line}`, checking, line.split(':')[0]);
  });
  if (!checked.ok) return checked;
  for (const [at, { name }] of others.entries()) {
    const { hashes, findings: own = [] } = checked.value[at] ?? {};
    if (hashes !== undefined) known.set(name, hashes);
    findings.push(...own);
  }
  for (const [list, algorithm] of lists) {
    const own = fetched.get(list);
    if (own === undefined) continue;
    findings.push(compareSums(`${place}/${list}`, own.text, algorithm, known));
    for (const [, each] of lists) {
      const file = `${list}.${each}`;
      const sum = await checkSums(
        `${place}/${file}`,
        `${folder}/${file}`,
        each,
        new Map([[list, own.hashes]]),
        checking,
      );
      if (!sum.ok) return sum;
      findings.push(sum.value);
    }
  }
  return ok({ findings, others: others.map(({ name }) => name) });
}

interface OtherFile {
  readonly name: string;
  readonly sums: { readonly [each in Algorithm]?: string };
  /** `SHA256SUM:12` */
  readonly line: string;
}

/** What the lists of a folder name and the manifest does not; and what is wrong with such a line. */
function othersIn(
  place: string,
  fetched: ReadonlyMap<string, FetchedSums>,
  manifest: ReadonlySet<string>,
): { readonly others: readonly OtherFile[]; readonly wrong: readonly Finding[] } {
  const others = new Map<string, OtherFile>();
  const wrong: Finding[] = [];
  // What is no list is told where the list is compared.
  const there = lists.flatMap(([list, algorithm]) => {
    const read = sumLines(list, fetched.get(list)?.text ?? '', algorithm);
    return read.ok && fetched.has(list) ? [{ list, algorithm, lines: read.value }] : [];
  });
  for (const { list, algorithm, lines } of there) {
    const complain = (why: string) => wrong.push(differs({ kind: 'sums', name: `${place}/${list}` }, why));
    for (const [name, { sum, line }] of lines) {
      if (manifest.has(name)) continue;
      const strange = /[?#%]/.test(name)
        ? 'holds a character that a URL has another use for'
        : whyStrangePath(name);
      if (strange !== undefined) {
        complain(`Line ${line} names a file whose path ${strange}.`);
        continue;
      }
      const known = others.get(name) ?? { name, sums: {}, line: `${list}:${line}` };
      others.set(name, { ...known, sums: { ...known.sums, [algorithm]: sum } });
    }
    for (const other of there) {
      const lacking = [...other.lines.keys()].filter((name) => !manifest.has(name) && !lines.has(name));
      for (const name of lacking) complain(`It has no line of ${name}, which ${other.list} names.`);
    }
  }
  return { others: [...others.values()], wrong };
}

/** Whether a file is there of which nothing says what it should be. */
async function askFor(
  path: string,
  uri: string,
  { fetch }: CheckingLists,
): Promise<Result<Finding, Failure>> {
  const about = { kind: 'files', name: path } as const;
  const got = await fetch(uri);
  if (!got.ok)
    return got.error.reason === 'aborted'
      ? err(got.error)
      : ok(unseen(about, got.error, failureHeadline(got.error)));
  if ('absent' in got.value)
    return ok(
      differs(about, `There is none: ${got.value.absent}. Upstream's list of the release's files names it.`),
    );
  await got.value.close();
  return ok(same(about, 'It is there.'));
}
