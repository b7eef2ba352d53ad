import type { Lock, LockedProject } from '../config/lock/lock.ts';
import type { Override } from '../config/lock/override.ts';
import type { Project, ProjectBuild } from '../config/project/project.ts';
import { byCodeUnit } from '../core/canonical-json.ts';
import { defined } from '../core/defined.ts';
import { asDigest } from '../core/digest.ts';
import type { Failure } from '../core/failure.ts';
import { countOf } from '../core/numbers.ts';
import type { Platform } from '../core/platform.ts';
import {
  type ArchiveInput,
  type FileSource,
  type PlannedFile,
  planFiles,
  type UnplannedFile,
} from './archives.ts';
import { addBuild } from './build-nodes.ts';
import { holds } from './condition.ts';
import { makeGraph } from './graph.ts';
import type { TaggingRelease } from './image-tag.ts';
import { type ImageInput, type PlannedImage, planImages } from './images.ts';
import { stampKubernetes, whyNoKubernetes } from './kubernetes-stamps.ts';
import type { BuildNode, Graph } from './node.ts';
import { asNodeId, type NodeId } from './node-base.ts';
import type { PatchPin, SourceNode } from './node-go.ts';
import { goBuildOf, type ProgramNode } from './node-script.ts';
import { overrideBuild, overrideLocked, overrideSource } from './override.ts';
import { type ChosenMethod, whyNotScripted } from './script-nodes.ts';
import { readCommit, subjectOf } from './subject.ts';
import { addToolchain, type GivenToolchain, wantedGo } from './toolchain-nodes.ts';

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
  /** Which images are to be made; none where it is absent. */
  readonly images?: ImageInput;
  /** The files of a release's site are planned too; none where it is absent. */
  readonly archives?: ArchiveInput;
  /** What images are tagged by: the lock's own release where it is absent. */
  readonly release?: TaggingRelease;
  /** Absent: by go commands of our own. */
  readonly method?: ChosenMethod;
}

/** The graph, and what of it makes which project's files. */
export interface Plan {
  readonly graph: Graph<BuildNode>;
  readonly projects: readonly PlannedProject[];
  /** Those that were asked for, and those that they stand on. */
  readonly images: readonly PlannedImage[];
  /** The files of the release's site, where they were asked for. */
  readonly files: readonly PlannedFile[];
  readonly unplannedFiles: readonly UnplannedFile[];
}

export interface PlannedProject {
  readonly project: string;
  readonly locked: LockedProject;
  readonly hasUserPatches: boolean;
  /** `failure`: what keeps it from being planned; `no-recipe`: no project.yaml; else the nodes that make its files. */
  readonly state:
    | { readonly kind: 'planned'; readonly builds: readonly ProgramNode[] }
    | { readonly kind: 'no-recipe' }
    | { readonly kind: 'failure'; readonly failure: Failure };
}

/** Turns pins and recipes into a graph. Pure: the same input gives the same graph, in the same order. */
export function planRelease(input: PlanInput): Plan {
  const shared = new Map<NodeId, BuildNode>();
  const projects = [...input.projects].sort(byCodeUnit).map((project) => planProject(project, input, shared));
  const { lock, isSelected, archives } = input;
  const sources = archives === undefined && input.images === undefined ? [] : sourcesOf(projects, input);
  const release = taggingRelease(input);
  const images = input.images === undefined ? [] : planImages(sources, input.images, release, shared);
  const { files, unplanned } =
    archives === undefined
      ? { files: [], unplanned: [] }
      : planFiles(sources, images, { lock, isSelected, archives, release }, shared);
  const graph = makeGraph([...shared.values()]);
  return { graph, projects, images, files, unplannedFiles: unplanned };
}

/** What images are tagged by. */
export function taggingRelease({ lock, release }: Pick<PlanInput, 'lock' | 'release'>): TaggingRelease {
  return release ?? { channel: lock.branch, number: lock.number };
}

/** What images and archives are made of. */
function sourcesOf(projects: readonly PlannedProject[], input: PlanInput): readonly FileSource[] {
  return projects.map(({ project, locked: { tag }, state }) => {
    const { images = [], cBuilds: all = [], archives = [], component } = input.recipes.get(project) ?? {};
    const subject = subjectOf(project, input.lock);
    const cBuilds = all.filter(({ when }) => holds(when, subject));
    const builds = state.kind === 'planned' ? state.builds.map(goBuildOf) : [];
    const failure = state.kind === 'failure' ? { failure: state.failure } : {};
    return { project, tag, subject, images, archives, component, builds, cBuilds, ...failure };
  });
}

function planProject(project: string, input: PlanInput, nodes: Map<NodeId, BuildNode>): PlannedProject {
  const pinned = input.lock.projects[project];
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
  const outdated = whyNoKubernetes(applicable, locked, input.lock);
  if (outdated !== undefined) return { ...base, state: { kind: 'failure', failure: outdated } };
  const method = input.method ?? direct;
  const isScripted = method.name === 'scripts' && applicable.some(({ scripts }) => scripts !== undefined);
  const untold = isScripted ? whyNotScripted(project, override) : undefined;
  if (untold !== undefined) return { ...base, state: { kind: 'failure', failure: untold } };
  const toolchain = addToolchain(go.value, project, nodes, input.toolchains);
  const source = addSource(project, locked, input.lock, patches, override, nodes);
  const builds = applicable.flatMap((build, index) =>
    addBuild(
      project,
      build,
      isAlone(applicable, build) ? '' : `#${index + 1}`,
      { platforms, isSelected: input.isSelected },
      {
        ...{ toolchain, source, override, method, hasLicenses: hasLicenses(input) },
        ...{ ...goFileOf(locked), seconds: recipe.seconds },
      },
      nodes,
    ),
  );
  return { ...base, state: { kind: 'planned', builds } };
}

/** Whether what is made of programs holds the licences of what they link. */
function hasLicenses({ images, archives }: PlanInput): boolean {
  return images !== undefined || archives !== undefined;
}

/** Kubernetes' scripts read the file since early 2023 (`release/kubernetes-go.ts`). */
function goFileOf({ kubernetes }: LockedProject): { readonly goFile?: string } {
  return kubernetes?.go.rule === 'checkout' ? { goFile: '.go-version' } : {};
}

/** Kubernetes' own script did it until a change of upstream's on 2021-12-23, after which the rule is E5. */
function isVendoredAgain({ kubernetes }: LockedProject): boolean {
  return kubernetes?.stamping.rule === 'E3' || kubernetes?.stamping.rule === 'E4';
}

const direct: ChosenMethod = { name: 'direct', tools: new Map() };

/** The builds of a project's recipe that its tag and the release's date call for, as its override has them. */
export function applicableBuilds(project: string, input: PlanInput): readonly ProjectBuild[] {
  const subject = subjectOf(project, input.lock);
  return (input.recipes.get(project)?.builds ?? [])
    .filter((build) => holds(build.when, subject))
    .map((build) => overrideBuild(build, input.overrides?.get(project)))
    .map((build) => stampKubernetes(build, input.lock.projects[project], input.lock));
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
    title: `${locked.tag} and ${countOf(released.length + userPatches.length, 'patch', 'patches')}`,
    projects: [project],
    repository: locked.repository,
    tag: locked.tag,
    commit: locked.commit,
    patches: [...released, ...userPatches],
    ...(isVendoredAgain(locked) ? { vendor: 'made-again' } : {}),
    ...defined({ override: overridden }),
  };
  nodes.set(id, node);
  return id;
}
