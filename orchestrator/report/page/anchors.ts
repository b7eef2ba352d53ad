import type { FileJson, NodeJson, ProjectJson } from '../recorded-build.ts';
import type { ReportJson } from '../report-json.ts';
import { type Cause, causesOf } from './failure-causes.ts';

type Environment = Readonly<Record<string, string>>;

/** Names of places in the page, and the environments, of which each is shown once. */
export interface Anchors {
  file(file: FileJson): string;
  project(project: ProjectJson): string;
  /** Undefined where the graph has no such node. */
  node(id: string): string | undefined;
  environment(env: Environment): string;
  /** Undefined where the file is as published. */
  cause(file: FileJson): { readonly anchor: string; readonly cause: Cause } | undefined;
  readonly environments: readonly { readonly anchor: string; readonly env: Environment }[];
}

export function createAnchors(report: ReportJson): Anchors {
  const { projects, nodes } = report;
  const files = new Map(
    projects.flatMap((project) => project.files).map((file, at) => [file, `file-${at + 1}`]),
  );
  const byProject = new Map(projects.map((project, at) => [project, `project-${at + 1}`]));
  const byNode = new Map(nodes.map(({ id }: NodeJson, at) => [id, `task-${at + 1}`]));
  const byText = new Map<string, { readonly anchor: string; readonly env: Environment }>();
  for (const { env } of nodes.flatMap((node) => node.commands)) {
    const key = keyOf(env);
    if (!byText.has(key)) byText.set(key, { anchor: `environment-${byText.size + 1}`, env });
  }
  const causes = causesOf(report).map((cause, at) => ({ anchor: `cause-${at + 1}`, cause }));
  const byFile = new Map(causes.flatMap((each) => each.cause.files.map(({ file }) => [file, each] as const)));
  return {
    cause: (file) => byFile.get(file),
    file: (file) => files.get(file) ?? '',
    project: (project) => byProject.get(project) ?? '',
    node: (id) => byNode.get(id),
    environment: (env) => byText.get(keyOf(env))?.anchor ?? '',
    environments: [...byText.values()],
  };
}

function keyOf(env: Environment): string {
  return JSON.stringify(Object.entries(env).sort());
}
