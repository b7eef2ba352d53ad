import { join } from 'node:path';
import { exitCode } from '../../core/exit-code.ts';
import type { Failure } from '../../core/failure.ts';
import { countOf, readNumber } from '../../core/numbers.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { openGitProcesses, openWorkspaceStore } from '../../run/wiring/tools.ts';
import type { GcPolicy, GcReport, Part, StoreMaintenance } from '../../store/upkeep/maintenance.ts';
import { checkClone, clonesBelow } from '../../tool/git/check.ts';
import { type GlobalOptions, openWorkspace, type Workspace } from '../../workspace/workspace.ts';
import { telling } from '../words/activity-of.ts';
import { keepDays } from '../words/options.ts';
import { refuseIdle } from '../words/refuse-idle.ts';
import { reportFailure } from '../words/report-failure.ts';

const mebibyte = 1024 ** 2;

/** `eksd-rebuild cache size` */
export async function cacheSize(options: GlobalOptions, host: Host): Promise<number> {
  return withStore(options, host, async (store) => {
    const size = await telling(host, 'measuring the cache', () => store.size(keepDays));
    if (!size.ok) return size;
    const { unused, ...all } = size.value;
    const rows: readonly (readonly [string, number, number?])[] = [
      ['files of trees', all.blobs, unused.blobs],
      ['trees of their own', all.trees, unused.trees],
      ['results', all.results, unused.results],
      ['in the making', all.temporary],
      ['git clones', all.git],
      ["Go's build cache", all.goBuild, unused.goBuild],
      ['all others', all.others],
      ['total', all.total, unused.blobs + unused.trees + unused.results + unused.goBuild],
    ];
    for (const [name, bytes, old] of rows) {
      const known = old === undefined ? '' : `${inMebibytes(old)} not used for ${countOf(keepDays, 'day')}`;
      host.stdout.write(`${name.padEnd(20)}${inMebibytes(bytes)}${known}\n`);
    }
    host.stdout.write(
      `"eksd-rebuild cache gc" frees what was not used for that long; with --max-size, clones too.\n`,
    );
    host.stdout.write(`in ${store.root}\n`);
    return ok(exitCode.identical);
  });
}

/** `eksd-rebuild cache gc` */
export async function cacheGc(
  options: GlobalOptions & {
    readonly keepDays: string;
    readonly maxSize?: string;
    readonly remote?: boolean;
  },
  host: Host,
): Promise<number> {
  const policy = policyOf(options);
  if (!policy.ok) return reportFailure(policy.error, host);
  if (options.remote === true) {
    const where = 'beside --remote: of a shared store nobody knows how much room it has';
    const idle = refuseIdle([['maxBytes' in policy.value, '--max-size', where]]);
    if (!idle.ok) return reportFailure(idle.error, host);
    const { remoteGc } = await import('./remote.ts');
    return remoteGc(options, 'keepDays' in policy.value ? policy.value.keepDays : 0, host);
  }
  return withStore(options, host, async (store) => {
    const report = await telling(host, 'looking for what is not used', () => store.gc(policy.value));
    if (!report.ok) return report;
    host.stdout.write(describeGc(report.value));
    return ok(exitCode.identical);
  });
}

/** `eksd-rebuild cache check`: exit code 4 where something was damaged. */
export async function cacheCheck(
  options: GlobalOptions & { readonly remote?: boolean },
  host: Host,
): Promise<number> {
  if (options.remote === true) {
    const { remoteCheck } = await import('./remote.ts');
    return remoteCheck(options, host);
  }
  return withStore(options, host, async (store, workspace) => {
    const report = await telling(host, 'hashing all that is in the cache', store.check);
    if (!report.ok) return report;
    const { blobs, trees, results, dropped } = report.value;
    const looked = [countOf(blobs, 'file of a tree', 'files of trees'), countOf(trees, 'tree')];
    host.stdout.write(`Looked at ${looked.join(', ')} and ${countOf(results, 'result')}.\n`);
    for (const { what, name, why } of dropped) host.stdout.write(`Dropped ${what} ${name}: ${why}\n`);
    const clones = await checkClones(workspace, host);
    if (!clones.ok) return clones;
    const isSound = dropped.length === 0 && clones.value;
    if (isSound) host.stdout.write('Everything is as it was written.\n');
    else if (dropped.length > 0) host.stdout.write('The next run makes again what it needs of these.\n');
    return ok(isSound ? exitCode.identical : exitCode.infrastructure);
  });
}

