import { defined } from '../../core/defined.ts';
import type { Digest } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import type { Platform } from '../../core/platform.ts';
import type { NodeOutcome } from '../../engine/run.ts';
import type { NodeId } from '../../plan/node-base.ts';
import { type Plan, type PlannedProject, platformsOf } from '../../plan/plan.ts';
import { programFiles } from '../../plan/program-files.ts';
import type { Store } from '../../store/store.ts';
import type { BuildOutcome, NodeBuild } from '../../verdict/verify/build-outcome.ts';
import { compareProject } from '../../verdict/verify/compare.ts';
import type { FileVerdict } from '../../verdict/verify/verdict.ts';

export interface Judgement {
  readonly plan: Pick<Plan, 'projects'>;
  readonly outcomes: ReadonlyMap<NodeId, NodeOutcome>;
  readonly store: Pick<Store, 'entries'>;
  readonly isSelected: (platform: Platform) => boolean;
}

/** Brings together what became of the nodes and what the lock expects of them. */
export async function judge(judgement: Judgement): Promise<readonly FileVerdict[]> {
  const verdicts: FileVerdict[] = [];
  for (const planned of judgement.plan.projects) {
    const builds = await buildsOf(planned, judgement);
    const platforms = platformsOf(planned.locked).filter(judgement.isSelected);
    verdicts.push(
      ...compareProject({
        project: planned.project,
        locked: planned.locked,
        platforms,
        builds,
        userPatches: planned.hasUserPatches,
      }),
    );
  }
  return verdicts;
}

async function buildsOf(
  planned: PlannedProject,
  judgement: Judgement,
): Promise<ReadonlyMap<Platform, readonly NodeBuild[]>> {
  const builds = new Map<Platform, NodeBuild[]>();
  const { state } = planned;
  if (state.kind === 'failure') {
    for (const platform of platformsOf(planned.locked).filter(judgement.isSelected)) {
      builds.set(platform, [
        { node: planned.project, outcome: { status: 'failed', failure: state.failure } },
      ]);
    }
  }
  if (state.kind !== 'planned') return builds;
  for (const node of state.builds) {
    const outcome = await outcomeOf(node.id, judgement);
    const makes = programFiles(node);
    const build = { node: node.id, outcome, ...defined({ makes }) };
    builds.set(node.platform, [...(builds.get(node.platform) ?? []), build]);
  }
  return builds;
}

/** The files of builds, by name; undefined where one of them made none. */
export async function filesMadeBy(
  builds: readonly NodeId[],
  outcomes: ReadonlyMap<NodeId, NodeOutcome>,
  store: Pick<Store, 'entries'>,
): Promise<ReadonlyMap<string, Digest> | undefined> {
  const made = new Map<string, Digest>();
  for (const id of builds) {
    const tree = outcomes.get(id)?.tree;
    const entries = tree === undefined ? undefined : await store.entries(tree);
    if (entries?.ok !== true) return undefined;
    for (const entry of entries.value) if (entry.type === 'file') made.set(entry.path, entry.sha256);
  }
  return made;
}

async function outcomeOf(id: NodeId, judgement: Judgement): Promise<BuildOutcome> {
  const outcome = judgement.outcomes.get(id);
  if (outcome?.tree !== undefined) {
    const entries = await judgement.store.entries(outcome.tree);
    return entries.ok
      ? { status: 'built', entries: entries.value }
      : { status: 'failed', failure: entries.error };
  }
  if (outcome?.end.status === 'failed') return { status: 'failed', failure: outcome.end.failure };
  if (outcome?.end.status !== 'skipped') return { status: 'aborted' };
  const cause = judgement.outcomes.get(outcome.end.because as NodeId)?.end;
  const failure: Failure = cause?.status === 'failed' ? cause.failure : { reason: 'aborted' };
  return { status: 'skipped', because: { node: outcome.end.because, failure } };
}
