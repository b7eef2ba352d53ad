import type { Lock, LockedProject } from '../config/lock.ts';
import type { Override } from '../config/override.ts';
import type { Project, ProjectBuild } from '../config/project.ts';
import { byCodeUnit } from '../core/canonical-json.ts';
import { asDigest } from '../core/digest.ts';
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
import { overrideBuild, overrideLocked, overrideSource } from './override.ts';
import { addToolchain, type GivenToolchain, wantedGo } from './toolchain-nodes.ts';

/** What Common.mk of aws/eks-distro gave every Go program's linker from December 2021 on; the text was never changed. */
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
  /** What is done otherwise than lock and recipes say, by project. */
  readonly overrides?: ReadonlyMap<string, Override>;
  /** Where the user has a Go from, by version. */
  readonly toolchains?: ReadonlyMap<string, GivenToolchain>;
  /** Why a repository did not say what its tags point at, by its URL, where it was asked. */
  readonly outOfReach?: ReadonlyMap<string, Failure>;
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
  const pinned = input.lock.projects[project as keyof Lock['projects']];
  if (pinned === undefined) throw new Error(`project ${project} is not in the lock`);
  const override = input.overrides?.get(project);
  const locked = overrideLocked(pinned, override);
  const patches = input.userPatches.get(project) ?? [];
  const base = { project, locked, hasUserPatches: patches.length > 0 };
  const recipe = input.recipes.get(project);
  if (recipe === undefined) return { ...base, state: { kind: 'no-recipe' } };
  const platforms = platformsOf(locked);
  if (!platforms.some(input.isSelected)) return { ...base, state: { kind: 'planned', builds: [] } };
  const go = wantedGo(locked, override, input);
  if (!go.ok) return { ...base, state: { kind: 'failure', failure: go.error } };
  const failure = whyNotPlannable(locked, input);
  if (failure !== undefined) return { ...base, state: { kind: 'failure', failure } };
  const applicable = applicableBuilds(project, input);
  if (applicable.length === 0) return { ...base, state: { kind: 'no-recipe' } };
  const toolchain = addToolchain(go.value, project, nodes, input.toolchains);
  const source = addSource(project, locked, input.lock, patches, override, nodes);
  const builds = applicable.flatMap((build, index) =>
    addBuild(
      project,
      build,
      isAlone(applicable, build) ? '' : `#${index + 1}`,
      { platforms, isSelected: input.isSelected },
      { toolchain, source, override },
      nodes,
    ),
  );
  return { ...base, state: { kind: 'planned', builds } };
}

/** The builds of a project's recipe that its tag and the release's date call for, as its override has them. */
export function applicableBuilds(project: string, input: PlanInput): readonly ProjectBuild[] {
  const tag = input.lock.projects[project as keyof Lock['projects']]?.tag ?? '';
  const subject = { tag, date: readCommit(input.lock)?.date ?? '' };
  return (input.recipes.get(project)?.builds ?? [])
    .filter((build) => holds(build.when, subject))
    .map((build) => overrideBuild(build, input.overrides?.get(project)));
}

function whyNotPlannable(locked: LockedProject, { lock, outOfReach }: PlanInput): Failure | undefined {
  if (locked.commit === 'unresolved') {
    const failure = outOfReach?.get(locked.repository);
    if (failure !== undefined) return failure;
    const detail = 'the repository has not been reached, so the commit of its tag is not known';
    return {
      reason: 'source-unavailable',
      repository: locked.repository,
      wanted: `tag ${locked.tag}`,
      detail,
    };
  }
  if (locked.commit === 'absent') {
    const detail = 'the tag is not public';
    return {
      reason: 'source-unavailable',
      repository: locked.repository,
      wanted: `tag ${locked.tag}`,
      detail,
    };
  }
  const lost = locked.patches.find((patch) => patch.sha256 === 'unavailable');
  if (lost !== undefined) {
    const detail =
      'the repository that the lock was imported from lacks its content; import again from a whole one';
    return { reason: 'source-unavailable', repository: lock.upstream.repository, wanted: lost.path, detail };
  }
  return undefined;
}

/** The commit of EKS-D that the pins were read from. */
function readCommit(lock: Lock): { readonly commit: string; readonly date: string } | undefined {
  return lock.upstream.tree === 'tag' ? lock.upstream.tag : lock.upstream.releaseCommit;
}

/** The platforms that a project has expectations for, in code-unit order. */
export function platformsOf(locked: LockedProject): readonly Platform[] {
  return [...new Set(locked.checksums?.files.map((file) => file.platform) ?? [])].sort(byCodeUnit);
}

