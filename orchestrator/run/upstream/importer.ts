import type { UnsealedLock } from '../../config/lock/lock-file.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { findReleases, type Release, timeOf } from '../../release/find-releases.ts';
import { type ImportContext, importRelease } from '../../release/import-release.ts';
import type { Upstream } from '../../release/upstream.ts';
import { nearestNames } from '../../workspace/nearest.ts';
import { type CloneSite, cachedClone, fixedRepository } from './cached-clone.ts';
import { openGoHistories } from './go-histories.ts';
import { type OpenRepository, openUpstream, type ReadingSite } from './open-upstream.ts';
import { openReadAtTag } from './read-at-tag.ts';

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
  const newest = Math.max(0, ...releases.map(timeOf));
  const histories = isAlone ? undefined : await openGoHistories(newest, options);
  const context: ImportContext = {
    upstream,
    sources,
    readAtTag: openReadAtTag(options),
    buildTooling: isAlone ? undefined : { repository, histories },
  };
  for (const release of releases) {
    if (options.host.signal.aborted) return;
    yield { release, pins: await importRelease(release, tree, context) };
  }
}

function siteOf({ processes, store, host }: ImporterOptions): ReadingSite {
  return { processes, store, signal: host.signal };
}
