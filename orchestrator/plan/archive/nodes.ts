import type { Lock } from '../../config/lock/lock.ts';
import type { ArchiveMember, ProjectArchive } from '../../config/project/archive.ts';
import { attributionFile } from '../../config/project/attributions.ts';
import { defined } from '../../core/defined.ts';
import type { Failure } from '../../core/failure.ts';
import { type Platform, platformParts } from '../../core/platform.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { holds } from '../condition.ts';
import { type ImageProgram, type ImageSource, licensesOf } from '../image-nodes.ts';
import { programOf } from '../images.ts';
import { fillKubernetes } from '../kubernetes-stamps.ts';
import type { BuildNode } from '../node.ts';
import { asNodeId, type NodeId } from '../node-base.ts';
import type { GoBuildNode } from '../node-go.ts';
import type { ContextFile } from '../node-image.ts';
import { lastPart } from './manifest-name.ts';
import type { ArchiveNode, SourceArchiveNode } from './node-archive.ts';

/** A file of a node's output that goes to a site, and what is added to its name there. */
export interface Made {
  readonly node: NodeId;
  readonly file: string;
  readonly ending: string;
  /** Those that are in it. */
  readonly programs: readonly ImageProgram[];
}

/** What files of a project are made of. */
export interface MadeOf {
  readonly source: ImageSource;
  /** The project's checkout. */
  readonly checkout: NodeId;
  /** Those of its platform; all where it has none. */
  readonly builds: readonly GoBuildNode[];
}

/** The nodes that make tars of images, or why there is none, by image and platform: `etcd-io/etcd linux/arm64`. */
export type ImageTars = Map<string, Result<ImageTar, Failure>>;

interface ImageTar {
  readonly node: NodeId;
  readonly programs: readonly ImageProgram[];
}

type OfKind<K extends ProjectArchive['kind']> = Extract<ProjectArchive, { readonly kind: K }>;

/** A program as it is. */
export function addProgram({
  source,
  builds,
  program,
}: MadeOf & { readonly program: string }): Result<readonly Made[], Failure> {
  const found = programIn(program, source, builds);
  if (!found.ok) return found;
  const { build: node, file } = found.value;
  return ok([{ node, file, ending: '', programs: [found.value] }]);
}

/** What the programs for a platform link, as a text. */
export function addAttribution(
  { source, builds, platform }: MadeOf & { readonly platform: Platform },
  nodes: Map<NodeId, BuildNode>,
): Result<readonly Made[], Failure> {
  const licenses = licensesOf(source, platform, builds, nodes);
  if (licenses === undefined) return ok([]);
  return ok([{ node: licenses, file: attributionFile, ending: '', programs: [] }]);
}

export function addSourceArchive(
  {
    source: { project },
    checkout,
    archive,
    path,
    lock,
  }: MadeOf & { readonly archive: OfKind<'source'>; readonly path: string; readonly lock: Lock },
  nodes: Map<NodeId, BuildNode>,
): Result<readonly Made[], Failure> {
  const { headTag } = archive;
  const file = lastPart(path);
  const node: SourceArchiveNode = {
    kind: 'source-archive',
    id: asNodeId(`source-archive ${project} ${path}`),
    needs: [checkout],
    title: file,
    projects: [project],
    file,
    source: checkout,
    ...defined({ headTag: headTag && fillKubernetes(headTag, lock.projects[project], lock) }),
  };
  nodes.set(node.id, node);
  return ok([{ node: node.id, file, ending: '', programs: [] }]);
}

interface Archived extends MadeOf {
  readonly archive: OfKind<'archive'>;
  /** On the site, below `artifacts/`, without the tag's folder. */
  readonly path: string;
  readonly platform: Platform;
  readonly tars: ImageTars;
  /** The programs that are published for the platform. */
  readonly published: readonly string[];
}

/** Files, and the programs that are in them. */
interface Held {
  readonly files: readonly ContextFile[];
  readonly programs: readonly ImageProgram[];
}

