import { join, resolve } from 'node:path';
import { describeFailure } from '../../core/describe-failure.ts';
import { exitCode, exitCodeOf, gravest } from '../../core/exit-code.ts';
import type { Failure } from '../../core/failure.ts';
import { countOf } from '../../core/numbers.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { type AuditedBuild, newAuditProgress } from '../../report/audit/progress.ts';
import { carryOut } from '../../run/audit/carry-out.ts';
import { type Bench, decide, isDecided } from '../../run/audit/decide.ts';
import { type DistinctBuild, filesOf, isOfShard } from '../../run/audit/distinct-builds.ts';
import { type PlannedReleases, planReleases } from '../../run/audit/plan-releases.ts';
import { openRecords } from '../../run/audit/record-files.ts';
import { openRoom, type Room } from '../../run/audit/room.ts';
import { usualParallelism } from '../../run/cluster/open-place.ts';
import { packageVersion } from '../../run/outcome/version.ts';
import { capacitiesOf } from '../../run/prepare/limits.ts';
import { type OpenRun, openRun } from '../../run/prepare/open-run.ts';
import { withSamplePlace } from '../../run/prepare/sample-place.ts';
import { warnOfDisk } from '../../run/prepare/warn-of-disk.ts';
import { sampleWord } from '../../run/sample/name.ts';
import { openExplanations } from '../../run/wiring/known-explanations.ts';
import { claimCache, openGitProcesses, type Processes } from '../../run/wiring/tools.ts';
import type { Records } from '../../verdict/record/join.ts';
import { lockedReleases } from '../../workspace/load-lock.ts';
import { openWorkspace, type Workspace } from '../../workspace/workspace.ts';
import { checkFolder } from '../../workspace/write-file.ts';
import { activityOf } from '../words/activity-of.ts';
import { reportFailure } from '../words/report-failure.ts';
import { chooseReleases } from './choose-releases.ts';
import { describeTaken } from './describe-taken.ts';
import { type AuditOptions, type Limits, readLimits } from './read-options.ts';
import { reportRecords } from './report.ts';

/** What is fetched ahead of what is compiled: a source and its modules take about as long as a build. */
const ahead = 2;

/**
 * `eksd-rebuild audit [RELEASE...]`: settles what is not settled yet of many releases, and records it. Ends with 0 where all that was begun
 * was settled, whatever came of it: what that amounts to says `--report`, with the exit code of it.
 */
export async function audit(words: readonly string[], options: AuditOptions, host: Host): Promise<number> {
  const limits = readLimits(options);
  if (!limits.ok) return reportFailure(limits.error, host);
  const workspace = await openWorkspace(options, host);
  if (!workspace.ok) return reportFailure(workspace.error, host);
  const folder = resolve(host.cwd, options.records ?? join(workspace.value.root, 'records'));
  const locks = await lockedReleases(workspace.value);
  if (!locks.ok) return reportFailure({ reason: 'configuration', diagnostics: [locks.error] }, host);
  const atHand = [...locks.value.keys(), ...(words.includes(sampleWord) ? [sampleWord] : [])];
  const place = { workspace: workspace.value, folder, locks: locks.value };
  if (options.report === true) return reportRecords(words, options, place, host);
  const names = chooseReleases(words, options, atHand);
  if (!names.ok) return reportFailure(names.error, host);
  const result = await settle(names.value, options, limits.value, place, host);
  return result.ok ? result.value : reportFailure(result.error, host);
}

interface Place {
  readonly workspace: Workspace;
  readonly folder: string;
}

async function settle(
  names: readonly string[],
  options: AuditOptions,
  limits: Limits,
  { workspace, folder }: Place,
  host: Host,
): Promise<Result<number, Failure>> {
  const capacities = capacitiesOf(workspace, options.jobs);
  if (!capacities.ok) return capacities;
  const place = await checkFolder(folder);
  if (!place.ok) return place;
  claimCache(workspace, host);
  const processes = await openGitProcesses(host, workspace);
  if (!processes.ok) return processes;
  const reached = await withSamplePlace(names, workspace, host);
  const opened = await openRun(reached, processes.value, capacities.value, options, host);
  if (!opened.ok) return opened;
  try {
    const { store } = opened.value;
    await warnOfDisk(workspace, host);
    const bench: Bench = {
      store,
      known: openExplanations(workspace.cache, host),
      records: openRecords(folder, host),
      by: `eksd-rebuild ${await packageVersion(host.packageFolder)}`,
    };
    const room = await openRoom(store, limits.maxBytes);
    if (!room.ok) return room;
    const taken = await takeInAll(options.from ?? [], bench, host);
    if (!taken.ok) return taken;
    const planned = await planAll(names, options, { workspace, processes: processes.value }, host);
    if (!planned.ok) return planned;
    const due = await chooseDue(planned.value, limits, bench);
    if (!due.ok) return due;
    host.stdout.write(introduction(planned.value, due.value));
    const { parallelism = usualParallelism } = workspace.kubernetes;
    const atOnce = options.on === 'kubernetes' ? parallelism : capacities.value.processor;
    const lanes = atOnce + ahead;
    return await build(
      planned.value,
      due.value,
      { opened: opened.value, bench, limits, lanes, room: room.value },
      host,
    );
  } finally {
    await opened.value.close();
  }
}

