import type { CommandJson, FileJson, NodeJson, ProjectJson } from '../recorded-build.ts';
import type { Section } from '../sections.ts';
import type { PageData } from './bounded.ts';
import {
  type ShownPackages,
  type ShownVex,
  shownPackages,
  shownVex,
  type VexCounts,
  vexCounts,
} from './bounded-beside.ts';
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
  /** Undefined where the file is as published, or its cause is told with it alone. */
  cause(file: FileJson): NamedCause | undefined;
  /** The gravest first. */
  readonly causes: readonly NamedCause[];
  /** How many have no room among them. */
  readonly causesLeft: number;
  /** Where what is said of a section's files begins. */
  section(section: Section): string | undefined;
  script(file: FileJson): string | undefined;
  /** What an image holds for one platform, as far as there is room. @param digest of the manifest. */
  packages(digest: string): ShownPackages | undefined;
  readonly vex: readonly ShownVex[];
  /** What is said of vulnerabilities in a file or an image. */
  vexCounts(digest: string | undefined): VexCounts | undefined;
  /** Whether there is room for all that is known of it. */
  isWhole(shown: FileJson | NodeJson): boolean;
  readonly environments: readonly NamedEnvironment[];
  /** What is to be known of how files were made, and where a task's is told. */
  readonly notes: readonly SharedNote[];
  note(node: NodeJson, text: string): string;
}

interface NamedCause {
  readonly anchor: string;
  readonly cause: Cause;
}

/** Causes and notes that are told above all files. */
const mostCauses = 100;

export function createAnchors({ report, scripts, wholeFiles, wholeNodes }: PageData): Anchors {
  const { projects, nodes } = report;
  const listed = projects.flatMap((project) => project.files);
  const files = new Map(listed.map((file, at) => [file, `file-${at + 1}`]));
  const scriptOf = new Map(listed.map((file, at) => [file, scripts[at]]));
  const whole = new Set<FileJson | NodeJson>([
    ...listed.filter((_, at) => wholeFiles[at]),
    ...nodes.filter((_, at) => wholeNodes[at]),
  ]);
  const byProject = new Map(projects.map((project, at) => [project, `project-${at + 1}`]));
  const byNode = new Map(nodes.map(({ id }: NodeJson, at) => [id, `task-${at + 1}`]));
  const environments = namedEnvironments(nodes);
  const notes = sharedNotes(nodes);
  const all = causesOf(report);
  const causes = all.slice(0, mostCauses).map((cause, at) => ({ anchor: `cause-${at + 1}`, cause }));
  const byFile = new Map(causes.flatMap((each) => each.cause.files.map(({ file }) => [file, each] as const)));
  const packages = shownPackages(report.beside);
  const counts = vexCounts(report.beside);
  return {
    cause: (file) => byFile.get(file),
    causes,
    causesLeft: all.length - causes.length,
    section: (section) => causes.find(({ cause }) => cause.section === section)?.anchor,
    script: (file) => scriptOf.get(file),
    packages: (digest) => packages.get(plain(digest)),
    vex: shownVex(report.beside),
    vexCounts: (digest) => (digest === undefined ? undefined : counts.get(plain(digest))),
    isWhole: (shown) => whole.has(shown),
    file: (file) => files.get(file) ?? '',
    project: (project) => byProject.get(project) ?? '',
    node: (id) => byNode.get(id),
    environment: (env) => environments.get(environmentKey(env)),
    environments: [...environments.values()],
    notes,
    note: (node, text) => notes.find((note) => note.text === text && note.nodes.includes(node))?.anchor ?? '',
  };
}

/** Of an image, without what tells the algorithm. */
function plain(digest: string): string {
  return digest.replace('sha256:', '');
}