function describeGc(report: GcReport): string {
  const went = [
    countOf(report.results, 'result'),
    countOf(report.trees, 'tree'),
    countOf(report.blobs, 'file of a tree', 'files of trees'),
    countOf(report.temporary, 'left-over'),
    countOf(report.goBuild, "file of Go's build cache", "files of Go's build cache"),
    countOf(report.clones, 'clone'),
    countOf(report.published, 'published file'),
    countOf(report.decoded, 'decoded one'),
  ];
  const parts: readonly (readonly [string, Part])[] = [
    ['results with files', 'store'],
    ["Go's build cache", 'goBuild'],
    ['git clones', 'git'],
    ['all others', 'others'],
  ];
  const lineOf = (name: string, freed: number, kept: number) =>
    `${name.padEnd(20)}freed${inMebibytes(freed)}, kept${inMebibytes(kept)}\n`;
  const sum = (bytes: GcReport['freed']) => Object.values(bytes).reduce((all, each) => all + each, 0);
  return [
    `Removed ${went.join(', ')}.\n`,
    ...parts.map(([name, part]) => lineOf(name, report.freed[part], report.kept[part])),
    lineOf('total', sum(report.freed), sum(report.kept)),
  ].join('');
}

/** Seconds for one clone: Kubernetes' takes some minutes of one processor. */
const clonePatience = 900;

/**
 * Says of each clone that is damaged what to delete: it may hold what its origin does not have any more, so nothing of it is dropped
 * here. Gives whether all are sound.
 */
async function checkClones(workspace: Workspace, host: Host): Promise<Result<boolean, Failure>> {
  const clones = await clonesBelow(join(workspace.cache, 'git'));
  if (clones.length === 0) return ok(true);
  const processes = await openGitProcesses(host, workspace);
  if (!processes.ok) return processes;
  const git = { run: processes.value.run, env: processes.value.localGit, signal: host.signal };
  let isSound = true;
  for (const clone of clones) {
    const state = await telling(host, `reading ${clone}`, () => checkClone(git, clone, clonePatience));
    if (!state.ok) return state;
    const { kind } = state.value;
    if (kind === 'sound') continue;
    if (kind === 'damaged') {
      isSound = false;
      host.stdout.write(
        `Damaged: the clone ${clone}: ${state.value.said}\nDelete ${clone}: it is cloned again.\n`,
      );
    } else {
      host.stdout.write(
        `Not read to its end, for it took more than ${countOf(clonePatience / 60, 'minute')}: ${clone}\n`,
      );
    }
  }
  host.stdout.write(`Looked at ${countOf(clones.length, 'clone')}.\n`);
  return ok(isSound);
}

function policyOf(options: {
  readonly keepDays: string;
  readonly maxSize?: string;
}): Result<GcPolicy, Failure> {
  const { keepDays, maxSize } = options;
  if (maxSize !== undefined) {
    const size = readNumber('--max-size', maxSize, { ...bounds, to: 1_000_000, of: 'a size in GiB' });
    return size.ok ? ok({ maxBytes: size.value * 1024 ** 3 }) : size;
  }
  const days = readNumber('--keep-days', keepDays, { ...bounds, to: 36_500, of: 'a number of days' });
  return days.ok ? ok({ keepDays: days.value }) : days;
}

const bounds = { from: 0, isWhole: false, help: 'See --help.' };

async function withStore(
  options: GlobalOptions,
  host: Host,
  use: (store: StoreMaintenance, workspace: Workspace) => Promise<Result<number, Failure>>,
): Promise<number> {
  const workspace = await openWorkspace(options, host);
  if (!workspace.ok) return reportFailure(workspace.error, host);
  const store = await openWorkspaceStore(workspace.value, host, { isForLooking: true });
  if (!store.ok) return reportFailure(store.error, host);
  try {
    if (!store.value.isThere) {
      host.stdout.write(`There is no cache yet, and none was made\nin ${store.value.root}\n`);
      return exitCode.identical;
    }
    const result = await use(store.value, workspace.value);
    return result.ok ? result.value : reportFailure(result.error, host);
  } finally {
    await store.value.close();
  }
}

function inMebibytes(bytes: number): string {
  return `${(bytes / mebibyte).toFixed(1).padStart(10)} MiB`;
}
