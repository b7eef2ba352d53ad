import { resolve } from 'node:path';
import { describeFailure } from '../../core/describe-failure.ts';
import { type ExitCode, exitCode, exitCodeOf, gravest } from '../../core/exit-code.ts';
import type { Host } from '../../host.ts';
import { type BaseDigests, createBaseDigests, noBaseDigests } from '../../run/upstream/base-digests.ts';
import { createGoDownloads, noGoDownloads } from '../../run/upstream/go-downloads.ts';
import { type Importer, openImporter } from '../../run/upstream/importer.ts';
import { createSourceTags, noSourceTags, type SourceTags } from '../../run/upstream/source-tags.ts';
import { openRegistries } from '../../run/wiring/registries.ts';
import { createTagResolver } from '../../run/wiring/resolve-tag.ts';
import { openGitProcesses, openWorkspaceStore, type Processes } from '../../run/wiring/tools.ts';
import { locksFolderIn } from '../../workspace/load-lock.ts';
import { type GlobalOptions, openWorkspace, type Workspace } from '../../workspace/workspace.ts';
import { reportFailure } from '../words/report-failure.ts';
import { terminalLine } from '../words/terminal-line.ts';
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
    const processes = await openGitProcesses(host, workspace.value);
    if (!processes.ok) return reportFailure(processes.error, host);
    const progress = isOffline ? () => {} : terminalLine(host.stderr);
    const wanted = options.all === true ? 'all' : names;
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
        folder: lockFolder(options, workspace.value, host),
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

async function importEach(
  names: readonly string[],
  importer: Importer,
  around: Surroundings,
): Promise<number> {
  const { options, sourceTags, host } = around;
  const isAll = options.all === true;
  if (importer.outdated !== undefined) {
    host.stderr.write(
      `${describeFailure(importer.outdated)}\nUpstream's clone in the cache is read as it is.\n`,
    );
  }
  const chosen = isAll
    ? [...importer.releases.values()]
    : names.flatMap((name) => importer.releases.get(name) ?? []);
  const codes: ExitCode[] = [];
  const totals = createTotals();
  for await (const { release, pins } of importer.pins(chosen, options.tree)) {
    if (isAll) around.progress(`${codes.length + 1} of ${chosen.length}: ${release.name}`);
    const lock = pins.ok ? await finishLock(pins.value, around) : pins;
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
  if (host.signal.aborted) return reportFailure({ reason: 'aborted' }, host);
  if (isAll) host.stdout.write(totals.describe(sourceTags.failures));
  return gravest(codes);
}