export function addArchive(of: Archived, nodes: Map<NodeId, BuildNode>): Result<readonly Made[], Failure> {
  const { source, checkout, archive, path } = of;
  const file = lastPart(path);
  const members: ContextFile[] = [];
  const programs: ImageProgram[] = [];
  for (const member of archive.members.filter(({ when }) => holds(when, source.subject))) {
    const found = membersOf(member, of, nodes);
    if (!found.ok) return found;
    const below = (to: string) =>
      member.at === undefined ? to : to === '.' ? member.at : `${member.at}/${to}`;
    members.push(...found.value.files.map((each) => ({ ...each, to: below(each.to) })));
    programs.push(...found.value.programs);
  }
  const named = members.filter(({ path: inside }) => inside !== '.').map(({ to }) => to);
  const twice = named.find((to, at) => named.indexOf(to) < at);
  if (twice !== undefined) {
    return err({ reason: 'unsafe-path', path: twice, where: file, detail: 'would be there twice' });
  }
  const node: ArchiveNode = {
    kind: 'archive',
    id: asNodeId(`archive ${source.project} ${path}`),
    needs: [...new Set([...members.map(({ from }) => from), checkout])],
    title: file,
    projects: [source.project],
    file,
    root: archive.root ?? '.',
    members,
    source: checkout,
  };
  nodes.set(node.id, node);
  const each = new Map(programs.map((program) => [`${program.build} ${program.file}`, program]));
  return ok([{ node: node.id, file, ending: '', programs: [...each.values()] }]);
}

function membersOf(
  member: ArchiveMember,
  { source, builds, platform, tars, published }: Archived,
  nodes: Map<NodeId, BuildNode>,
): Result<Held, Failure> {
  const files: ContextFile[] = [];
  const programs: ImageProgram[] = [];
  if ('licenses' in member) {
    const from = licensesOf(source, platform, builds, nodes);
    if (from === undefined) return ok({ files, programs });
    files.push({ from, path: 'LICENSES', to: 'LICENSES' });
    if (member.attributions === undefined) {
      files.push({ from, path: attributionFile, to: attributionFile });
    }
    for (const [to, names] of Object.entries(member.attributions ?? {})) {
      const of = new Set<NodeId>();
      for (const name of names) {
        const found = programIn(name, source, builds);
        if (!found.ok) return found;
        of.add(found.value.build);
      }
      const own = builds.filter(({ id }) => of.has(id));
      const part = licensesOf(source, platform, own, nodes);
      if (part !== undefined) files.push({ from: part, path: attributionFile, to });
    }
    return ok({ files, programs });
  }
  if ('images' in member) {
    for (const image of member.images) {
      const tar = tars.get(`${image} ${platform}`);
      if (tar === undefined) return err(missing(image, `its tar for ${platform} is no file of this release`));
      if (!tar.ok) return tar;
      for (const ending of ['.tar', '.docker_tag']) {
        const path = `${lastPart(image)}${ending}`;
        files.push({ from: tar.value.node, path, to: path });
      }
      programs.push(...tar.value.programs);
    }
    return ok({ files, programs });
  }
  if (member.programs === 'all') {
    const { project } = source;
    return ok({
      files: builds.map(({ id: from }) => ({ from, path: '.', to: '.' })),
      programs: published.flatMap((file) => programOf(file, builds, project) ?? []),
    });
  }
  for (const program of member.programs) {
    const found = programIn(program, source, builds);
    if (!found.ok) return found;
    const { build: from, file } = found.value;
    files.push({ from, path: file, to: file });
    programs.push(found.value);
  }
  return ok({ files, programs });
}

/** A program by its name without the `.exe` of windows. */
function programIn(
  program: string,
  { project }: ImageSource,
  builds: readonly GoBuildNode[],
): Result<ImageProgram, Failure> {
  const platform = builds[0]?.platform ?? 'linux/amd64';
  const file = platformParts(platform).os === 'windows' ? `${program}.exe` : program;
  const found = programOf(file, builds, project);
  return found === undefined
    ? err(missing(file, `no build of ${project} makes it for ${platform}`))
    : ok(found);
}

function missing(file: string, detail: string): Failure {
  return { reason: 'missing-output', file, detail };
}
