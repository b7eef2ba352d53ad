import { describeFailure } from '../../core/describe-failure.ts';
import type { Say } from '../../core/event.ts';
import type { Failure } from '../../core/failure.ts';
import type { ReleaseName } from '../../core/names.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import { type Prepared, type PrepareOptions, prepare } from '../prepare/prepare.ts';
import { createSourceTags } from '../upstream/source-tags.ts';
import type { Processes } from '../wiring/tools.ts';
import { type DistinctBuild, dateOf, inOrder, newGathering, type Use } from './distinct-builds.ts';
import { sayUnrecorded } from './record-run.ts';

/** What many releases come to. */
export interface PlannedReleases {
  readonly releases: readonly ReleaseName[];
  /** In the order in which they are worth building. */
  readonly builds: readonly DistinctBuild[];
  /** What cannot be built whatever is tried, and the plan says why. */
  readonly unbuildable: readonly Use[];
  /** Releases that could not be planned. */
  readonly failures: ReadonlyMap<string, Failure>;
}

/**
 * Plans many releases, and joins what is the same in them. One that cannot be planned is told and left out. Errors: `aborted`; where a
 * selection fits none of them, what the last one said to it.
 */
export async function planReleases(
  names: readonly string[],
  options: PrepareOptions,
  {
    workspace,
    processes,
    say,
  }: { readonly workspace: Workspace; readonly processes: Processes; readonly say: Say },
  host: Host,
): Promise<Result<PlannedReleases, Failure>> {
  const sourceTags = createSourceTags(workspace, processes, host.signal);
  const gathering = newGathering();
  const releases: ReleaseName[] = [];
  const failures = new Map<string, Failure>();
  let unfit: Failure | undefined;
  for (const [index, name] of names.entries()) {
    if (host.signal.aborted) return err({ reason: 'aborted' });
    say(`planning ${index + 1} of ${names.length}: ${name}`);
    const beside = { processes: async () => ok(processes), sourceTags };
    const prepared = await prepare(name, options, host, beside);
    if (prepared.ok) {
      releases.push(prepared.value.lock.release);
      gathering.add(...gathered(prepared.value));
    } else if (isUnfit(prepared.error)) {
      unfit = prepared.error;
    } else {
      failures.set(name, prepared.error);
      say('');
      host.stderr.write(`${name}: ${describeFailure(prepared.error)}\n`);
    }
  }
  say('');
  if (releases.length === 0 && unfit !== undefined) return err(unfit);
  sayUnrecorded(gathering.patched, host);
  const { unbuildable } = gathering;
  return ok({ releases, builds: inOrder(gathering.builds()), unbuildable, failures });
}

function gathered({ lock, plan, selection }: Prepared) {
  return [{ release: lock.release, date: dateOf(lock), isSelected: selection.isSelected }, plan] as const;
}

/** A project or platform that is named for many releases need not be in all of them. */
function isUnfit(failure: Failure): boolean {
  return failure.reason === 'unknown-name' && failure.what !== 'release';
}
