import { describeFailure } from '../../core/describe-failure.ts';
import { type ExitCode, exitCodeOf, gravest } from '../../core/exit-code.ts';
import type { Failure } from '../../core/failure.ts';
import { countOf } from '../../core/numbers.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { type Align, renderTable } from '../../report/table.ts';
import { openImporter } from '../../run/upstream/importer.ts';
import { type ListedRelease, listLock, listUpstream } from '../../run/upstream/list-releases.ts';
import { openGitProcesses, openWorkspaceStore } from '../../run/wiring/tools.ts';
import { lockedReleases } from '../../workspace/load-lock.ts';
import { type GlobalOptions, openWorkspace, type Workspace } from '../../workspace/workspace.ts';
import { activityOf } from '../words/activity-of.ts';
import { reportFailure } from '../words/report-failure.ts';

export interface ReleasesOptions extends GlobalOptions {
  readonly offline?: boolean;
  readonly json?: boolean;
}

/** `eksd-rebuild releases`: what can be rebuilt, newest first, with what is comparable in each. */
export async function releases(options: ReleasesOptions, host: Host): Promise<number> {
  const workspace = await openWorkspace(options, host);
  if (!workspace.ok) return reportFailure(workspace.error, host);
  const found = await lockedReleases(workspace.value);
  if (!found.ok) return reportFailure({ reason: 'configuration', diagnostics: [found.error] }, host);
  const locks = found.value;
  const codes: ExitCode[] = [];
  const listed = await readUpstream(workspace.value, options, host, new Set(locks.keys()), codes);
  if (!listed.ok) {
    const canGoOn = listed.error.reason !== 'aborted' && locks.size > 0;
    if (!canGoOn) return reportFailure(listed.error, host);
    // A network that is away is no fault of what is listed; a clone that was lost is somebody's to mend.
    if (listed.error.reason === 'clone-damaged') codes.push(exitCodeOf(listed.error.reason));
    host.stderr.write(`${describeFailure(listed.error)}\nOnly releases whose lock is at hand are listed.\n`);
  }
  const known = new Set(listed.ok ? listed.value.map((each) => each.release) : []);
  const others = [...locks]
    .filter(([name]) => !known.has(name))
    .map(([, file]) => listLock(file, workspace.value, host));
  const all = [...(listed.ok ? listed.value : []), ...(await Promise.all(others))]
    .filter((each) => each !== undefined)
    .sort((a, b) => Date.parse(b.date) - Date.parse(a.date));
  const json = () => `${JSON.stringify({ schema: 1, releases: all }, null, 2)}\n`;
  host.stdout.write(options.json === true ? json() : render(all));
  return gravest(codes);
}

async function readUpstream(
  workspace: Workspace,
  options: ReleasesOptions,
  host: Host,
  locked: ReadonlySet<string>,
  codes: ExitCode[],
): Promise<Result<readonly ListedRelease[], Failure>> {
  const isOffline = options.offline === true;
  const store = await openWorkspaceStore(workspace, host, { isForLooking: isOffline });
  if (!store.ok) return store;
  try {
    const processes = await openGitProcesses(host, workspace);
    if (!processes.ok) return processes;
    const progress = activityOf(host);
    const site = { workspace, processes: processes.value, store: store.value, host, isOffline, progress };
    const importer = await openImporter('all', site);
    progress('');
    if (!importer.ok) return importer;
    const { outdated } = importer.value;
    if (outdated !== undefined) {
      host.stderr.write(`${describeFailure(outdated)}\nThe list is as old as the clone in the cache.\n`);
    }
    progress(`reading ${countOf(importer.value.releases.size, 'release')}`);
    const complain = (failure: Failure, release: string): void => {
      progress('');
      host.stderr.write(`${release}: ${describeFailure(failure)}\n`);
      codes.push(exitCodeOf(failure.reason));
    };
    const list = listUpstream(importer.value, (release) => locked.has(release), complain, host.signal);
    const listed = await list.finally(() => importer.value.close());
    progress('');
    return host.signal.aborted ? err({ reason: 'aborted' }) : ok(listed);
  } finally {
    await store.value.close();
  }
}

function render(listed: readonly ListedRelease[]): string {
  const head = ['release', 'date', 'kubernetes', 'comparable', 'all', 'lock', 'tag'];
  const aligns: readonly Align[] = ['left', 'left', 'left', 'right', 'right', 'left', 'left'];
  const rows = listed.map((each) => [
    each.release,
    each.date.slice(0, 10),
    each.kubernetes ?? '',
    String(each.comparable),
    String(each.files),
    each.locked ? 'yes' : '',
    each.tagged ? '' : 'none',
  ]);
  const cells = [head, ...rows].map((row) => row.map((text) => ({ text })));
  return `${renderTable(aligns, cells).join('\n')}\n`;
}
