import type { Lock, LockedProject } from '../config/lock.ts';
import type { Project, ProjectBuild } from '../config/project.ts';
import { byCodeUnit } from '../core/canonical-json.ts';
import type { Failure } from '../core/failure.ts';
import type { Platform } from '../core/platform.ts';
import { holds } from './condition.ts';
import { makeGraph } from './graph.ts';
import {
  asNodeId,
  type BuildNode,
  type GoBuildNode,
  type Graph,
  type ModulesNode,
  type NodeId,
  type PatchPin,
  type Program,
  type SourceNode,
  type ToolchainNode,
} from './node.ts';

/** What every Go program of EKS Distro was built with: `build_go_binaries` and Common.mk of aws/eks-distro. */
const commonFlags = ['-trimpath'];
const commonLdflags = ['-s', '-w', '-buildid=', '-extldflags', '-static'];

export interface PlanInput {
  readonly lock: Lock;
  /** Recipes by project; one that is missing makes the project `not-built`. */
  readonly recipes: ReadonlyMap<string, Project>;
  /** The projects to build; all that are in the lock where it is undefined. */
  readonly projects: readonly string[];
  readonly isSelected: (platform: Platform) => boolean;
  /** The user's own patches by project, applied after the release's. */
  readonly userPatches: ReadonlyMap<string, readonly PatchPin[]>;
}

/** The graph, and what of it makes which project's files. */
export interface Plan {
  readonly graph: Graph<BuildNode>;
  readonly projects: readonly PlannedProject[];
}

export interface PlannedProject {
  readonly project: string;
  readonly locked: LockedProject;
  readonly hasUserPatches: boolean;
  /** `failure`: what keeps it from being planned; `no-recipe`: no project.yaml; else the nodes that make its files. */
  readonly state:
    | { readonly kind: 'planned'; readonly builds: readonly GoBuildNode[] }
    | { readonly kind: 'no-recipe' }
    | { readonly kind: 'failure'; readonly failure: Failure };
}

/** Turns pins and recipes into a graph. Pure: the same input gives the same graph, in the same order. */
export function planRelease(input: PlanInput): Plan {
  const shared = new Map<NodeId, BuildNode>();
  const projects = [...input.projects].sort(byCodeUnit).map((project) => planProject(project, input, shared));
  return { graph: makeGraph([...shared.values()]), projects };
}

function planProject(project: string, input: PlanInput, nodes: Map<NodeId, BuildNode>): PlannedProject {
  const locked = input.lock.projects[project as keyof Lock['projects']];
  if (locked === undefined) throw new Error(`project ${project} is not in the lock`);
  const patches = input.userPatches.get(project) ?? [];
  const base = { project, locked, hasUserPatches: patches.length > 0 };
  const recipe = input.recipes.get(project);
  if (recipe === undefined) return { ...base, state: { kind: 'no-recipe' } };
  const platforms = platformsOf(locked).filter(input.isSelected);
  if (platforms.length === 0) return { ...base, state: { kind: 'planned', builds: [] } };
  const failure = whyNotPlannable(locked);
  if (failure !== undefined) return { ...base, state: { kind: 'failure', failure } };
  const subject = { tag: locked.tag, branch: input.lock.branch, number: input.lock.number };
  const applicable = recipe.builds.filter((build) => holds(build.when, subject));
  if (applicable.length === 0) return { ...base, state: { kind: 'no-recipe' } };
  const toolchain = addToolchain(locked.go?.version ?? '', project, nodes);
  const source = addSource(project, locked, input.lock, patches, nodes);
  const builds = applicable.flatMap((build, index) =>
    addBuild(
      project,
      build,
      isAlone(applicable, build) ? '' : `#${index + 1}`,
      platforms,
      toolchain,
      source,
      nodes,
    ),
  );
  return { ...base, state: { kind: 'planned', builds } };
}

