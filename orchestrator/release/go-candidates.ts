import type { GoBuild, LockedGo } from '../config/lock/lock.ts';
import { asDigest } from '../core/digest.ts';
import type { PatchPin } from '../plan/node-go.ts';
import type { GoHistories } from './attribute-go.ts';
import type { EksGoState } from './eks-go.ts';
import { minorOf } from './go-version.ts';

/** A Go that could have built something. */
export interface GoCandidate {
  readonly version: string;
  /** Those that change what a program contains, in order; none: the official Go. */
  readonly patches: readonly PatchPin[];
  /** For people: `go 1.18.10`, `EKS Go 1.18.10-3 (eb2e9f49)`. */
  readonly label: string;
}

export interface CandidateSubject {
  /** What the lock says. */
  readonly go: LockedGo;
  /** The lock's `goBuilds`. */
  readonly goBuilds: Readonly<Record<string, GoBuild>> | undefined;
  /** When CHECKSUMS last changed, RFC 3339; undefined where there is none. */
  readonly changed: string | undefined;
}

/** How many patch versions of Go on either side are tried. */
const reach = 4;

/**
 * Other Gos that could have built a project, the most likely first, without what the lock says already and each that is
 * the same for a program only once:
 *
 * 1. the locked version as others make it: EKS Distro's own builds of it, the nearest to the day of CHECKSUMS first (of two
 *    as near, the earlier), and where the lock says that it was theirs, the official one before these;
 * 2. the versions that other witnesses name, in the lock's order: the official one, then EKS Distro's builds as above;
 * 3. the neighbouring patch versions, one down, one up, two down, two up, to four: EKS Distro's builds of each as above
 *    where the lock says `eks-go`, and then the official one; where it says otherwise, the official one first.
 *
 * Where EKS Distro's repository is out of reach, there are only the official ones. Whether a version was ever published is
 * not known here.
 */
export function goCandidates(
  { go, goBuilds, changed }: CandidateSubject,
  histories: GoHistories | undefined,
): readonly GoCandidate[] {
  const time = changed === undefined ? Number.POSITIVE_INFINITY : Date.parse(changed) / 1000;
  const theirs = (version: string): readonly GoCandidate[] => {
    const { eksGo } = histories ?? {};
    const states = eksGo?.of(minorOf(version)).filter((state) => state.version === version) ?? [];
    // What was released counts before what only stood there in between.
    const likely = (state: EksGoState) => (state.isReleased ? 0 : 1);
    return states
      .toSorted(
        (a, b) => likely(a) - likely(b) || distance(a.time, time) - distance(b.time, time) || a.time - b.time,
      )
      .flatMap((state) => candidateOf(state, eksGo?.repository ?? '') ?? []);
  };
  const isTheirs = go.flavour === 'eks-go';
  const both = (version: string): readonly GoCandidate[] =>
    isTheirs ? [...theirs(version), official(version)] : [official(version), ...theirs(version)];
  const named = go.others.map((other) => other.version.replace(/-[0-9]+$/, ''));
  const all = [
    official(go.version),
    ...theirs(go.version),
    ...named.flatMap((version) => [official(version), ...theirs(version)]),
    ...neighbours(go.version).flatMap(both),
  ];
  const build = go.build === undefined ? undefined : goBuilds?.[go.build];
  const locked = build === undefined ? [] : effective(build, build.repository, build.commit);
  const seen = new Set(
    go.flavour === 'al2-rpm' && build === undefined
      ? []
      : [identityOf({ version: go.version, patches: locked })],
  );
  return all.filter((candidate) => {
    const identity = identityOf(candidate);
    const isNew = !seen.has(identity);
    seen.add(identity);
    return isNew;
  });
}

/** Before an RPM is in the builder image, some days pass: what was released later is less likely than its distance says. */
function distance(made: number, used: number): number {
  if (!Number.isFinite(used)) return -made;
  return made <= used ? used - made : 4 * (made - used);
}

function official(version: string): GoCandidate {
  return { version, patches: [], label: `go ${version}` };
}

/** Undefined where the repository lacks a patch that it needs. */
function candidateOf(state: EksGoState, repository: string): GoCandidate | undefined {
  if (state.patches.some((patch) => patch.sha256 === 'unavailable')) return undefined;
  const { version, release, commit } = state;
  const label = `EKS Go ${version}${release === undefined ? '' : `-${release}`} (${commit.slice(0, 8)})`;
  return { version, patches: effective(state, repository, commit), label };
}

function effective(
  { patches }: Pick<EksGoState, 'patches'>,
  repository: string,
  commit: string,
): readonly PatchPin[] {
  return patches.flatMap(({ path, sha256, changes }) =>
    changes === undefined || sha256 === 'unavailable'
      ? []
      : [{ path, sha256: asDigest(sha256), from: { kind: 'upstream', repository, commit } }],
  );
}

function identityOf({ version, patches }: Pick<GoCandidate, 'version' | 'patches'>): string {
  return [version, ...patches.map((patch) => patch.sha256)].join(' ');
}

/** `1.21.0` follows the rule of Go 1.21 and later; before it, the first version of a release is `1.20`. */
function neighbours(version: string): readonly string[] {
  const minor = minorOf(version);
  const patch = Number(/^1\.[0-9]+\.([0-9]+)$/.exec(version)?.[1] ?? 0);
  const name = (number: number) =>
    number === 0 && Number(minor.slice(2)) < 21 ? minor : `${minor}.${number}`;
  const steps = Array.from({ length: reach }, (_, index) => index + 1);
  return steps
    .flatMap((step) => [patch - step, patch + step])
    .filter((number) => number >= 0)
    .map(name);
}