function isAlone(builds: readonly ProjectBuild[], build: ProjectBuild): boolean {
  return builds.filter((other) => other.module === build.module).length === 1;
}

function addSource(
  project: string,
  locked: LockedProject,
  lock: Lock,
  userPatches: readonly PatchPin[],
  override: Override | undefined,
  nodes: Map<NodeId, BuildNode>,
): NodeId {
  const id = asNodeId(`source ${project}`);
  const { repository } = lock.upstream;
  const released = locked.patches.map((patch) => ({
    path: patch.path,
    sha256: asDigest(patch.sha256),
    from: { kind: 'upstream' as const, repository, commit: readCommit(lock)?.commit ?? '' },
  }));
  const overridden = overrideSource(override);
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
    ...(overridden === undefined ? {} : { override: overridden }),
  };
  nodes.set(id, node);
  return id;
}

interface BuiltFrom {
  readonly toolchain: NodeId;
  readonly source: NodeId;
  readonly override: Override | undefined;
}

function addBuild(
  project: string,
  build: ProjectBuild,
  mark: string,
  choice: { readonly platforms: readonly Platform[]; readonly isSelected: PlanInput['isSelected'] },
  { toolchain, source, override }: BuiltFrom,
  nodes: Map<NodeId, BuildNode>,
): readonly GoBuildNode[] {
  const platforms = choice.platforms.filter((platform) => build.platforms?.includes(platform) ?? true);
  const wanted = platforms.filter(choice.isSelected);
  if (wanted.length === 0) return [];
  const place = [project, ...(build.module === '.' ? [] : [build.module])].join(' ') + mark;
  const goVersion = (nodes.get(toolchain) as ToolchainNode).version;
  const programs = build.programs.map(toProgram);
  const mode = moduleMode(build.flags, goVersion, override?.modules);
  const trimpath = override?.trimpath === 'no' ? [] : ['-trimpath'];
  const stamp = override?.stamp === 'absent' && minorVersion(goVersion) >= 18 ? ['-buildvcs=false'] : [];
  const flags = [...trimpath, ...mode.flags, ...stamp, ...build.flags];
  const common = {
    projects: [project],
    toolchain,
    source,
    goVersion,
    module: build.module,
    programs,
    vendors: mode.vendors,
  };
  const modules: ModulesNode = {
    ...common,
    kind: 'modules',
    id: asNodeId(`modules ${place}`),
    needs: [toolchain, source],
    title: build.module === '.' ? 'modules' : `modules of ${build.module}`,
    // Those of all platforms: what was selected must not change what a build rests on.
    platforms,
    flags: flags.filter((flag) => /^-(mod|tags)=/.test(flag) && !(mode.vendors && flag.startsWith('-mod='))),
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
      flags,
      ldflags: [...(build.ldflags ?? commonLdflags), ...stamps],
      environment: override?.environment ?? {},
    };
    nodes.set(node.id, node);
    return node;
  });
}

/**
 * Upstream ran `go mod vendor` in the patched checkout before each build, so that what it compiled were the modules
 * that go.mod names, whatever stood in a committed `vendor/`. Before Go 1.23, module mode gives the same bytes without
 * the modules that only tests need; from 1.23 on go leaves the sums of modules out of what it builds from `vendor/`
 * (cmd/go/internal/load, setBuildInfo), so that it has to be made. Go 1.13 has no word for module mode, and looks at
 * `vendor/` only where it is told to. A recipe that says `-mod=` itself is left alone.
 */
function moduleMode(
  flags: readonly string[],
  goVersion: string,
  wanted: Override['modules'],
): { readonly vendors: boolean; readonly flags: readonly string[] } {
  const minor = minorVersion(goVersion);
  if (minor < 14 || flags.some((flag) => flag.startsWith('-mod='))) return { vendors: false, flags: [] };
  const vendors = wanted === undefined ? minor >= 23 : wanted === 'vendor';
  return { vendors, flags: [vendors ? '-mod=vendor' : '-mod=mod'] };
}

/** 21 of `1.21.10`. */
function minorVersion(goVersion: string): number {
  return Number(goVersion.split('.')[1]?.match(/^[0-9]+/)?.[0] ?? 0);
}

function toProgram(program: ProjectBuild['programs'][number]): Program {
  return {
    package: program.package,
    ...(program.name === undefined ? {} : { name: program.name }),
    ...(program.except === undefined ? {} : { except: program.except }),
  };
}
