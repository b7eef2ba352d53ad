import type { CommandJson, FileJson, NodeJson, ProjectJson } from '../recorded-build.ts';
import type { ReportJson } from '../report-json.ts';
import { environmentKey, type NamedEnvironment, namedEnvironments } from './environments.tsx';
import { type Cause, causesOf } from './failure-causes.ts';
import { type SharedNote, sharedNotes } from './notes.ts';

/** Names of places in the page, and the environments, of which each is shown once. */
export interface Anchors {
  file(file: FileJson): string;
  project(project: ProjectJson): string;
  /** Undefined where the graph has no such node. */
  node(id: string): string | undefined;
  environment(env: CommandJson['env']): NamedEnvironment | undefined;
  /** Undefined where the file is as published. */
  cause(file: FileJson): { readonly anchor: string; readonly cause: Cause } | undefined;
  readonly environments: readonly NamedEnvironment[];
  /** What is to be known of how files were made, and where a task's is told. */
  readonly notes: readonly SharedNote[];
  note(node: NodeJson, text: string): string;
}

export function createAnchors(report: ReportJson): Anchors {
  const { projects, nodes } = report;
  const files = new Map(
    projects.flatMap((project) => project.files).map((file, at) => [file, `file-${at + 1}`]),
  );
  const byProject = new Map(projects.map((project, at) => [project, `project-${at + 1}`]));
  const byNode = new Map(nodes.map(({ id }: NodeJson, at) => [id, `task-${at + 1}`]));
  const environments = namedEnvironments(nodes);
  const notes = sharedNotes(nodes);
  const causes = causesOf(report).map((cause, at) => ({ anchor: `cause-${at + 1}`, cause }));
  const byFile = new Map(causes.flatMap((each) => each.cause.files.map(({ file }) => [file, each] as const)));
  return {
    cause: (file) => byFile.get(file),
    file: (file) => files.get(file) ?? '',
    project: (project) => byProject.get(project) ?? '',
    node: (id) => byNode.get(id),
    environment: (env) => environments.get(environmentKey(env)),
    environments: [...environments.values()],
    notes,
    note: (node, text) => notes.find((note) => note.text === text && note.nodes.includes(node))?.anchor ?? '',
  };
}
