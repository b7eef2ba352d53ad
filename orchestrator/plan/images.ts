import type { ProjectImage } from '../config/project/image.ts';
import { byCodeUnit } from '../core/canonical-json.ts';
import { defined } from '../core/defined.ts';
import type { Failure } from '../core/failure.ts';
import type { ImageReference } from '../core/image-reference.ts';
import type { OciDigest } from '../core/oci.ts';
import type { Platform } from '../core/platform.ts';
import { componentOf, imageAssetName, type ManifestAssetName } from './archive/manifest-name.ts';
import { baseFamily } from './base-family.ts';
import { addCBuild, type Compilers } from './c-nodes.ts';
import { holds, type Subject } from './condition.ts';
import {
  addBaseImage,
  addImage,
  type ImageProgram,
  type ImageSource,
  imagePlatforms,
} from './image-nodes.ts';
import { imageTagOf, type TaggingRelease } from './image-tag.ts';
import type { BuildNode } from './node.ts';
import { asNodeId, type NodeId } from './node-base.ts';
import type { GoBuildNode } from './node-go.ts';
import type { ImageIndexNode } from './node-image.ts';
import { programFiles } from './program-files.ts';

/** What images are planned from, beside lock and recipes. */
export interface ImageInput {
  /** Whether an image was asked for, by its name. What it stands on is planned in any case. */
  readonly isWanted: (image: string) => boolean;
  /** Texts of Dockerfiles by project and file: `etcd-io/etcd Dockerfile`. */
  readonly dockerfiles: ReadonlyMap<string, string>;
  /** What stands for each of EKS Distro's base images, by its name. */
  readonly bases: ReadonlyMap<string, BaseChoice>;
  /** What compiles programs in C. */
  readonly compilers: Compilers;
}

export type BaseChoice =
  /** One that is pulled. `from` says for people whose choice it was. */
  | {
      readonly kind: 'pulled';
      readonly reference: ImageReference & { readonly digest: OciDigest };
      readonly from: 'published' | 'settings';
    }
  /** One of our own: adds its nodes and gives the one whose output is the image tree of a platform. */
  | {
      readonly kind: 'built';
      readonly distribution: 'al2' | 'al2023';
      readonly add: (platform: Platform, nodes: Map<NodeId, BuildNode>) => NodeId;
    }
  | { readonly kind: 'unavailable'; readonly failure: Failure };

export interface PlannedImage {
  readonly image: string;
  readonly project: string;
  /** As published: `v3.5.13-eks-1-30-5`. */
  readonly tag: string;
  /** What it stands on, for people: a base image's name, another image's, or `scratch`. */
  readonly standsOn: string;
  /** Absent: it is in no manifest. */
  readonly asset?: ManifestAssetName;
  readonly state:
    | {
        readonly kind: 'planned';
        readonly index: NodeId;
        readonly platforms: readonly PlannedPlatform[];
        readonly base?: BaseChoice;
      }
    | { readonly kind: 'failure'; readonly failure: Failure };
}

export interface PlannedPlatform {
  readonly platform: Platform;
  readonly node: NodeId;
  /** The programs in it, those of what it stands on too. */
  readonly programs: readonly ImageProgram[];
}

/**
 * Adds the nodes of the wanted images to the graph, and of those that they stand on.
 * @param release for the tags.
 */
export function planImages(
  sources: readonly ImageSource[],
  input: ImageInput,
  release: TaggingRelease,
  nodes: Map<NodeId, BuildNode>,
): readonly PlannedImage[] {
  const planned = new Map<string, PlannedImage>();
  const all = new Map(
    sources.flatMap((source) =>
      source.images
        .filter(({ when }) => holds(when, source.subject))
        .map((image) => [image.name, { source, image }] as const),
    ),
  );
  const begun = new Set<string>();
  const plan = (name: string): PlannedImage | undefined => {
    const known = planned.get(name);
    const found = all.get(name);
    // One that is being planned stands on itself: it is found missing where it is needed.
    if (known !== undefined || found === undefined || begun.has(name)) return known;
    begun.add(name);
    const { source, image } = found;
    const tag = imageTagOf(source.tag, release);
    const state = planImage(image, { ...source, imageTag: tag }, input, nodes, plan);
    const made: PlannedImage = {
      ...{ image: name, project: source.project, tag, standsOn: standsOn(image, source.subject), state },
      ...defined({ asset: assetOf(image, source, state) }),
    };
    planned.set(name, made);
    return made;
  };
  for (const name of [...all.keys()].sort(byCodeUnit)) if (input.isWanted(name)) plan(name);
  return [...planned.values()].sort((a, b) => byCodeUnit(a.image, b.image));
}

function assetOf(image: ProjectImage, source: ImageSource, state: ImageState): ManifestAssetName | undefined {
  const component = componentOf(image.component ?? source.component, source.subject);
  const platforms = state.kind === 'planned' ? state.platforms.map((each) => each.platform) : imagePlatforms;
  return component === undefined ? undefined : imageAssetName(component, image.name, platforms);
}

/** What an image stands on in a release: see `PlannedImage`. */
export function standsOn({ base }: ProjectImage, { branch, date }: Subject): string {
  if (base === undefined) return 'scratch';
  if ('image' in base) return base.image;
  return baseFamily(branch, date) === 'standard' ? (base.standard ?? base.minimal) : base.minimal;
}

