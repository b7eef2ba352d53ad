import type { Lock } from '../config/lock/lock.ts';
import type { ProjectArchive } from '../config/project/archive.ts';
import { fillVariables } from '../config/project/file-variables.ts';
import { byCodeUnit } from '../core/canonical-json.ts';
import { defined } from '../core/defined.ts';
import type { Failure } from '../core/failure.ts';
import { type Platform, platformParts } from '../core/platform.ts';
import type { RegistryPlace } from '../core/registry-place.ts';
import type { Result } from '../core/result.ts';
import { addImageTar, imageEndings } from './archive/image-tars.ts';
import { componentOf, lastPart, type ManifestAssetName } from './archive/manifest-name.ts';
import {
  addArchive,
  addAttribution,
  addProgram,
  addSourceArchive,
  type ImageTars,
  type Made,
} from './archive/nodes.ts';
import { holds } from './condition.ts';
import type { ImageProgram, ImageSource } from './image-nodes.ts';
import type { TaggingRelease } from './image-tag.ts';
import type { PlannedImage } from './images.ts';
import type { BuildNode } from './node.ts';
import type { NodeId } from './node-base.ts';

/** What a release's files are planned from, beside lock, recipes and images. */
export interface ArchiveInput {
  /** By which registry the tars of images call them. */
  readonly registry: RegistryPlace;
}

/** A file of a release's site, and the node that makes it. */
export interface PlannedFile {
  readonly project: string;
  /** Below `artifacts/`: `plugins/v1.4.0/cni-plugins-linux-amd64-v1.4.0.tar.gz`. */
  readonly path: string;
  /** Whose output has it, and where in that. */
  readonly node: NodeId;
  readonly file: string;
  /** Whether `.sha256` and `.sha512` stand beside it, and lines of it in SHA256SUM and SHA512SUM of its folder. */
  readonly hasSums: boolean;
  /** The programs in it; of what a pattern finds, those that the lock names. */
  readonly programs: readonly ImageProgram[];
  /** Absent: it is in no manifest. */
  readonly asset?: ManifestAssetName;
}

/** A file of a release's site that nothing can be planned for. */
export interface UnplannedFile {
  readonly project: string;
  /** As of a `PlannedFile`; without the tag where that is what is not known. */
  readonly path: string;
  /** The image whose file it is, or whose tar it was to hold and cannot. */
  readonly image?: string;
  readonly failure: Failure;
}

export interface PlannedFiles {
  /** By path in code-unit order. */
  readonly files: readonly PlannedFile[];
  readonly unplanned: readonly UnplannedFile[];
}

/** A project with what its recipe says of its files. */
export interface FileSource extends ImageSource {
  readonly archives: readonly ProjectArchive[];
}

interface FileInput {
  readonly lock: Lock;
  readonly isSelected: (platform: Platform) => boolean;
  readonly archives: ArchiveInput;
  readonly release: TaggingRelease;
}

/** One file of the site, or the three of an image. */
interface Place {
  readonly source: FileSource;
  readonly archive: ProjectArchive;
  readonly platform?: Platform;
  readonly program?: string;
  readonly image?: string;
}

/** Adds the nodes of all files of a release's site to the graph: of the selected projects and platforms. */
export function planFiles(
  sources: readonly FileSource[],
  images: readonly PlannedImage[],
  input: FileInput,
  nodes: Map<NodeId, BuildNode>,
): PlannedFiles {
  const tars: ImageTars = new Map();
  const files = new Map<string, PlannedFile>();
  const unplanned: UnplannedFile[] = [];
  const places = sources.flatMap((source) => placesOf(source, input));
  // Archives hold tars of images.
  const inOrder = [...places.filter(({ image }) => image), ...places.filter(({ image }) => !image)];
  for (const place of inOrder) {
    const { source, archive } = place;
    const { project } = source;
    const made = make(place, images, tars, input, nodes);
    const tag = archive.tagOf === undefined ? source.tag : input.lock.projects[archive.tagOf]?.tag;
    const at = (name: string) =>
      [archive.folder, ...(tag === undefined ? [] : [nameOfTag(tag)]), name].join('/');
    const refuse = (path: string, failure: Failure) =>
      unplanned.push({ project, path, failure, ...defined({ image: place.image ?? lackedBy(place, tars) }) });
    if (!made.ok) {
      for (const ending of endingsOf(archive)) refuse(at(nameOf(place, ending)), made.error);
      continue;
    }
    for (const { node, file, ending, programs } of made.value) {
      const name = nameOf(place, ending);
      const path = at(name);
      const other = files.get(path);
      if (tag === undefined) refuse(path, unknownFolder(archive, path));
      else if (other !== undefined) refuse(path, taken(path, other));
      else {
        const asset = isDescribed(ending) ? assetOf(place, name) : undefined;
        files.set(path, {
          project,
          path,
          node,
          file,
          hasSums: hasSums(name),
          programs,
          ...defined({ asset }),
        });
      }
    }
  }
  const byPath = (a: { readonly path: string }, b: { readonly path: string }) => byCodeUnit(a.path, b.path);
  return { files: [...files.values()].sort(byPath), unplanned: unplanned.sort(byPath) };
}

