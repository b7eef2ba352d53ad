import type { Lock, LockedGo } from '../../config/lock/lock.ts';
import type { Overlay } from '../../config/lock/overlay.ts';
import { defined } from '../../core/defined.ts';
import type { ExitCode } from '../../core/exit-code.ts';
import type { NodeOutcome } from '../../engine/run.ts';
import { criticalPath } from '../../plan/graph.ts';
import type { BuildNode } from '../../plan/node.ts';
import type { NodeId } from '../../plan/node-base.ts';
import type { PatchPin, SourceNode } from '../../plan/node-go.ts';
import type { Plan } from '../../plan/plan.ts';
import type { ImageReport } from '../../report/image-report.ts';
import type { LeftOut } from '../../report/left-out.ts';
import type {
  ChangesReport,
  GoReport,
  NodeReport,
  ProjectReport,
  RunReport,
} from '../../report/run-report.ts';
import { markerFiles } from '../../task/source/markers.ts';
import { summarize, totalsOf } from '../../verdict/verify/summary.ts';
import type { FileVerdict } from '../../verdict/verify/verdict.ts';

export interface FinishedRun {
  readonly version: string;
  /** Milliseconds since the epoch. */
  readonly started: number;
  /** When its graph was begun, the same. */
  readonly begun: number;
  readonly finished: number;
  readonly exitCode: ExitCode;
  readonly interrupted: boolean;
  readonly lock: Lock;
  readonly plan: Plan;
  readonly outcomes: ReadonlyMap<NodeId, NodeOutcome>;
  readonly verdicts: readonly FileVerdict[];
  readonly images?: readonly ImageReport[];
  readonly changes?: ChangesReport;
  readonly selection: { readonly leftOut: LeftOut };
  readonly asked: NonNullable<RunReport['asked']>;
  readonly userPatches: ReadonlyMap<string, readonly PatchPin[]>;
  readonly accepted: Overlay['projects'];
  /** What the machine's sandbox lacks. */
  readonly missing: readonly string[];
  /** As it is shown. */
  readonly overlayFile: string;
}

/** Gathers what reports may say of a run. */
export function describeRun(run: FinishedRun): RunReport {
  const { lock, missing } = run;
  const nodes = describeNodes(run);
  const hasRun = nodes.some(({ end }) => end.status === 'ran' || end.status === 'failed');
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
      ...defined({ releaseCommit: lock.upstream.releaseCommit, tag: lock.upstream.tag }),
      projects: Object.keys(lock.projects).length,
      differences: lock.upstream.differences.length,
    },
    ...leftOutOf(run.selection),
    asked: run.asked,
    projects: describeProjects(run),
    verdicts: run.verdicts,
    totals: totalsOf(run.verdicts),
    ...defined({ changes: run.changes }),
    ...defined({ images: run.images, unprotected: hasRun && missing.length > 0 ? missing : undefined }),
    ...criticalPathOf(run),
    nodes,
  };
}

function criticalPathOf({ plan, outcomes }: FinishedRun): Pick<RunReport, 'criticalPath'> {
  const { nodes, cost } = criticalPath(plan.graph, ({ id }) => outcomes.get(id)?.secondsWhenRun ?? 0);
  return cost === 0 ? {} : { criticalPath: { seconds: cost, nodes: nodes.map(({ id }) => id) } };
}

function leftOutOf({ leftOut }: FinishedRun['selection']): Pick<RunReport, 'leftOut'> {
  return Object.values(leftOut).every(({ length }) => length === 0) ? {} : { leftOut };
}

function describeProjects(run: FinishedRun): readonly ProjectReport[] {
  const { byProject } = summarize(run.verdicts);
  const nodes = [...run.plan.graph.nodes.values()];
  const sources = nodes.filter((node): node is SourceNode => node.kind === 'source');
  return run.plan.projects.map(({ project, locked, state }) => ({
    name: project,
    repository: locked.repository,
    tag: locked.tag,
    commit: locked.commit,
    ...defined({ go: locked.go && goOf(locked.go, run.lock) }),
    patches: locked.patches.map(({ path, sha256 }) => ({ path, sha256 })),
    userPatches: (run.userPatches.get(project) ?? []).map(({ path, sha256 }) => ({ path, sha256 })),
    markers: sources.filter(({ projects }) => projects.includes(project)).flatMap(markerFiles),
    ...overlayOf(project, run),
    hasRecipe: state.kind !== 'no-recipe',
    totals: byProject.get(project) ?? { identical: 0, comparable: 0, all: 0 },
  }));
}

function goOf({ build: name, ...go }: LockedGo, { goBuilds }: Lock): GoReport {
  const build = name === undefined ? undefined : goBuilds?.[name];
  const { version, flavour, origin, read, others } = go;
  return {
    ...{ version, flavour, read, others },
    ...defined({ origin, build }),
  };
}

function overlayOf(project: string, { accepted, overlayFile }: FinishedRun): Pick<ProjectReport, 'overlay'> {
  const because = accepted[project]?.because;
  return because === undefined ? {} : { overlay: { file: overlayFile, because } };
}

function describeNodes(run: FinishedRun): readonly NodeReport[] {
  const before = (run.begun - run.started) / 1000;
  return [...run.plan.graph.nodes.values()].map((node) => {
    const outcome = run.outcomes.get(node.id);
    return {
      id: node.id,
      kind: node.kind,
      title: node.title,
      projects: node.projects,
      needs: node.needs,
      end: outcome?.end ?? { status: 'aborted' },
      ...defined({
        began: outcome?.began === undefined ? undefined : before + outcome.began,
        seconds: outcome?.seconds,
        key: outcome?.key,
        inputs: outcome?.inputs,
        tree: outcome?.tree,
        secondsWhenRun: outcome?.secondsWhenRun,
      }),
      ...goPatchesOf(node),
      notes: outcome?.notes ?? [],
      commands: outcome?.commands ?? [],
    };
  });
}

function goPatchesOf(node: BuildNode): Pick<NodeReport, 'patches'> {
  if (node.kind !== 'toolchain' || node.patches.length === 0) return {};
  const patches = node.patches.flatMap(({ path, sha256, from }) =>
    from.kind === 'user' ? [] : [{ path, sha256, repository: from.repository, commit: from.commit }],
  );
  return { patches };
}
