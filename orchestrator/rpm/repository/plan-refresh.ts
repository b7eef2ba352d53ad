import type { BaseImageContent } from '../../config/base/base-image-chain.ts';
import type { BaseLock, LockedPackage } from '../../config/base/base-lock.ts';
import type { UnsealedBaseLock } from '../../config/base/base-lock-file.ts';
import type { Architecture, Distribution, DistributionName } from '../../config/base/distribution.ts';
import { byCodeUnit } from '../../core/canonical-json.ts';
import { defined } from '../../core/defined.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { MetadataSite } from './metadata.ts';
import type { PublishedList } from './published-list.ts';
import { type OpenRepositories, readPackages } from './read-repositories.ts';
import { type AvailablePackage, openRepository, type Repository } from './repository.ts';
import { type Pin, type ResolveComplaint, resolve } from './resolve.ts';
import { compareVersions } from './rpm-version.ts';
import type { Advisory } from './updateinfo.ts';
import { advisoriesBetween, changesBetween, type PackageChange } from './updates.ts';

/** The repositories of a distribution as they are today. */
export interface DistributionState {
  readonly name: DistributionName;
  readonly distribution: Distribution;
  readonly repositories: OpenRepositories;
  readonly advisories: readonly Advisory[];
  readonly site: MetadataSite;
}

export interface RefreshRequest {
  readonly image: string;
  readonly content: BaseImageContent;
  readonly previous: BaseLock | undefined;
  /** The versions of a published image, instead of the newest. */
  readonly asOf: PublishedList | undefined;
  /** Only what mends a security problem gets another version, and what that cannot do without. Needs a previous lock. */
  readonly isSecurityOnly: boolean;
}

export interface RefreshPlan {
  readonly lock: UnsealedBaseLock;
  readonly changes: readonly PackageChange[];
}

/** A complaint of `resolve`, with names that may be of help: those who provide what is missing, or all there are. */
export interface ExplainedComplaint {
  readonly complaint: ResolveComplaint;
  readonly architectures: readonly Architecture[];
  readonly names: ReadonlySet<string>;
}

export type RefreshTrouble =
  | { readonly kind: 'failure'; readonly failure: Failure }
  | { readonly kind: 'complaints'; readonly complaints: readonly ExplainedComplaint[] };

/** Resolves an image's names on every processor, and says what that changes. Nothing is written. */
export async function planRefresh(
  request: RefreshRequest,
  state: DistributionState,
): Promise<Result<RefreshPlan, RefreshTrouble>> {
  const packages: { [Arch in Architecture]?: LockedPackage[] } = {};
  const read: Repository[] = [];
  const complaints = new Map<string, ExplainedComplaint>();
  for (const [arch, repositories] of state.repositories) {
    const resolved = await resolveFor(arch, repositories, request, state);
    if (!resolved.ok) return err({ kind: 'failure', failure: resolved.error });
    for (const explained of resolved.value.complaints) {
      const key = JSON.stringify(explained.complaint);
      const architectures = [...(complaints.get(key)?.architectures ?? []), arch];
      complaints.set(key, { ...explained, architectures });
    }
    packages[arch] = resolved.value.packages.map(locked);
    read.push(...resolved.value.repositories);
  }
  if (complaints.size > 0) return err({ kind: 'complaints', complaints: [...complaints.values()] });
  const releasever = snapshotOf(state.distribution, packages);
  const { asOf } = request;
  const lock: UnsealedBaseLock = {
    image: request.image,
    distribution: state.name,
    ...defined({ releasever, asOf: asOf && { tag: asOf.tag, commit: asOf.commit } }),
    repositories: read.map(({ name, arch, base, repomd }) => ({ name, arch, base, repomd })),
    keys: state.distribution.keys.map(({ id, sha256 }) => ({ id, sha256 })),
    packages,
  };
  return ok({ lock, changes: changesBetween(request.previous?.packages ?? {}, packages, state.advisories) });
}

interface Resolved {
  readonly packages: readonly AvailablePackage[];
  readonly complaints: readonly Omit<ExplainedComplaint, 'architectures'>[];
  readonly repositories: readonly Repository[];
}

async function resolveFor(
  arch: Architecture,
  repositories: readonly Repository[],
  request: RefreshRequest,
  state: DistributionState,
): Promise<Result<Resolved, Failure>> {
  const listed = request.asOf?.packages.get(arch);
  const held = request.isSecurityOnly ? (request.previous?.packages[arch] ?? []) : [];
  const content = contentFor(request.content, listed, held);
  const wanted = new Set([...content.packages, ...held.map(({ name }) => name)]);
  for (const { name } of content.without) wanted.add(name);
  const read = await readPackages(repositories, { kind: 'names', names: wanted });
  if (!read.ok) return read;
  let available = read.value.packages;
  if (content.dependencies === 'resolved') {
    const newest = await readPackages(repositories, { kind: 'newest' });
    if (!newest.ok) return newest;
    available = [...available, ...newest.value.packages.filter(({ name }) => !wanted.has(name))];
  }
  const older = await readOlder(held, available, arch, request, state);
  if (!older.ok) return older;
  available = [...available, ...older.value.packages];
  const pins = new Map<string, Pin>(listed ?? held.map((each) => [each.name, each]));
  if (request.isSecurityOnly) releasePins(pins, content, available, state.advisories);
  const { packages, complaints } = resolve(content, available, pins);
  const explained: Omit<ExplainedComplaint, 'architectures'>[] = [];
  for (const complaint of complaints) {
    const names = await namesFor(complaint, repositories, read.value.names);
    if (!names.ok) return names;
    explained.push({ complaint, names: names.value });
  }
  return ok({
    packages,
    complaints: explained,
    repositories: [...repositories, ...older.value.repositories],
  });
}

