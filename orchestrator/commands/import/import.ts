import { resolve } from 'node:path';
import { nearestNames } from '../../config/nearest.ts';
import { describeFailure } from '../../core/describe-failure.ts';
import { type ExitCode, exitCode, exitCodeOf, gravest } from '../../core/exit-code.ts';
import type { Failure } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';
import { trying } from '../../core/system-error.ts';
import type { Host } from '../../host.ts';
import { formatAbout } from '../../report/duration.ts';
import { type BaseDigests, createBaseDigests, noBaseDigests } from '../../run/upstream/base-digests.ts';
import { createGoDownloads, noGoDownloads } from '../../run/upstream/go-downloads.ts';
import { type Importer, openImporter } from '../../run/upstream/importer.ts';
import { createSourceTags, noSourceTags, type SourceTags } from '../../run/upstream/source-tags.ts';
import { openRegistries } from '../../run/wiring/registries.ts';
import { createTagResolver } from '../../run/wiring/resolve-tag.ts';
import { openGitProcesses, openWorkspaceStore, type Processes } from '../../run/wiring/tools.ts';
import { chooseNames, isExclusion } from '../../workspace/choose-names.ts';
import { locksFolderIn } from '../../workspace/load-lock.ts';
import { type GlobalOptions, openWorkspace, type Workspace } from '../../workspace/workspace.ts';
import { checkFolder } from '../../workspace/write-file.ts';
import { activityOf } from '../words/activity-of.ts';
import { reportFailure } from '../words/report-failure.ts';
import { finishLock, type LockSite } from './finish-lock.ts';
import { describeImport } from './summary.ts';
import { createTotals } from './totals.ts';

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
): Promise<number> {
  if ((names.length === 0) === (options.all !== true)) {
    const message = names.length === 0 ? 'No release was named.' : 'Either name releases, or say --all.';
    return reportFailure({ reason: 'usage', message, help: '"eksd-rebuild releases" lists them.' }, host);
  }
  const workspace = await openWorkspace(options, host);
  if (!workspace.ok) return reportFailure(workspace.error, host);
  const store = await openWorkspaceStore(workspace.value, host);
  if (!store.ok) return reportFailure(store.error, host);
  try {
    const isOffline = options.offline === true;
    const folder = lockFolder(options, workspace.value, host);
    const scratch = await store.value.temporaryFolder();
    if (scratch.ok) await store.value.removeTemporary(scratch.value);
    const place = scratch.ok ? await checkFolder(folder) : scratch;
    if (!place.ok) return reportFailure(place.error, host);
    const processes = await openGitProcesses(host, workspace.value);
    if (!processes.ok) return reportFailure(processes.error, host);
    const progress = isOffline ? () => {} : activityOf(host);
    const wanted = options.all === true || names.some(isPattern) ? 'all' : names;
    const site = {
      workspace: workspace.value,
      processes: processes.value,
      store: store.value,
      host,
      isOffline,
      progress,
    };
    const importer = await openImporter(wanted, site);
    if (!importer.ok) return reportFailure(importer.error, host);
    const sourceTags = isOffline
      ? noSourceTags
      : createSourceTags(workspace.value, processes.value, host.signal);
    const goDownloads = isOffline ? noGoDownloads : createGoDownloads(workspace.value, host);
    const baseDigests = isOffline ? noBaseDigests : baseDigestsOf(workspace.value, processes.value, host);
    try {
      const around = {
        options,
        sourceTags,
        goDownloads,
        baseDigests,
        host,
        progress,
        folder,
      };
      return await importEach(names, importer.value, around);
    } finally {
      await importer.value.close();
    }
  } finally {
    await store.value.close();
  }
}

function baseDigestsOf(workspace: Workspace, { run }: Processes, host: Host): BaseDigests {
  const registries = openRegistries(workspace, run, host, { pushes: false });
  return createBaseDigests(workspace.images.published, createTagResolver(registries, workspace.mirrors));
}

