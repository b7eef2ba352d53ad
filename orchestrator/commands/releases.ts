import { readFile } from 'node:fs/promises';
import type { Lock } from '../config/lock.ts';
import { readLock } from '../config/lock-file.ts';
import { describeFailure } from '../core/describe-failure.ts';
import { type ExitCode, exitCode, exitCodeOf } from '../core/exit-code.ts';
import type { Failure } from '../core/failure.ts';
import { ok, type Result } from '../core/result.ts';
import type { Host } from '../host.ts';
import { timeOf } from '../release/find-releases.ts';
import { instantOf } from '../release/history.ts';
import { surveyRelease } from '../release/survey.ts';
import { type Align, renderTable } from '../report/table.ts';
import { openImporter } from './importer.ts';
import { lockedReleases } from './load-lock.ts';
import { reportFailure } from './report-failure.ts';
import { openProcesses, openWorkspaceStore } from './tools.ts';
import { type GlobalOptions, openWorkspace, type Workspace } from './workspace.ts';

export interface ReleasesOptions extends GlobalOptions {
  readonly offline?: boolean;
  readonly json?: boolean;
}

/** One release that can be rebuilt, as `--json` gives it. */
interface ListedRelease {
  readonly release: string;
  /** When it was published, RFC 3339. */
  readonly date: string;
  readonly kubernetes: string | null;
  /** Published files whose expected hashes upstream's CI compared itself. */
  readonly comparable: number;
  /** Published files with an expected hash. */
  readonly files: number;
  readonly isTagged: boolean;
  readonly hasLock: boolean;
}

/** `eksd-rebuild releases`: what can be rebuilt, newest first, with what is comparable in each. */
export async function releases(options: ReleasesOptions, host: Host): Promise<ExitCode> {
  const workspace = await openWorkspace(options, host);
  if (!workspace.ok) return failed(workspace.error, host);
  const locks = await lockedReleases(workspace.value);
  const listed = await listUpstream(workspace.value, new Set(locks.keys()), options, host);
  if (!listed.ok) {
    const canGoOn = listed.error.reason !== 'aborted' && locks.size > 0;
    if (!canGoOn) return failed(listed.error, host);
    host.stderr.write(`${describeFailure(listed.error)}\nOnly releases whose lock is at hand are listed.\n`);
  }
  const known = new Set(listed.ok ? listed.value.map((each) => each.release) : []);
  const others = [...locks].filter(([name]) => !known.has(name));
  const all = [
    ...(listed.ok ? listed.value : []),
    ...(await Promise.all(others.map(([, file]) => listLock(file)))),
  ]
    .flatMap((each) => each ?? [])
    .sort((a, b) => Date.parse(b.date) - Date.parse(a.date));
  host.stdout.write(
    options.json === true ? `${JSON.stringify({ schema: 1, releases: all }, null, 2)}\n` : render(all),
  );
  return exitCode.identical;
}

async function listUpstream(
  workspace: Workspace,
  locks: ReadonlySet<string>,
  options: ReleasesOptions,
  host: Host,
): Promise<Result<readonly ListedRelease[], Failure>> {
  const store = await openWorkspaceStore(workspace, host);
  if (!store.ok) return store;
  try {
    const processes = await openProcesses(host);
    const isOffline = options.offline === true;
    const progress = (text: string) => host.stderr.isTerminal && host.stderr.write(`\r\u001b[K${text}`);
    const importer = await openImporter('all', {
      workspace,
      processes,
      store: store.value,
      host,
      isOffline,
      progress,
    });
    progress('');
    if (!importer.ok) return importer;
    const { upstream, outdated } = importer.value;
    try {
      if (outdated !== undefined) {
        host.stderr.write(`${describeFailure(outdated)}\nThe list is as old as the clone in the cache.\n`);
      }
      const listed: ListedRelease[] = [];
      for (const release of importer.value.releases.values()) {
        const survey = await surveyRelease(release, upstream);
        if (!survey.ok) {
          host.stderr.write(`${release.name}: ${describeFailure(survey.error)}\n`);
          continue;
        }
        listed.push({
          release: release.name,
          date: instantOf(timeOf(release)),
          kubernetes: survey.value.kubernetes ?? null,
          comparable: survey.value.comparable,
          files: survey.value.files,
          isTagged: release.tag !== undefined,
          hasLock: locks.has(release.name),
        });
      }
      return ok(listed);
    } finally {
      await importer.value.close();
    }
  } finally {
    await store.value.close();
  }
}

/** A release of which only the lock is known. A lock that cannot be read is left out: whoever uses it is told. */
async function listLock(file: string): Promise<ListedRelease | undefined> {
  const read = readLock(file, await readFile(file, 'utf8'));
  if (!read.ok) return undefined;
  const { upstream, projects, release } = read.value;
  const checksums = Object.values(projects).flatMap((project) => project.checksums ?? []);
  const count = (chosen: typeof checksums) => chosen.reduce((sum, each) => sum + each.files.length, 0);
  return {
    release,
    date: (upstream.releaseCommit ?? upstream.tag)?.date ?? '',
    kubernetes: projects['kubernetes/kubernetes' as keyof Lock['projects']]?.tag ?? null,
    comparable: count(checksums.filter((each) => each.authority === 'built')),
    files: count(checksums),
    isTagged: upstream.tag !== undefined,
    hasLock: true,
  };
}

function render(listed: readonly ListedRelease[]): string {
  const head = ['release', 'date', 'kubernetes', 'comparable', 'all', 'lock', 'tag'];
  const rows = listed.map((each) => [
    each.release,
    each.date.slice(0, 10),
    each.kubernetes ?? '',
    String(each.comparable),
    String(each.files),
    each.hasLock ? 'yes' : '',
    each.isTagged ? '' : 'none',
  ]);
  const aligns: readonly Align[] = ['left', 'left', 'left', 'right', 'right', 'left', 'left'];
  const cells = [head, ...rows].map((row) => row.map((text) => ({ text })));
  return `${renderTable(aligns, cells).join('\n')}\n`;
}

function failed(failure: Failure, host: Host): ExitCode {
  reportFailure(failure, host);
  return exitCodeOf(failure.reason);
}
