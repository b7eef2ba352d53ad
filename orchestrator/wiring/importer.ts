import type { UnsealedLock } from '../config/lock-file.ts';
import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import { type BuilderGo, builderFolder, readBuilderGo } from '../release/builder-go.ts';
import { findReleases, type Release, timeOf } from '../release/find-releases.ts';
import { type ImportContext, importRelease } from '../release/import-release.ts';
import type { Upstream } from '../release/upstream.ts';
import { nearestNames } from '../workspace/nearest.ts';
import { type CloneSite, cachedClone, fixedRepository } from './cached-clone.ts';
import { lastChange, type OpenRepository, openUpstream, type ReadingSite } from './open-upstream.ts';

export interface ImporterOptions extends CloneSite {
  /** A bare repository that is read as it is, instead of a clone of the workspace's upstream. It has no build tooling. */
  readonly upstreamPath?: string;
}

/** The releases of upstream, and the pins of each. */
export interface Importer {
  /** By name, the newest first. */
  readonly releases: ReadonlyMap<string, Release>;
  readonly upstream: Upstream;
  /** Why upstream's clone could not be brought up to date, where it could not. */
  readonly outdated: Failure | undefined;
  /** The pins of releases, one after the other, their source commits left `unresolved`. Ends early on an abort. */
  pins(releases: readonly Release[], tree: 'release' | 'tag'): AsyncIterable<ImportedPins>;
  close(): Promise<void>;
}

interface ImportedPins {
  readonly release: Release;
  /** Errors: those of `importRelease`. */
  readonly pins: Result<UnsealedLock, Failure>;
}

/**
 * Opens upstream's repository: the clone in the cache, made where there is none.
 * @param wanted releases: the clone is brought up to date where it lacks one, or its tag. `all`: it always is.
 * Errors: `unknown-name` for a release that is wanted and not there; those of `CachedClone.update` where there is no clone;
 * those of `openUpstream`.
 */
export async function openImporter(
  wanted: readonly string[] | 'all',
  options: ImporterOptions,
): Promise<Result<Importer, Failure>> {
  const { workspace, upstreamPath, host } = options;
  const clone =
    upstreamPath === undefined ? cachedClone(workspace.upstream, options) : fixedRepository(upstreamPath);
  const isNew = !(await clone.isThere());
  let outdated = isNew || wanted === 'all' ? await clone.update() : undefined;
  if (isNew && outdated !== undefined) return err(outdated);
  let opened = await openReleases(clone.path, options);
  if (!opened.ok) return opened;
  if (!isNew && wanted !== 'all' && !hasTags(wanted, opened.value.releases)) {
    await opened.value.repository.close();
    outdated = await clone.update();
    opened = await openReleases(clone.path, options);
    if (!opened.ok) return opened;
  }
  const { repository, releases } = opened.value;
  const failure = whyNot(wanted, releases, outdated, host.signal.aborted);
  if (failure !== undefined) {
    await repository.close();
    return err(failure);
  }
  return ok({
    releases,
    upstream: repository.upstream,
    outdated,
    pins: (chosen, tree) => importEach(chosen, tree, repository.upstream, options),
    close: repository.close,
  });
}

interface OpenReleases {
  readonly repository: OpenRepository;
  readonly releases: ReadonlyMap<string, Release>;
}

async function openReleases(path: string, options: ImporterOptions): Promise<Result<OpenReleases, Failure>> {
  const repository = await openUpstream(options.workspace.upstream, path, siteOf(options));
  if (!repository.ok) return repository;
  const releases = await findReleases(repository.value.upstream);
  if (releases.ok) return ok({ repository: repository.value, releases: releases.value });
  await repository.value.close();
  return releases;
}

function hasTags(wanted: readonly string[], releases: ReadonlyMap<string, Release>): boolean {
  return wanted.every((name) => releases.get(name)?.tag !== undefined);
}

function whyNot(
  wanted: readonly string[] | 'all',
  releases: ReadonlyMap<string, Release>,
  outdated: Failure | undefined,
  isAborted: boolean,
): Failure | undefined {
  if (isAborted) return { reason: 'aborted' };
  const name = wanted === 'all' ? undefined : wanted.find((each) => !releases.has(each));
  if (name === undefined) return undefined;
  const help = '"eksd-rebuild releases" lists them.';
  const nearest = nearestNames(name, releases.keys());
  return outdated ?? { reason: 'unknown-name', what: 'release', name, nearest, help };
}

async function* importEach(
  releases: readonly Release[],
  tree: 'release' | 'tag',
  upstream: Upstream,
  options: ImporterOptions,
): AsyncGenerator<ImportedPins> {
  const { buildTooling: repository, sources } = options.workspace;
  const isAlone = options.upstreamPath !== undefined;
  const builder = isAlone ? undefined : await openBuilder(Math.max(0, ...releases.map(timeOf)), options);
  const context: ImportContext = {
    upstream,
    sources,
    buildTooling: isAlone ? undefined : { repository, builder },
  };
  for (const release of releases) {
    if (options.host.signal.aborted) return;
    yield { release, pins: await importRelease(release, tree, context) };
  }
}

/**
 * The builder images' history. It is fetched where the clone does not reach to the newest of the releases (seconds since
 * 1970). Undefined where it is out of reach: with a part of it, the same release could have other pins than with the whole.
 */
async function openBuilder(newest: number, options: ImporterOptions): Promise<BuilderGo | undefined> {
  const repository = options.workspace.buildTooling;
  const clone = cachedClone(repository, options);
  const site = siteOf(options);
  const last = (await clone.isThere()) ? await lastChange(clone.path, site) : ok(0);
  const reaches = last.ok && last.value >= newest;
  if (!reaches && (options.isOffline || (await clone.update()) !== undefined)) return undefined;
  const opened = await openUpstream(repository, clone.path, site, builderFolder);
  if (!opened.ok) return undefined;
  const { main, blobs } = opened.value.upstream;
  const builder = await readBuilderGo(repository, main, blobs);
  await opened.value.close();
  return builder.ok ? builder.value : undefined;
}

function siteOf({ processes, store, host }: ImporterOptions): ReadingSite {
  return { processes, store, signal: host.signal };
}
