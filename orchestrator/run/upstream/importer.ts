import type { UnsealedLock } from '../../config/lock/lock-file.ts';
import { nearestNames } from '../../config/nearest.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { trying } from '../../core/system-error.ts';
import { findReleases, type Release, timeOf } from '../../release/find-releases.ts';
import { type ImportContext, importRelease } from '../../release/import-release.ts';
import type { Upstream } from '../../release/upstream.ts';
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
  /** Why wanted ones are not among them, by name. */
  readonly missing: ReadonlyMap<string, Failure>;
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
 * Errors: those of `CachedClone.update` where there is no clone; those of `openUpstream`; `aborted`.
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
  if (host.signal.aborted) {
    await repository.close();
    return err({ reason: 'aborted' });
  }
  return ok({
    releases,
    missing: missingOf(wanted === 'all' ? [] : wanted, releases, outdated),
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

/** Where the clone is not up to date, that is why a release is missing; else upstream has none of that name. */
function missingOf(
  wanted: readonly string[],
  releases: ReadonlyMap<string, Release>,
  outdated: Failure | undefined,
): ReadonlyMap<string, Failure> {
  const help = '"eksd-rebuild releases" lists them.';
  const unknown = (name: string): Failure => {
    return {
      reason: 'unknown-name',
      what: 'release',
      name,
      nearest: nearestNames(name, releases.keys()),
      help,
    };
  };
  const names = wanted.filter((name) => !releases.has(name));
  return new Map(names.map((name) => [name, outdated ?? unknown(name)]));
}

async function* importEach(
  releases: readonly Release[],
  tree: 'release' | 'tag',
  upstream: Upstream,
  options: ImporterOptions,
): AsyncGenerator<ImportedPins> {
  const { buildTooling: repository, sources } = options.workspace;
  if (releases.length === 0) return;
  const isAlone = options.upstreamPath !== undefined;
  const newest = Math.max(0, ...releases.map(timeOf));
  const histories = isAlone ? ok(undefined) : await openGoHistories(newest, options);
  const importOne = async (release: Release): Promise<Result<UnsealedLock, Failure>> => {
    if (!histories.ok) return histories;
    const context: ImportContext = {
      upstream,
      sources,
      readAtTag: openReadAtTag(options),
      buildTooling: isAlone ? undefined : { repository, histories: histories.value },
    };
    return importRelease(release, tree, context);
  };
  for (const release of releases) {
    if (options.host.signal.aborted) return;
    yield { release, pins: await trying(() => importOne(release)) };
  }
}

function siteOf({ processes, store, host }: ImporterOptions): ReadingSite {
  return { processes, store, signal: host.signal };
}