/** The names to resolve: a published list has its own, and dependencies that are held count as named. */
function contentFor(
  content: BaseImageContent,
  listed: ReadonlyMap<string, Pin> | undefined,
  held: readonly LockedPackage[],
): BaseImageContent {
  if (listed !== undefined) return { ...content, packages: [...listed.keys()], dependencies: 'listed' };
  if (content.dependencies === 'listed') return content;
  return { ...content, packages: [...new Set([...content.packages, ...held.map(({ name }) => name)])] };
}

/** Versions that are held and that the repositories of today no longer have, out of those that the lock names. */
async function readOlder(
  held: readonly LockedPackage[],
  available: readonly AvailablePackage[],
  arch: Architecture,
  { previous }: RefreshRequest,
  { site, repositories }: DistributionState,
): Promise<Result<Pick<Resolved, 'packages' | 'repositories'>, Failure>> {
  const there = new Set(available.map(({ sha256 }) => sha256));
  const names = new Set(held.filter(({ sha256 }) => !there.has(sha256)).map(({ name }) => name));
  const packages: AvailablePackage[] = [];
  const opened: Repository[] = [];
  if (names.size === 0) return ok({ packages, repositories: opened });
  const current = new Set((repositories.get(arch) ?? []).map(({ base }) => base));
  for (const { name, base, arch: theirs } of previous?.repositories ?? []) {
    if (theirs !== arch || current.has(base)) continue;
    const repository = await openRepository({ name, base }, { arch, releasever: '' }, site);
    if (!repository.ok) return repository;
    const content = await repository.value.packages({ kind: 'names', names });
    if (!content.ok) return content;
    packages.push(
      ...content.value.packages.filter(({ sha256 }) => held.some((each) => each.sha256 === sha256)),
    );
    opened.push(repository.value);
  }
  return ok({ packages, repositories: opened });
}

/** Lets go of what has a security update, then of what stands in the way of those. */
function releasePins(
  pins: Map<string, Pin>,
  content: BaseImageContent,
  available: readonly AvailablePackage[],
  advisories: readonly Advisory[],
): void {
  for (const [name, pin] of [...pins]) {
    const versions = available.filter((each) => each.name === name);
    const from = { epoch: 0, ...pin };
    const mended = versions
      .filter((each) => compareVersions(each, from) > 0)
      .some((each) =>
        advisoriesBetween(name, from, each, advisories).some(({ type }) => type === 'security'),
      );
    if (mended) pins.delete(name);
  }
  const newest = new Map<string, AvailablePackage>();
  for (const each of available) {
    const known = newest.get(each.name);
    if (known === undefined || compareVersions(known, each) < 0) newest.set(each.name, each);
  }
  for (let isReleasing = true; isReleasing; ) {
    isReleasing = false;
    for (const complaint of resolve(content, available, pins).complaints) {
      const inTheWay = complaint.kind === 'no-version' ? [complaint.name] : [];
      if (complaint.kind === 'unmet') {
        const providers = [...pins.keys()].filter((name) =>
          newest.get(name)?.provides.some((provided) => provided.name === complaint.capability.name),
        );
        inTheWay.push(...(providers.length > 0 ? providers : complaint.by));
      }
      for (const name of inTheWay) isReleasing = pins.delete(name) || isReleasing;
    }
  }
}

async function namesFor(
  complaint: ResolveComplaint,
  repositories: readonly Repository[],
  all: ReadonlySet<string>,
): Promise<Result<ReadonlySet<string>, Failure>> {
  if (complaint.kind === 'no-package') return ok(all);
  if (complaint.kind !== 'unmet') return ok(new Set());
  const name = complaint.capability.name.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const texts = [`name="${name}"`, `<file>${name}</file>`];
  const found = await readPackages(repositories, { kind: 'containing', texts });
  if (!found.ok) return found;
  const providers = found.value.packages.filter(
    ({ provides, files }) =>
      provides.some((provided) => provided.name === complaint.capability.name) ||
      files.includes(complaint.capability.name),
  );
  return ok(new Set(providers.map((each) => each.name).sort(byCodeUnit)));
}

function locked(found: AvailablePackage): LockedPackage {
  const { name, epoch, version, release, arch, sha256, size, url } = found;
  return { name, epoch, version, release, arch, sha256, size, url };
}

/** Each release of a distribution with snapshots has a package that says which it is. */
function snapshotOf(
  { releasever }: Distribution,
  packages: Readonly<Partial<Record<Architecture, readonly LockedPackage[]>>>,
): string | undefined {
  if (releasever === undefined) return undefined;
  const all = Object.values(packages).flat();
  return all.find(({ name }) => name === 'system-release')?.version ?? releasever;
}
