import type { Lock } from '../config/lock.ts';
import type { ExitCode } from '../core/exit-code.ts';
import type { NodeOutcome } from '../engine/run.ts';
import type { NodeId, PatchPin } from '../plan/node.ts';
import type { Plan } from '../plan/plan.ts';
import type { NodeReport, ProjectReport, RunReport } from '../report/run-report.ts';
import { summarize, totalsOf } from '../verify/summary.ts';
import type { FileVerdict } from '../verify/verdict.ts';

export interface FinishedRun {
  readonly version: string;
  /** Milliseconds since the epoch. */
  readonly started: number;
  readonly finished: number;
  readonly exitCode: ExitCode;
  readonly interrupted: boolean;
  readonly lock: Lock;
  readonly plan: Plan;
  readonly outcomes: ReadonlyMap<NodeId, NodeOutcome>;
  readonly verdicts: readonly FileVerdict[];
  readonly userPatches: ReadonlyMap<string, readonly PatchPin[]>;
}

/** Gathers what reports may say of a run. */
export function describeRun(run: FinishedRun): RunReport {
  const { lock } = run;
  return {
    tool: { name: 'eksd-rebuild', version: run.version },
    started: new Date(run.started).toISOString(),
    seconds: (run.finished - run.started) / 1000,
    exitCode: run.exitCode,
    interrupted: run.interrupted,
    release: {
      name: lock.release,
      lock: lock.digest,
      repository: lock.upstream.repository,
      tree: lock.upstream.tree,
      ...(lock.upstream.releaseCommit === undefined ? {} : { releaseCommit: lock.upstream.releaseCommit }),
      ...(lock.upstream.tag === undefined ? {} : { tag: lock.upstream.tag }),
      differences: lock.upstream.differences.length,
    },
    projects: describeProjects(run),
    verdicts: run.verdicts,
    totals: totalsOf(run.verdicts),
    nodes: describeNodes(run),
  };
}

function describeProjects(run: FinishedRun): readonly ProjectReport[] {
  const { byProject } = summarize(run.verdicts);
  return run.plan.projects.map(({ project, locked, state }) => ({
    name: project,
    repository: locked.repository,
    tag: locked.tag,
    commit: locked.commit,
    ...(locked.go === undefined ? {} : { go: locked.go }),
    patches: locked.patches,
    userPatches: (run.userPatches.get(project) ?? []).map(({ path, sha256 }) => ({ path, sha256 })),
    hasRecipe: state.kind !== 'no-recipe',
    totals: byProject.get(project) ?? { identical: 0, comparable: 0, all: 0 },
  }));
}

function describeNodes(run: FinishedRun): readonly NodeReport[] {
  return [...run.plan.graph.nodes.values()].map((node) => {
    const outcome = run.outcomes.get(node.id);
    return {
      id: node.id,
      kind: node.kind,
      title: node.title,
      projects: node.projects,
      needs: node.needs,
      end: outcome?.end ?? { status: 'aborted' },
      ...(outcome?.seconds === undefined ? {} : { seconds: outcome.seconds }),
      ...(outcome?.key === undefined ? {} : { key: outcome.key }),
      ...(outcome?.inputs === undefined ? {} : { inputs: outcome.inputs }),
      ...(outcome?.tree === undefined ? {} : { tree: outcome.tree }),
      ...(outcome?.secondsWhenRun === undefined ? {} : { secondsWhenRun: outcome.secondsWhenRun }),
      notes: outcome?.notes ?? [],
      commands: outcome?.commands ?? [],
    };
  });
}
