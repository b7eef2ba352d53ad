import type { ProjectArchive } from '../../config/project/archive.ts';
import { fillVariables } from '../../config/project/file-variables.ts';
import type { Failure } from '../../core/failure.ts';
import type { Platform } from '../../core/platform.ts';
import { type RegistryPlace, repositoryOf } from '../../core/registry-place.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { holds } from '../condition.ts';
import type { PlannedImage, PlannedPlatform } from '../images.ts';
import type { BuildNode } from '../node.ts';
import { asNodeId, type NodeId } from '../node-base.ts';
import { lastPart } from './manifest-name.ts';
import type { ImageTarNode } from './node-archive.ts';
import type { ImageTars, Made, MadeOf } from './nodes.ts';

interface Tarred extends MadeOf {
  readonly archive: Extract<ProjectArchive, { readonly kind: 'image' }>;
  /** On the site, below `artifacts/`, without tag and ending. */
  readonly path: string;
  readonly image: string;
  readonly planned: PlannedImage | undefined;
  readonly platform: Platform;
  readonly registry: RegistryPlace;
  /** That of the release which images are tagged by. */
  readonly channel: string;
  /** Gets this one. */
  readonly tars: ImageTars;
}

/** What an image's files are called, after its own name. */
export const imageEndings = ['.tar', '.docker_tag', '.docker_image_name'] as const;

/** The tar of an image for a platform, and what stands beside it. */
export function addImageTar(of: Tarred, nodes: Map<NodeId, BuildNode>): Result<readonly Made[], Failure> {
  const { image, platform, planned, tars } = of;
  const found = platformOf(image, platform, planned);
  if (!found.ok) {
    tars.set(`${image} ${platform}`, found);
    return found;
  }
  const { programs } = found.value;
  const node = imageTar(of, found.value);
  nodes.set(node.id, node);
  tars.set(`${image} ${platform}`, ok({ node: node.id, programs }));
  return ok(
    imageEndings.map((ending) => ({
      ...{ node: node.id, file: `${node.file}${ending}`, ending },
      programs: ending === '.tar' ? programs : [],
    })),
  );
}

/** An image that is made for a platform, and the tag of its release. */
interface MadeImage extends PlannedPlatform {
  readonly tag: string;
}

function platformOf(
  image: string,
  platform: Platform,
  planned: PlannedImage | undefined,
): Result<MadeImage, Failure> {
  if (planned === undefined) return err(noImage(image, 'the image is not among what was asked for'));
  if (planned.state.kind === 'failure') return err(planned.state.failure);
  const found = planned.state.platforms.find((each) => each.platform === platform);
  if (found === undefined) return err(noImage(image, `the image is not made for ${platform}`));
  return ok({ ...found, tag: planned.tag });
}

function imageTar(of: Tarred, made: MadeImage): ImageTarNode {
  const { source, checkout, archive, path, image, platform, registry, channel } = of;
  const { node: from, tag } = made;
  const name = (each: string) => `${registry.host}/${repositoryOf(registry, image)}:${each}`;
  const tags = archive.tags.filter(({ when }) => holds(when, source.subject));
  const further = (wanted: 'yes' | 'no') =>
    tags
      .filter(({ told }) => told === wanted)
      .map((each) => name(fillVariables(each.tag, { tag: source.tag, branch: channel })));
  const told = [...further('yes'), name(tag)];
  return {
    kind: 'image-tar',
    id: asNodeId(`image-tar ${source.project} ${path}`),
    needs: [from, checkout],
    title: `${image} ${platform} for ${archive.format === 'oci' ? 'OCI' : 'docker'}`,
    projects: [source.project],
    file: lastPart(image),
    platform,
    image: from,
    source: checkout,
    format: archive.format,
    names: [...new Set([...told, ...further('no')])],
    told: told.join(','),
    tag,
  };
}

function noImage(file: string, detail: string): Failure {
  return { reason: 'missing-output', file, detail };
}