function placesOf(source: FileSource, { lock, isSelected }: FileInput): readonly Place[] {
  return source.archives
    .filter(({ when }) => holds(when, source.subject))
    .flatMap((archive): readonly Place[] => {
      // Nothing is built of what no hash is published of, and its source is on the site all the same.
      const hasAny =
        source.builds.length > 0 ||
        source.failure !== undefined ||
        lock.projects[source.project]?.checksums === undefined;
      if (archive.kind === 'source') return hasAny ? [{ source, archive }] : [];
      const platforms = archive.kind === 'attribution' ? [archive.platform] : archive.platforms;
      return platforms.filter(isSelected).flatMap((platform): readonly Place[] => {
        const place = { source, archive, platform };
        if (archive.kind === 'program') return archive.programs.map((program) => ({ ...place, program }));
        if (archive.kind === 'image') return archive.images.map((image) => ({ ...place, image }));
        return [place];
      });
    });
}

function make(
  place: Place,
  images: readonly PlannedImage[],
  tars: ImageTars,
  { lock, archives, release: { channel } }: FileInput,
  nodes: Map<NodeId, BuildNode>,
): Result<readonly Made[], Failure> {
  const { source, archive, platform, program, image } = place;
  if (source.failure !== undefined) return { ok: false, error: source.failure };
  const builds = source.builds.filter((build) => platform === undefined || build.platform === platform);
  const [first] = builds;
  if (first === undefined) return { ok: false, error: noBuild(source, archive, platform) };
  const { source: checkout } = first;
  const of = { source, checkout, builds };
  const path = `${archive.folder}/${nameOf(place, '')}`;
  switch (archive.kind) {
    case 'source':
      return addSourceArchive({ ...of, archive, path, lock }, nodes);
    case 'attribution':
      return addAttribution({ ...of, platform: archive.platform }, nodes);
    case 'program':
      return addProgram({ ...of, program: program ?? '' });
    case 'archive': {
      const files = lock.projects[source.project]?.checksums?.files ?? [];
      const published = files.filter((each) => each.platform === platform).map(({ name }) => name);
      return addArchive({ ...of, archive, path, platform: first.platform, tars, published }, nodes);
    }
    case 'image': {
      const planned = images.find((each) => each.image === image);
      const { registry } = archives;
      const wanted = { archive, path, image: image ?? '', planned, platform: first.platform };
      return addImageTar({ ...of, ...wanted, registry, channel, tars }, nodes);
    }
  }
}

/** What stands in the names of a file for what this one is. */
function valuesOf({ source, platform, program, image }: Place): Parameters<typeof fillVariables>[1] {
  const parts = platform === undefined ? {} : platformParts(platform);
  const extension = platform?.startsWith('windows/') ? '.exe' : '';
  const file = image === undefined ? program && `${program}${extension}` : lastPart(image);
  return { tag: nameOfTag(source.tag), ...parts, file };
}

/** Some tags name a folder: `helm/v1.2.3`. */
function nameOfTag(tag: string): string {
  return tag.replaceAll('/', '-');
}

/** Below folder and tag. */
function nameOf(place: Place, ending: string): string {
  return `${fillVariables(place.archive.file, valuesOf(place))}${ending}`;
}

function assetOf(place: Place, name: string): ManifestAssetName | undefined {
  const { source, archive, platform } = place;
  const component = componentOf(archive.component ?? source.component, source.subject);
  if (archive.description === undefined || component === undefined) return undefined;
  const description = fillVariables(archive.description, valuesOf(place));
  if (platform === undefined) return { component, name, description };
  const { os, arch } = platformParts(platform);
  return { component, name, description, os: os as NonNullable<ManifestAssetName['os']>, arch: [arch] };
}

/** An image whose tar an archive was to hold, and which has none. */
function lackedBy({ source, archive, platform }: Place, tars: ImageTars): string | undefined {
  if (archive.kind !== 'archive') return undefined;
  const members = archive.members.filter(({ when }) => holds(when, source.subject));
  const images: readonly string[] = members.flatMap((member) => ('images' in member ? member.images : []));
  return images.find((image) => tars.get(`${image} ${platform}`)?.ok !== true);
}

/** What is added to the names of the files that one place stands for. */
function endingsOf({ kind }: ProjectArchive): readonly string[] {
  return kind === 'image' ? imageEndings : [''];
}

/** Of the files of an image, manifests speak of the tar. */
function isDescribed(ending: string): boolean {
  return ending === '' || ending === '.tar';
}

/** Which files upstream makes sums of: release/create_release_checksums.sh of aws/eks-distro, every version of it. */
function hasSums(name: string): boolean {
  return /(^|\/)bin\/(linux|windows|darwin)\/|\.tar\.gz$/.test(name) && !name.includes('.docker_');
}

function noBuild({ project }: FileSource, { file }: ProjectArchive, platform = 'any platform'): Failure {
  return { reason: 'missing-output', file, detail: `no build of ${project} is for ${platform}` };
}

function unknownFolder({ tagOf = '' }: ProjectArchive, file: string): Failure {
  const detail = `its folder is called by the tag of ${tagOf}, which this release does not have`;
  return { reason: 'missing-output', file, detail };
}

function taken(path: string, { project }: PlannedFile): Failure {
  const detail = `${project} has a file there already`;
  return { reason: 'unsafe-path', path, where: 'the files of the release', detail };
}
