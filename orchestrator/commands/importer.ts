import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { UnsealedLock } from '../config/lock-file.ts';
import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { Host } from '../host.ts';
import { type BuilderGo, builderFolder, readBuilderGo } from '../release/builder-go.ts';
import { findReleases, type Release, timeOf } from '../release/find-releases.ts';
import { type ImportContext, importRelease } from '../release/import-release.ts';
import type { Upstream } from '../release/upstream.ts';
import type { Store } from '../store/store.ts';
import type { CloneContext } from '../tool/git-clones.ts';
import { cloneName } from '../tool/git-mirrors.ts';
import { nearestNames } from './nearest.ts';
import { lastChange, type OpenRepository, openUpstream, type ReadingSite } from './open-upstream.ts';
import { openClones, type Processes } from './tools.ts';
import type { Workspace } from './workspace.ts';

export interface ImporterOptions {
  readonly workspace: Workspace;
  readonly processes: Processes;
  readonly store: Store;
  readonly host: Pick<Host, 'signal'>;
  /** Nothing is fetched. */
  readonly isOffline: boolean;
  /** A bare repository that is read as it is, instead of a clone of the workspace's upstream. */
  readonly upstreamPath?: string;
  /** Says what takes long. */
  progress(text: string): void;
}

/** The releases of upstream, and the pins of each. */
export interface Importer {
  /** By name, the newest first. */
  readonly releases: ReadonlyMap<string, Release>;
  readonly upstream: Upstream;
  /** Why it could not be brought up to date, where it could not. */
  readonly outdated: Failure | undefined;
  /**
   * The pins of releases, one after the other, their source commits left `unresolved`.
   * Errors, each for itself: those of `importRelease`.
   */
  pins(
    releases: readonly Release[],
    tree: 'release' | 'tag',
  ): AsyncIterable<{ readonly release: Release; readonly pins: Result<UnsealedLock, Failure> }>;
  close(): Promise<void>;
}

/**
 * Opens upstream's repository: the clone in the cache, made where there is none.
 * @param wanted releases: the clone is brought up to date where it lacks one, or its tag. `all`: it always is.
 * Errors: `unknown-name` for a release that is wanted and not there; those of `GitClones.update` where there is no clone;
 * those of `openUpstream`.
 */
export async function openImporter(
  wanted: readonly string[] | 'all',
  options: ImporterOptions,
): Promise<Result<Importer, Failure>> {
  const { workspace, upstreamPath } = options;
  const path = upstreamPath ?? clonePath(workspace, workspace.upstream);
  let outdated: Failure | undefined;
  const isThere = await exists(path);
  const update = async (): Promise<void> => {
    const updated = await updateClone(workspace.upstream, options);
    outdated = updated.ok ? undefined : updated.error;
  };
  const canUpdate = upstreamPath === undefined && !options.isOffline;
  if (canUpdate && (!isThere || wanted === 'all')) await update();
  if (!isThere && (outdated !== undefined || !canUpdate)) return err(outdated ?? noClone(workspace.upstream));
  let opened = await openReleases(path, options);
  if (!opened.ok) return opened;
  if (canUpdate && isThere && wanted !== 'all' && !wanted.every((name) => isComplete(opened, name))) {
    await update();
    await opened.value.repository.close();
    opened = await openReleases(path, options);
    if (!opened.ok) return opened;
  }
  if (outdated?.reason === 'aborted') {
    await opened.value.repository.close();
    return err(outdated);
  }
  const { repository, releases } = opened.value;
  const unknown = wanted === 'all' ? undefined : wanted.find((name) => !releases.has(name));
  if (unknown !== undefined) {
    await repository.close();
    return err(outdated ?? unknownRelease(unknown, releases.keys()));
  }
  return ok({
    releases,
    upstream: repository.upstream,
    outdated,
    pins: (chosen, tree) => importAll(chosen, tree, repository.upstream, options),
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

function isComplete(opened: Result<OpenReleases, Failure>, name: string): boolean {
  return opened.ok && opened.value.releases.get(name)?.tag !== undefined;
}

async function* importAll(
  releases: readonly Release[],
  tree: 'release' | 'tag',
  upstream: Upstream,
  options: ImporterOptions,
): AsyncGenerator<{ readonly release: Release; readonly pins: Result<UnsealedLock, Failure> }> {
  const newest = Math.max(0, ...releases.map(timeOf));
  const { buildTooling: repository, sources } = options.workspace;
  const builder =
    options.upstreamPath === undefined ? await openBuilder(repository, newest, options) : undefined;
  const buildTooling = options.upstreamPath === undefined ? { buildTooling: { repository, builder } } : {};
  const context: ImportContext = { upstream, sources, buildTooling: undefined, ...buildTooling };
  for (const release of releases) {
    if (options.host.signal.aborted) return;
    yield { release, pins: await importRelease(release, tree, context) };
  }
}

/**
 * The builder images' history, where it reaches to a moment: else it is fetched anew. Undefined where it is out of reach;
 * an old one would give other pins than a new one.
 */
async function openBuilder(
  repository: string,
  until: number,
  options: ImporterOptions,
): Promise<BuilderGo | undefined> {
  const path = clonePath(options.workspace, repository);
  const site = siteOf(options);
  const reaches = async (): Promise<boolean> => {
    const last = (await exists(path)) ? await lastChange(path, site) : ok(-1);
    return last.ok && last.value >= until;
  };
  if (!(await reaches()) && (options.isOffline || !(await updateClone(repository, options)).ok))
    return undefined;
  const opened = await openUpstream(repository, path, site, builderFolder);
  if (!opened.ok) return undefined;
  const builder = await readBuilderGo(repository, opened.value.upstream.main, opened.value.upstream.blobs);
  await opened.value.close();
  return builder.ok ? builder.value : undefined;
}

function updateClone(repository: string, options: ImporterOptions): Promise<Result<string, Failure>> {
  const context: CloneContext = {
    run: options.processes.run,
    signal: options.host.signal,
    progress: (text) => options.progress(`${repository}: ${text}`),
  };
  return openClones(options.workspace, options.processes, options.store).update(repository, context);
}

function siteOf({ processes, store, host }: ImporterOptions): ReadingSite {
  return { processes, store, signal: host.signal };
}

/** Where `openClones` has a repository. */
function clonePath(workspace: Workspace, repository: string): string {
  return join(workspace.cache, 'git', `${cloneName(repository)}.git`);
}

function noClone(repository: string): Failure {
  return {
    reason: 'usage',
    message: `There is no clone of ${repository} in the cache.`,
    help: 'Run the command once without --offline.',
  };
}

function unknownRelease(name: string, known: Iterable<string>): Failure {
  const help = '"eksd-rebuild releases" lists them.';
  return { reason: 'unknown-name', what: 'release', name, nearest: nearestNames(name, known), help };
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
