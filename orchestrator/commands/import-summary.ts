import type { UnsealedLock } from '../config/lock-file.ts';
import { describeFailure } from '../core/describe-failure.ts';
import type { Failure } from '../core/failure.ts';
import { renderTable } from './render-table.ts';

/** A lock that was written, and what there is to say of it. */
export interface WrittenLock {
  readonly pins: UnsealedLock;
  readonly file: string;
  readonly notes: readonly string[];
  readonly failures: ReadonlyMap<string, Failure>;
}

type Pins = UnsealedLock['projects'][string];

/** What an import found, in a few lines. */
export function describeImport({ pins, file, notes, failures }: WrittenLock): string {
  const { upstream } = pins;
  const projects = Object.entries(pins.projects);
  const lines = [
    `${pins.release}: read from ${upstream.tree === 'tag' ? 'the tag' : 'the release commit'} ${readCommit(pins)}`,
    ...(upstream.releaseCommit === undefined ? ['it has no release commit'] : []),
    ...(upstream.tag === undefined ? ['it has no tag'] : []),
    ...differenceLines(pins),
    `${projects.length} projects, ${countFiles(projects.map(([, project]) => project))}`,
    ...goLines(pins),
    ...projects.flatMap(([name, project]) => commitLine(name, project, failures)),
    ...lostPatches(projects),
    ...notes,
  ];
  return `${lines.map((line, index) => (index === 0 ? line : `  ${line}`)).join('\n')}\n  wrote ${file}\n`;
}

function readCommit({ upstream }: UnsealedLock): string {
  const read = upstream.tree === 'tag' ? upstream.tag : upstream.releaseCommit;
  return `${read?.commit.slice(0, 12)} of ${read?.date.slice(0, 10)}`;
}

/** `72 files: 70 built, 2 copied` */
function countFiles(projects: readonly Pins[]): string {
  const counts = new Map<string, number>();
  for (const { checksums } of projects) {
    if (checksums === undefined) continue;
    counts.set(checksums.authority, (counts.get(checksums.authority) ?? 0) + checksums.files.length);
  }
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const parts = ['built', 'unchecked', 'copied'].flatMap((name) =>
    counts.has(name) ? [`${counts.get(name)} ${name}`] : [],
  );
  const without = projects.filter((project) => project.checksums === undefined).length;
  const rest = without > 0 ? `; ${without} projects have no CHECKSUMS` : '';
  return total === 0 ? `no CHECKSUMS` : `${total} files: ${parts.join(', ')}${rest}`;
}

function differenceLines({ upstream }: UnsealedLock): readonly string[] {
  const { differences } = upstream;
  if (differences.length === 0) return [];
  const shown = differences.slice(0, 4).map(({ path, change }) => `  ${change} ${path}`);
  const rest = differences.length > 4 ? [`  and ${differences.length - 4} more, in the lock`] : [];
  return [
    `the tag's tree differs from the release commit's in ${differences.length} build inputs:`,
    ...shown,
    ...rest,
  ];
}

function goLines({ projects, buildTooling }: UnsealedLock): readonly string[] {
  const lines = Object.entries(projects).flatMap(([name, { go, checksums }]) => {
    if (go === undefined) return [`${name}: nothing names its Go`];
    if (checksums?.authority !== 'built') return [];
    return go.others
      .filter((other) => other.version !== go.version)
      .map((other) => `${name}: Go ${go.version} (${go.read}), but ${other.version} by ${other.read}`);
  });
  const isOutOfReach = buildTooling?.state === 'out-of-reach';
  return isOutOfReach
    ? [...lines, `${buildTooling?.repository} was out of reach: Go versions rest on ATTRIBUTION.txt alone`]
    : lines;
}

function commitLine(
  name: string,
  { commit, tag, repository }: Pins,
  failures: ReadonlyMap<string, Failure>,
): readonly string[] {
  if (commit === 'absent') return [`${name}: ${repository} has no tag ${tag}`];
  if (commit !== 'unresolved') return [];
  const failure = failures.get(repository);
  return [
    `${name}: the commit of ${tag} is unresolved${failure === undefined ? '' : `: ${firstLine(failure)}`}`,
  ];
}

function lostPatches(projects: readonly (readonly [string, Pins])[]): readonly string[] {
  return projects.flatMap(([name, { patches }]) =>
    patches
      .filter((patch) => patch.sha256 === 'unavailable')
      .map((patch) => `${name}: the repository lacks the content of ${patch.path}`),
  );
}

function firstLine(failure: Failure): string {
  return describeFailure(failure).split('\n', 1)[0] ?? '';
}

/** What there is in all, a line a release branch. */
export function describeImports(
  locks: readonly UnsealedLock[],
  failures: ReadonlyMap<string, Failure>,
): string {
  const branches = new Map<string, UnsealedLock[]>();
  for (const lock of locks) branches.set(lock.branch, [...(branches.get(lock.branch) ?? []), lock]);
  const rows = [...branches]
    .sort(([a], [b]) => Number(a.slice(2)) - Number(b.slice(2)))
    .map(([branch, releases]) => [branch, ...branchCells(releases)]);
  rows.push(['all', ...branchCells(locks).slice(0, -1), '']);
  const head = [
    'branch',
    'releases',
    'with CHECKSUMS',
    'files',
    'built',
    'unchecked',
    'copied',
    'kubernetes built',
  ];
  const counted = (text: string, isSo: (lock: UnsealedLock) => boolean) =>
    `${locks.filter(isSo).length} ${text}`;
  const allProjects = locks.flatMap((lock) => Object.values(lock.projects));
  const lines = [
    counted('without a tag', (lock) => lock.upstream.tag === undefined),
    counted('without a release commit', (lock) => lock.upstream.releaseCommit === undefined),
    counted(
      'whose tag has other build inputs than the release commit',
      (lock) => lock.upstream.differences.length > 0,
    ),
    `${allProjects.filter((project) => project.commit === 'absent').length} pins of tags that are not public`,
    `${allProjects.filter((project) => project.commit === 'unresolved').length} pins of tags that are unresolved`,
    ...[...failures].map(([repository, failure]) => `  ${repository}: ${firstLine(failure)}`),
  ];
  return `${renderTable([head, ...rows], [1, 2, 3, 4, 5, 6])}\n${lines.join('\n')}\n`;
}

function branchCells(releases: readonly UnsealedLock[]): readonly string[] {
  const checksums = releases.map((release) =>
    Object.values(release.projects).flatMap((project) => project.checksums ?? []),
  );
  const count = (authority?: string): string => {
    const chosen = checksums.flat().filter((each) => authority === undefined || each.authority === authority);
    return String(chosen.reduce((sum, each) => sum + each.files.length, 0));
  };
  const withSome = checksums.filter((each) => each.length > 0).length;
  const built = releases.filter(
    (release) => release.projects['kubernetes/kubernetes']?.checksums?.authority === 'built',
  );
  return [
    String(releases.length),
    String(withSome),
    count(),
    count('built'),
    count('unchecked'),
    count('copied'),
    rangesOf(built),
  ];
}

/** `12-17`, `1-9, 11`: the numbers of releases. */
function rangesOf(releases: readonly UnsealedLock[]): string {
  const numbers = releases.map((release) => Number(release.number)).sort((a, b) => a - b);
  const ranges: (readonly [number, number])[] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === number - 1) ranges[ranges.length - 1] = [last[0], number];
    else ranges.push([number, number]);
  }
  const texts = ranges.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`));
  return texts.length === 0 ? 'never' : texts.join(', ');
}
