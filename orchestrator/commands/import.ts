import { join, resolve } from 'node:path';
import type { Lock } from '../config/lock.ts';
import { readLock, renderLock, type UnsealedLock } from '../config/lock-file.ts';
import { describeFailure } from '../core/describe-failure.ts';
import { type ExitCode, exitCode, exitCodeOf, gravest } from '../core/exit-code.ts';
import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { Host } from '../host.ts';
import { fillCommits } from '../release/commits.ts';
import type { Release } from '../release/find-releases.ts';
import { describeImport } from './import-summary.ts';
import { createTotals } from './import-totals.ts';
import { type Importer, openImporter } from './importer.ts';
import { lockFileIn, shownPath } from './load-lock.ts';
import { reportFailure } from './report-failure.ts';
import { createSourceTags, noSourceTags, type SourceTags } from './source-tags.ts';
import { openProcesses, openWorkspaceStore } from './tools.ts';
import { type GlobalOptions, openWorkspace, type Workspace } from './workspace.ts';
import { readPlainFile, writeLock } from './write-lock.ts';

export interface ImportOptions extends GlobalOptions {
  readonly all?: boolean;
  readonly tree: 'release' | 'tag';
  readonly output?: string;
  readonly offline?: boolean;
}

/** `eksd-rebuild import RELEASE...`, or `--all`: writes the lock of each. Gives the gravest exit code of them. */
export async function importReleases(
  names: readonly string[],
  options: ImportOptions,
  host: Host,
): Promise<ExitCode> {
  if ((names.length === 0) === (options.all !== true)) {
    const message = names.length === 0 ? 'No release was named.' : 'Either name releases, or say --all.';
    return failed({ reason: 'usage', message, help: '"eksd-rebuild releases" lists them.' }, host);
  }
  const workspace = await openWorkspace(options, host);
  if (!workspace.ok) return failed(workspace.error, host);
  const store = await openWorkspaceStore(workspace.value, host);
  if (!store.ok) return failed(store.error, host);
  try {
    const isOffline = options.offline === true;
    const processes = await openProcesses(host);
    const progress = isOffline ? () => {} : progressOn(host);
    const wanted = options.all === true ? 'all' : names;
    const importer = await openImporter(wanted, {
      ...{ workspace: workspace.value, processes, store: store.value, host, isOffline },
      progress,
    });
    if (!importer.ok) return failed(importer.error, host);
    const sourceTags = isOffline ? noSourceTags : createSourceTags(workspace.value, processes, host.signal);
    try {
      return await importEach(names, importer.value, {
        options,
        workspace: workspace.value,
        sourceTags,
        host,
        progress,
      });
    } finally {
      await importer.value.close();
    }
  } finally {
    await store.value.close();
  }
}

interface Surroundings {
  readonly options: ImportOptions;
  readonly workspace: Workspace;
  readonly sourceTags: SourceTags;
  readonly host: Host;
  progress(text: string): void;
}

async function importEach(
  names: readonly string[],
  importer: Importer,
  around: Surroundings,
): Promise<ExitCode> {
  const { options, sourceTags, host } = around;
  const isAll = options.all === true;
  if (importer.outdated !== undefined) warnOutdated(importer.outdated, host);
  const chosen = isAll
    ? [...importer.releases.values()]
    : names.flatMap((name) => importer.releases.get(name) ?? []);
  const codes: ExitCode[] = [];
  const totals = createTotals();
  for await (const { release, pins } of importer.pins(chosen, options.tree)) {
    if (isAll) around.progress(`${codes.length + 1} of ${chosen.length}: ${release.name}`);
    const lock = pins.ok ? await finishLock(release, pins.value, around) : pins;
    if (!lock.ok) {
      around.progress('');
      host.stderr.write(`${release.name}: ${describeFailure(lock.error)}\n`);
      codes.push(exitCodeOf(lock.error.reason));
      continue;
    }
    codes.push(exitCode.identical);
    totals.add(lock.value.pins);
    if (!isAll) {
      around.progress('');
      host.stdout.write(describeImport({ ...lock.value, failures: sourceTags.failures }));
    }
  }
  around.progress('');
  if (host.signal.aborted) return failed({ reason: 'aborted' }, host);
  if (isAll) host.stdout.write(totals.describe(sourceTags.failures));
  return gravest(codes);
}

/** A lock in its place. */
interface FinishedLock {
  readonly pins: UnsealedLock;
  /** As a person would write it. */
  readonly file: string;
  readonly notes: readonly string[];
}

/** Fills in the commits, holds them against the lock that is there, and writes the new one. */
async function finishLock(
  release: Release,
  pins: UnsealedLock,
  { options, workspace, sourceTags, host }: Surroundings,
): Promise<Result<FinishedLock, Failure>> {
  const path =
    options.output === undefined
      ? lockFileIn(workspace.root, release.name)
      : join(resolve(host.cwd, options.output), `${release.name}.lock.yaml`);
  const file = shownPath(path, host.cwd);
  const there = await readPlainFile(path);
  if (!there.ok) return there;
  const afresh = await fillCommits(pins, sourceTags.tagsOf, undefined);
  if (host.signal.aborted) return err({ reason: 'aborted' });
  if (!afresh.ok || renderLock(afresh.value) === there.value)
    return afresh.ok ? ok({ pins: afresh.value, file, notes: [] }) : afresh;
  const earlier = readEarlier(file, there.value);
  const filled =
    earlier.lock === undefined ? afresh : await fillCommits(pins, sourceTags.tagsOf, earlier.lock);
  if (!filled.ok) return filled;
  const written = await writeLock(path, renderLock(filled.value), host);
  return written.ok
    ? ok({ pins: filled.value, file, notes: [...earlier.notes, ...movedTag(pins, earlier.lock)] })
    : written;
}

/** The lock that is there already. One that cannot be read is replaced: to import again is the way to mend it. */
function readEarlier(
  file: string,
  text: string | undefined,
): { readonly lock: Lock | undefined; readonly notes: readonly string[] } {
  if (text === undefined) return { lock: undefined, notes: [] };
  const lock = readLock(file, text);
  if (lock.ok) return { lock: lock.value, notes: [] };
  const [first] = lock.error;
  const why = first === undefined ? '' : ` (line ${first.location.line}: ${first.message})`;
  return { lock: undefined, notes: [`the lock that was there could not be read${why} and was replaced`] };
}

function movedTag(pins: UnsealedLock, earlier: Lock | undefined): readonly string[] {
  const [before, now] = [earlier?.upstream.tag, pins.upstream.tag];
  if (before === undefined || now === undefined || before.commit === now.commit) return [];
  return [`upstream's own tag ${now.name} has moved from ${before.commit} to ${now.commit}`];
}

function warnOutdated(failure: Failure, host: Host): void {
  host.stderr.write(
    `The clone of upstream could not be brought up to date; it is read as it is. ${describeFailure(failure)}\n`,
  );
}

/** On a terminal, one line that is written over; elsewhere nothing. An empty text wipes it. */
function progressOn(host: Host): (text: string) => void {
  if (!host.stderr.isTerminal) return () => {};
  return (text) => host.stderr.write(`\r\u001b[K${text.slice(0, host.stderr.columns - 1)}`);
}

function failed(failure: Failure, host: Host): ExitCode {
  reportFailure(failure, host);
  return exitCodeOf(failure.reason);
}