async function takeInAll(
  folders: readonly string[],
  { records }: Bench,
  host: Host,
): Promise<Result<void, Failure>> {
  for (const folder of folders) {
    const found = await records.takeIn(openRecords(resolve(host.cwd, folder), host));
    if (!found.ok) return found;
    host.stderr.write(describeTaken(found.value, folder));
  }
  return ok(undefined);
}

async function planAll(
  names: readonly string[],
  options: AuditOptions,
  around: { readonly workspace: Workspace; readonly processes: Processes },
  host: Host,
): Promise<Result<PlannedReleases, Failure>> {
  const say = activityOf(host);
  const planned = await planReleases(names, options, { ...around, say }, host);
  say('');
  return planned;
}

interface Due {
  readonly builds: readonly DistinctBuild[];
  /** How many have their verdicts already, and how many are of other machines. */
  readonly decided: number;
  readonly elsewhere: number;
}

/** What is to be built here: what has no last word yet. */
async function chooseDue(
  { builds, releases }: PlannedReleases,
  { again, shard }: Limits,
  { records }: Bench,
): Promise<Result<Due, Failure>> {
  const known = new Map<string, Records>();
  for (const release of releases) {
    const read = await records.read(release);
    if (!read.ok) return read;
    known.set(release, read.value);
  }
  const open = builds.flatMap((build) => {
    const uses = build.uses.filter(
      (use) => !isDecided(use, build.digest, known.get(use.release) ?? new Map(), again),
    );
    return uses.length === 0 ? [] : [{ ...build, uses }];
  });
  const own = shard === undefined ? open : open.filter((build) => isOfShard(build, shard));
  return ok({ builds: own, decided: builds.length - open.length, elsewhere: open.length - own.length });
}

function introduction({ releases, builds, unbuildable }: PlannedReleases, due: Due): string {
  const files = filesOf({ uses: [...builds.flatMap(({ uses }) => uses), ...unbuildable] });
  const uses = builds.reduce((sum, build) => sum + build.uses.length, 0);
  const parts = [
    `${due.decided} decided before`,
    ...(due.elsewhere === 0 ? [] : [`${due.elsewhere} of other shards`]),
    `${due.builds.length} to do`,
  ];
  return [
    `${countOf(releases.length, 'release')}, ${countOf(files, 'published file')}: `,
    `${countOf(uses, 'build')} of projects, which are ${countOf(builds.length, 'distinct one')}: ${parts.join(', ')}.\n`,
  ].join('');
}

async function build(
  { unbuildable, failures }: PlannedReleases,
  { builds }: Due,
  around: {
    readonly opened: OpenRun;
    readonly bench: Bench;
    readonly limits: Limits;
    readonly lanes: number;
    readonly room: Room;
  },
  host: Host,
): Promise<Result<number, Failure>> {
  const { opened, bench, limits, lanes, room } = around;
  const began = host.now();
  const said = await decide(unbuildable, undefined, new Map(), bench);
  if (!said.ok) return said;
  const about = new Map(builds.map((each) => [each, auditedAs(each)]));
  const progress = newAuditProgress([...about.values()], () => (host.now() - began) / 1000);
  const say = activityOf(host);
  let trouble = [...said.value].find(({ verdict }) => verdict === 'infra-failed')?.failure;
  const carried = await carryOut(
    builds,
    {
      ...{ opened, bench, lanes, room, deadline: began + limits.milliseconds },
      onBegin(begun) {
        const known = about.get(begun);
        if (known !== undefined) progress.begun(known);
        say(progress.line());
      },
      onDecided(decided) {
        const known = about.get(decided.build);
        say('');
        if (known !== undefined) host.stdout.write(progress.decided(known, decided));
        trouble ??= decided.verdicts.find(({ verdict }) => verdict === 'infra-failed')?.failure;
        say(progress.line());
      },
    },
    host,
  );
  say('');
  host.stdout.write(`\n${progress.closing()}`);
  if (!carried.ok) return err(carried.error);
  if (trouble !== undefined) {
    host.stderr.write(
      `${describeFailure(trouble)}\nWhat this kept from being built is tried again by the same command.\n`,
    );
  }
  const codes = [...failures.values(), ...(trouble === undefined ? [] : [trouble])];
  return ok(gravest([exitCode.identical, ...codes.map(({ reason }) => exitCodeOf(reason))]));
}

function auditedAs(build: DistinctBuild): AuditedBuild {
  const version = build.uses[0]?.planned.locked.tag ?? '';
  return { project: build.project, version, releases: build.uses.length, files: filesOf(build) };
}
