import type { ComponentName } from '../config/project/archive.ts';
import type { ProjectCBuild } from '../config/project/c-build.ts';
import type { ProjectImage } from '../config/project/image.ts';
import { defined } from '../core/defined.ts';
import type { Failure } from '../core/failure.ts';
import type { Platform } from '../core/platform.ts';
import type { Subject } from './condition.ts';
import type { BuildNode } from './node.ts';
import { asNodeId, type NodeId } from './node-base.ts';
import type { GoBuildNode } from './node-go.ts';
import type { BaseImageNode, ContextFile, ImageNode, LicensedBuild, LicensesNode } from './node-image.ts';

/** A project whose go-builds are in the graph. */
export interface ImageSource {
  readonly project: string;
  readonly tag: string;
  readonly subject: Subject;
  readonly images: readonly ProjectImage[];
  /** What a manifest calls it. */
  readonly component: ComponentName | undefined;
  readonly builds: readonly GoBuildNode[];
  /** Why nothing of it can be built. */
  readonly failure?: Failure;
  /** Its programs in C that the release has; they are planned for the images that hold them. */
  readonly cBuilds: readonly ProjectCBuild[];
}

export interface ImageProgram {
  readonly project: string;
  readonly build: NodeId;
  readonly file: string;
  /** Of a program in C: what compiles it, as a reference with a digest. */
  readonly compiler?: string;
}

/** The platforms of EKS Distro's Linux images. */
export const imagePlatforms: readonly Platform[] = ['linux/amd64', 'linux/arm64'];

/** A base image that is pulled, for all platforms at once. */
export function addBaseImage(
  name: string,
  reference: BaseImageNode['reference'],
  nodes: Map<NodeId, BuildNode>,
): NodeId {
  const node: BaseImageNode = {
    kind: 'base-image',
    id: asNodeId(`base-image ${name}`),
    needs: [],
    title: reference.tag === undefined ? name : `${name} ${reference.tag}`,
    projects: [],
    reference,
    platforms: imagePlatforms,
  };
  nodes.set(node.id, node);
  return node.id;
}

/** What an image of one platform is made of. */
interface Ingredients {
  readonly image: ProjectImage;
  readonly source: ImageSource;
  readonly platform: Platform;
  readonly dockerfile: string;
  /** The project's checkout. */
  readonly checkout: NodeId;
  readonly base: NodeId | undefined;
  readonly programs: readonly ImageProgram[];
}

/** The image of one platform, and the licences of its programs. */
export function addImage(of: Ingredients, nodes: Map<NodeId, BuildNode>): NodeId {
  const { image, source, platform, base, checkout } = of;
  const licenses = image.licenses === 'yes' ? addLicenses(of, nodes) : undefined;
  const files: ContextFile[] = of.programs.map(({ build: from, file }) => ({ from, path: file, to: file }));
  for (const path of licenses === undefined ? [] : ['LICENSES', 'ATTRIBUTION.txt']) {
    if (licenses !== undefined) files.push({ from: licenses, path, to: path });
  }
  const needs = new Set([...files.map(({ from }) => from), checkout, ...(base === undefined ? [] : [base])]);
  const node: ImageNode = {
    kind: 'image',
    id: asNodeId(`image ${image.name} ${platform}`),
    needs: [...needs],
    title: `${image.name} ${platform}`,
    projects: [source.project],
    image: image.name,
    platform,
    dockerfile: of.dockerfile,
    ...defined({ base }),
    files,
    source: checkout,
    buildArgs: image.args,
    labels: {},
    users: image.users,
    links: image.links,
  };
  nodes.set(node.id, node);
  return node.id;
}

/** One for all images of a project that hold the same Go programs; undefined where there are none. */
function addLicenses(
  { source, platform, programs }: Ingredients,
  nodes: Map<NodeId, BuildNode>,
): NodeId | undefined {
  const ids = [...new Set(programs.map(({ build }) => build))];
  const builds = source.builds.filter(({ id }) => ids.includes(id));
  return licensesOf(source, platform, builds, nodes);
}

/** The licences of what some of a project's builds for a platform link; undefined where there are none. */
export function licensesOf(
  source: Pick<ImageSource, 'project' | 'builds'>,
  platform: Platform,
  builds: readonly GoBuildNode[],
  nodes: Map<NodeId, BuildNode>,
): NodeId | undefined {
  const [first] = builds;
  if (first === undefined) return undefined;
  const isWhole = builds.length === source.builds.filter((build) => build.platform === platform).length;
  const part = isWhole ? [] : [builds.map(({ module }) => module).join('+')];
  const node: LicensesNode = {
    kind: 'licenses',
    id: asNodeId(['licenses', source.project, ...part, platform].join(' ')),
    needs: [
      ...new Set([
        first.toolchain,
        first.source,
        ...builds.flatMap(({ id, modules, generated }) => [
          id,
          modules,
          ...(generated === undefined ? [] : [generated]),
        ]),
      ]),
    ],
    title: `licences ${platform}`,
    projects: [source.project],
    toolchain: first.toolchain,
    source: first.source,
    platform,
    builds: builds.map(licensedBuild),
  };
  nodes.set(node.id, node);
  return node.id;
}

function licensedBuild(build: GoBuildNode): LicensedBuild {
  const { id, modules, module, goVersion, vendors, programs, flags, environment } = build;
  const { layout, generated } = build;
  return {
    ...{ build: id, modules, module, goVersion, vendors, programs, flags, environment },
    ...defined({ layout, generated }),
  };
}
