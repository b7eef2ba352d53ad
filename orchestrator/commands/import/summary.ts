import type { UnsealedLock } from '../../config/lock/lock-file.ts';
import type { Failure } from '../../core/failure.ts';
import { failureHeadline } from '../../core/failure-headline.ts';
import { countOf } from '../../core/numbers.ts';

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
    `${countOf(projects.length, 'project')}, ${countFiles(projects.map(([, project]) => project))}`,
    ...listLines(projects.map(([, project]) => project)),
    ...goLines(pins),
    ...commitLines(projects, failures),
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
  const rest = without > 0 ? `; ${without} of the projects without CHECKSUMS` : '';
  return total === 0 ? `no CHECKSUMS` : `${countOf(total, 'file')}: ${parts.join(', ')}${rest}`;
}

function listLines(projects: readonly Pins[]): readonly string[] {
  const lists = projects
    .flatMap(({ expectedFiles }) => Object.values(expectedFiles ?? {}))
    .filter((list) => list !== undefined);
  const count = lists.reduce((sum, { paths }) => sum + paths.length, 0);
  return lists.length === 0
    ? []
    : [`${countOf(lists.length, 'list')} of what is published, with ${countOf(count, 'file')}`];
}

function differenceLines({ upstream }: UnsealedLock): readonly string[] {
  const { differences } = upstream;
  if (differences.length === 0) return [];
  const shown = differences.slice(0, 4).map(({ path, change }) => `  ${change} ${path}`);
  const rest = differences.length > 4 ? [`  and ${differences.length - 4} more, in the lock`] : [];
  return [
    `the tag's tree differs from the release commit's in ${countOf(differences.length, 'build input')}:`,
    ...shown,
    ...rest,
  ];
}

function goLines({ projects, buildTooling }: UnsealedLock): readonly string[] {
  const lines = Object.entries(projects).flatMap(([name, { go, checksums, kubernetes }]) => {
    if (kubernetes?.go.state === 'unresolved')
      return [
        `${name}: nothing at hand says what its .go-version names; import again once its repository is in the cache`,
      ];
    if (go === undefined) return [`${name}: nothing names its Go`];
    if (checksums?.authority !== 'built') return [];
    // A build is called by version, number and commit.
    const build = go.build?.replace(/@.*/, '') ?? go.version;
    return go.others
      .filter((other) => other.version !== go.version && other.version !== build)
      .map((other) => `${name}: Go ${build} (${go.read}), but ${other.version} by ${other.read}`);
  });
  if (buildTooling?.state !== 'out-of-reach') return lines;
  const unknown = Object.values(projects).filter(({ go }) => go?.flavour === 'eks-go');
  return [
    ...lines,
    `${buildTooling.repository} was out of reach: Go versions rest on ATTRIBUTION.txt alone`,
    ...(unknown.length === 0
      ? []
      : [
          `  and ${countOf(unknown.length, 'project')} that EKS Distro's own Go built ${unknown.length === 1 ? 'gets' : 'get'} the official one, without its patches`,
        ]),
  ];
}

function commitLines(
  projects: readonly (readonly [string, Pins])[],
  failures: ReadonlyMap<string, Failure>,
): readonly string[] {
  const absent = projects.filter(([, { commit }]) => commit === 'absent');
  const open = projects.filter(([, { commit }]) => commit === 'unresolved');
  const lines = absent.map(([name, { repository, tag }]) => `${name}: ${repository} has no tag ${tag}`);
  if (open.length === 0) return lines;
  const names = open.map(([name, { tag }]) => `${name} ${tag}`).join(', ');
  const reasons = open.flatMap(([, { repository }]) => failures.get(repository) ?? []).map(failureHeadline);
  const more = reasons.length > 3 ? [`  and ${reasons.length - 3} more of that kind`] : [];
  const shown = reasons.slice(0, 3).map((reason) => `  ${reason}`);
  return [
    ...lines,
    `unresolved source tags, asked for again when they are needed: ${names}`,
    ...shown,
    ...more,
  ];
}

function lostPatches(projects: readonly (readonly [string, Pins])[]): readonly string[] {
  return projects.flatMap(([name, { patches }]) =>
    patches
      .filter((patch) => patch.sha256 === 'unavailable')
      .map((patch) => `${name}: the repository lacks the content of ${patch.path}`),
  );
}