/** Where locks are written: `--output`, or `releases/` of the root. Absolute. */
function lockFolder(options: ImportOptions, workspace: Workspace, host: Host): string {
  if (options.output !== undefined) return resolve(host.cwd, options.output);
  return locksFolderIn(workspace.root);
}

interface Surroundings extends LockSite {
  readonly options: ImportOptions;
  readonly sourceTags: SourceTags;
  progress(text: string): void;
}

function isPattern(word: string): boolean {
  return isExclusion(word) || /[*?[{]/.test(word);
}

/** Releases by their names stay in the order of the command line. Errors: those of `chooseNames`. */
function chooseReleases(
  words: readonly string[],
  { releases }: Importer,
): Result<readonly string[], Failure> {
  if (!words.some(isPattern)) return ok(words);
  const all = [...releases.keys()];
  const unknown = (name: string): Failure => {
    const help = '"eksd-rebuild releases" lists them.';
    return { reason: 'unknown-name', what: 'release', name, nearest: nearestNames(name, all), help };
  };
  const chosen = chooseNames(words, { option: 'RELEASE', all, unknown });
  return chosen.ok ? ok(chosen.value.names) : chosen;
}

async function importEach(
  names: readonly string[],
  importer: Importer,
  around: Surroundings,
): Promise<number> {
  const { options, sourceTags, baseDigests, goDownloads, host } = around;
  const isAll = options.all === true;
  const meant = isAll ? ok([...importer.releases.keys()]) : chooseReleases(names, importer);
  if (!meant.ok) return reportFailure(meant.error, host);
  const chosen = meant.value.flatMap((name) => importer.releases.get(name) ?? []);
  if (importer.outdated !== undefined && chosen.length > 0) {
    host.stderr.write(
      `${describeFailure(importer.outdated)}\nUpstream's clone in the cache is read as it is.\n`,
    );
  }
  const codes: ExitCode[] = [];
  for (const [name, failure] of importer.missing) {
    const who = failure.reason === 'unknown-name' ? '' : `${name}: `;
    host.stderr.write(`${who}${describeFailure(failure)}\n`);
    codes.push(exitCodeOf(failure.reason));
  }
  const totals = createTotals();
  let count = 0;
  const began = host.now();
  const sayNext = (): void => {
    const next = chosen[count];
    if (next === undefined) {
      around.progress('');
      return;
    }
    const seconds = ((host.now() - began) / 1000 / count) * (chosen.length - count);
    const left = count === 0 ? '' : `, about ${formatAbout(seconds)} left`;
    around.progress(isAll ? `${count + 1} of ${chosen.length}: ${next.name}${left}` : `reading ${next.name}`);
  };
  sayNext();
  for await (const { release, pins } of importer.pins(chosen, options.tree)) {
    count += 1;
    const lock = pins.ok ? await trying(() => finishLock(pins.value, around)) : pins;
    if (host.signal.aborted) break;
    if (!lock.ok) {
      around.progress('');
      host.stderr.write(`${release.name}: ${describeFailure(lock.error)}\n`);
      codes.push(exitCodeOf(lock.error.reason));
      sayNext();
      continue;
    }
    codes.push(exitCode.identical);
    totals.add(lock.value.pins);
    if (!isAll) {
      around.progress('');
      host.stdout.write(describeImport({ ...lock.value, failures: sourceTags.failures }));
    }
    sayNext();
  }
  around.progress('');
  if (host.signal.aborted) return reportFailure({ reason: 'aborted' }, host);
  if (isAll) {
    // A registry that did not say one is not asked again: one tells of all.
    const [base] = baseDigests.failures.values();
    const unsaid = { 'base images': base, 'archives of Go': goDownloads.failure() };
    const others = Object.entries(unsaid).flatMap(([what, failure]) =>
      failure === undefined ? [] : [[what, failure] as const],
    );
    host.stdout.write(totals.describe(new Map([...sourceTags.failures, ...others])));
  }
  return gravest(codes);
}