function whyNotPlannable(locked: LockedProject): Failure | undefined {
  if (locked.go === undefined) {
    const detail = 'nothing that upstream published names the Go that built it';
    return { reason: 'toolchain-unavailable', version: 'unknown', detail };
  }
  if (locked.commit === 'unresolved') {
    const detail = 'the repository has not been reached, so the commit of its tag is not known';
    return {
      reason: 'source-unavailable',
      repository: locked.repository,
      wanted: `tag ${locked.tag}`,
      detail,
    };
  }
  return undefined;
}

/** The platforms that a project has expectations for, in code-unit order. */
export function platformsOf(locked: LockedProject): readonly Platform[] {
  return [...new Set(locked.checksums?.files.map((file) => file.platform) ?? [])].sort(byCodeUnit);
}

function isAlone(builds: readonly ProjectBuild[], build: ProjectBuild): boolean {
  return builds.filter((other) => other.module === build.module).length === 1;
}

function addToolchain(version: string, project: string, nodes: Map<NodeId, BuildNode>): NodeId {
  const id = asNodeId(`toolchain go${version}`);
  const known = nodes.get(id) as ToolchainNode | undefined;
  const projects = [...(known?.projects ?? []), project];
  nodes.set(id, { kind: 'toolchain', id, needs: [], title: `go ${version}`, projects, version });
  return id;
}

function addSource(
  project: string,
  locked: LockedProject,
  lock: Lock,
  userPatches: readonly PatchPin[],
  nodes: Map<NodeId, BuildNode>,
): NodeId {
  const id = asNodeId(`source ${project}`);
  const { repository } = lock.upstream;
  const read = lock.upstream.tree === 'tag' ? lock.upstream.tag : lock.upstream.releaseCommit;
  const released = locked.patches.map((patch) => ({
    ...patch,
    from: { kind: 'upstream' as const, repository, commit: read?.commit ?? '' },
  }));
  const node: SourceNode = {
    kind: 'source',
    id,
    needs: [],
    title: `${locked.tag} and ${released.length + userPatches.length} patches`,
    projects: [project],
    repository: locked.repository,
    tag: locked.tag,
    commit: locked.commit,
    patches: [...released, ...userPatches],
  };
  nodes.set(id, node);
  return id;
}

function addBuild(
  project: string,
  build: ProjectBuild,
  mark: string,
  platforms: readonly Platform[],
  toolchain: NodeId,
  source: NodeId,
  nodes: Map<NodeId, BuildNode>,
): readonly GoBuildNode[] {
  const wanted = platforms.filter((platform) => build.platforms?.includes(platform) ?? true);
  if (wanted.length === 0) return [];
  const place = [project, ...(build.module === '.' ? [] : [build.module])].join(' ') + mark;
  const goVersion = (nodes.get(toolchain) as ToolchainNode).version;
  const programs = build.programs.map(toProgram);
  const common = { projects: [project], toolchain, source, goVersion, module: build.module, programs };
  const modules: ModulesNode = {
    ...common,
    kind: 'modules',
    id: asNodeId(`modules ${place}`),
    needs: [toolchain, source],
    title: build.module === '.' ? 'modules' : `modules of ${build.module}`,
    platforms: wanted,
    flags: build.flags.filter((flag) => /^-(mod|tags|modfile)=/.test(flag)),
  };
  nodes.set(modules.id, modules);
  const stamps = Object.entries(build.stamps).flatMap(([name, value]) => ['-X', `${name}=${value}`]);
  return wanted.map((platform) => {
    const node: GoBuildNode = {
      ...common,
      kind: 'go-build',
      id: asNodeId(`go-build ${place} ${platform}`),
      needs: [toolchain, source, modules.id],
      title: build.module === '.' ? platform : `${build.module} ${platform}`,
      modules: modules.id,
      platform,
      flags: [...commonFlags, ...build.flags],
      ldflags: [...commonLdflags, ...stamps],
      environment: {},
    };
    nodes.set(node.id, node);
    return node;
  });
}

function toProgram(program: ProjectBuild['programs'][number]): Program {
  return {
    package: program.package,
    ...(program.name === undefined ? {} : { name: program.name }),
    ...(program.except === undefined ? {} : { except: program.except }),
  };
}