type ImageState = PlannedImage['state'];

/** A project, and the tag of its images. */
interface TaggedSource extends ImageSource {
  readonly imageTag: string;
}

function planImage(
  image: ProjectImage,
  source: TaggedSource,
  input: ImageInput,
  nodes: Map<NodeId, BuildNode>,
  plan: (name: string) => PlannedImage | undefined,
): ImageState {
  if (source.failure !== undefined) return { kind: 'failure', failure: source.failure };
  const dockerfile = input.dockerfiles.get(`${source.project} ${image.dockerfile}`);
  if (dockerfile === undefined) throw new Error(`no Dockerfile ${image.dockerfile} of ${source.project}`);
  const platforms: PlannedPlatform[] = [];
  let choice: BaseChoice | undefined;
  for (const platform of imagePlatforms) {
    const builds = source.builds.filter((build) => build.platform === platform);
    const [first] = builds;
    if (first === undefined) continue;
    const own: ImageProgram[] = [];
    for (const file of image.programs) {
      const program =
        compiledProgram(file, image.name, source, { platform, checkout: first.source }, input, nodes) ??
        programOf(file, builds, source.project);
      if (program === undefined) return unmade(image, source, platform);
      if ('reason' in program) return { kind: 'failure', failure: program };
      own.push(program);
    }
    const base = baseOf(image, source.subject, platform, input, nodes, plan);
    if (base !== undefined && 'failure' in base) return { kind: 'failure', failure: base.failure };
    choice ??= base?.choice;
    const place = { platform, dockerfile, checkout: first.source, base: base?.node };
    const node = addImage({ image, source, ...place, programs: own }, nodes);
    platforms.push({ platform, node, programs: [...(base?.programs ?? []), ...own] });
  }
  if (platforms.length === 0) return unmade(image, source, undefined);
  const index: ImageIndexNode = {
    kind: 'image-index',
    id: asNodeId(`image-index ${image.name}`),
    needs: platforms.map(({ node }) => node),
    title: `${image.name} for ${platforms.map(({ platform }) => platform).join(', ')}`,
    projects: [source.project],
    image: image.name,
    images: platforms.map(({ node }) => node),
  };
  nodes.set(index.id, index);
  const base = choice === undefined ? {} : { base: choice };
  return { kind: 'planned', index: index.id, platforms, ...base };
}

function unmade(image: ProjectImage, { project }: ImageSource, platform: Platform | undefined): ImageState {
  const detail = `no build of ${project} makes ${image.programs.join(', ')} for ${platform ?? 'its platforms'}`;
  return { kind: 'failure', failure: { reason: 'missing-output', file: image.name, detail } };
}

/** A program in C; undefined where the file is none. */
function compiledProgram(
  file: string,
  image: string,
  { project, cBuilds, imageTag: tag }: TaggedSource,
  { platform, checkout: source }: { readonly platform: Platform; readonly checkout: NodeId },
  { compilers }: ImageInput,
  nodes: Map<NodeId, BuildNode>,
): ImageProgram | Failure | undefined {
  const build = cBuilds.find(({ program }) => program === file);
  if (build === undefined) return undefined;
  const added = addCBuild({ image, project, build, platform, source, tag }, compilers, nodes);
  return added.ok ? { project, build: added.value.node, file, compiler: added.value.compiler } : added.error;
}

/** A build with a pattern may make any file: it counts where no other names it. */
export function programOf(
  file: string,
  builds: readonly GoBuildNode[],
  project: string,
): ImageProgram | undefined {
  const build =
    builds.find((each) => programFiles(each)?.includes(file)) ??
    builds.find((each) => programFiles(each) === undefined);
  return build === undefined ? undefined : { project, build: build.id, file };
}

interface Base {
  readonly node: NodeId;
  readonly choice?: BaseChoice;
  /** Those of the image that it is. */
  readonly programs: readonly ImageProgram[];
}

function baseOf(
  image: ProjectImage,
  subject: Subject,
  platform: Platform,
  input: ImageInput,
  nodes: Map<NodeId, BuildNode>,
  plan: (name: string) => PlannedImage | undefined,
): Base | { readonly failure: Failure } | undefined {
  const { name, base } = image;
  if (base === undefined) return undefined;
  if ('image' in base) {
    const below = plan(base.image);
    if (below === undefined) return { failure: notPlanned(name, base.image) };
    if (below.state.kind === 'failure') return { failure: below.state.failure };
    const found = below.state.platforms.find((each) => each.platform === platform);
    if (found === undefined) return { failure: notPlanned(name, `${base.image} for ${platform}`) };
    const choice = below.state.base === undefined ? {} : { choice: below.state.base };
    return { node: found.node, programs: found.programs, ...choice };
  }
  const below = standsOn(image, subject);
  const choice = input.bases.get(below);
  if (choice === undefined) return { failure: notPlanned(name, below) };
  switch (choice.kind) {
    case 'unavailable':
      return { failure: choice.failure };
    case 'built':
      return { node: choice.add(platform, nodes), choice, programs: [] };
    case 'pulled':
      return { node: addBaseImage(below, choice.reference, nodes), choice, programs: [] };
  }
}

function notPlanned(image: string, base: string): Failure {
  return {
    reason: 'missing-output',
    file: image,
    detail: `it stands on ${base}, which this release does not have`,
  };
}
