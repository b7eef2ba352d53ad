import { mkdtemp } from 'node:fs/promises';
import { join, posix } from 'node:path';
import type { Failure } from '../../core/failure.ts';
import { failureHeadline } from '../../core/failure-headline.ts';
import {
  formatImageReference,
  type ImageReference,
  parseImageReference,
} from '../../core/image-reference.ts';
import type { Platform } from '../../core/platform.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { readImageView } from '../../oci/image/image-view.ts';
import { listImages } from '../../oci/image/open-image.ts';
import { openImageSource } from '../../oci/image/open-source.ts';
import { mirroredImage } from '../../oci/registry/mirror.ts';
import { pullImage, resolveTag } from '../../oci/registry/pull.ts';
import type { Registries } from '../../run/wiring/registries.ts';
import type { KnownSide, Side } from '../../vulnerability/finding.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import { withEcrScan } from './ecr-side.ts';
import { takeGoPrograms } from './go-programs.ts';
import { type ImageLooking, imageSide } from './image-side.ts';

/** An image of somebody else's. */
export interface OtherImage {
  /** A folder or archive on this machine, or an image's name in a registry. */
  readonly place: { readonly path: string } | { readonly reference: ImageReference };
  /** Of the modules of its programs, where they say none. */
  readonly version: string | undefined;
}

/** What was found in an image of somebody else's. */
interface OtherSides {
  readonly image: Side;
  /** Of the programs in it by base name. */
  readonly programs: ReadonlyMap<string, KnownSide>;
}

/** Looks into images of others, each once. What cannot be had is not known, and why is said; an interruption ends it. */
export function createElsewhere(
  workspace: Pick<Workspace, 'mirrors'>,
  registries: Registries,
  looking: ImageLooking,
) {
  const seen = new Map<string, Promise<Result<OtherSides, Failure>>>();
  /** Hosts that did not answer: nobody waits for them once for each image. */
  const silent = new Map<string, Failure>();
  const pull = async (reference: ImageReference, platform: Platform): Promise<Result<string, Failure>> => {
    const from = mirroredImage(reference, workspace.mirrors);
    if (!from.ok) return from;
    const { host, repository, tag = 'latest', digest } = from.value;
    const before = silent.get(host);
    if (before !== undefined) return err(before);
    const registry = await registries.open(host);
    if (!registry.ok) return registry;
    const found = digest === undefined ? await resolveTag(registry.value, repository, tag) : ok(digest);
    if (!found.ok && found.error.reason === 'network') silent.set(host, found.error);
    if (!found.ok) return found;
    const folder = await mkdtemp(join(looking.scratch, 'pulled-'));
    const wanted = { repository, digest: found.value, platforms: [platform], folder };
    const pulled = await pullImage(registry.value, wanted);
    return pulled.ok ? ok(folder) : pulled;
  };
  const open = async (
    { place, version }: OtherImage,
    platform: Platform,
  ): Promise<Result<OtherSides, Failure>> => {
    const path = 'path' in place ? ok(place.path) : await pull(place.reference, platform);
    if (!path.ok) return path;
    const name = 'path' in place ? place.path : formatImageReference(place.reference);
    const scratch = await mkdtemp(join(looking.scratch, 'opened-'));
    const { signal } = looking;
    const layout = await openImageSource(path.value, { name, scratch, signal });
    if (!layout.ok) return layout;
    const images = await listImages(layout.value, platform);
    if (!images.ok) return images;
    const [image] = images.value;
    if (image === undefined) return err(lacking(name, platform));
    const side = await imageSide(image, { name, from: name, version }, looking);
    if (!side.ok) return side;
    const scanned = 'path' in place ? side : await withEcrScan(side.value, place.reference, registries.ecr);
    if (!scanned.ok) return scanned;
    const view = await readImageView(image, { name, signal });
    if (!view.ok) return view;
    const folder = await mkdtemp(join(looking.scratch, 'programs-'));
    const found = await takeGoPrograms(view.value, { name, signal, folder });
    if (!found.ok) return found;
    const programs = new Map<string, KnownSide>();
    for (const { path: inside, sha256, file } of found.value.programs) {
      const known = looking.known.get(sha256);
      const program = { sha256, from: `${name}, ${inside}`, version, file: async () => ok(file) };
      const looked = known === undefined ? await looking.scanning.look(program) : ok({ side: known });
      if (!looked.ok) return looked;
      programs.set(posix.basename(inside), { ...looked.value.side, from: program.from });
    }
    return ok({ image: scanned.value, programs });
  };
  return {
    /** Errors: `aborted` alone. */
    async look(image: OtherImage, platform: Platform): Promise<Result<OtherSides, Failure>> {
      const key = `${JSON.stringify(image)} ${platform}`;
      const asked = seen.get(key) ?? open(image, platform);
      seen.set(key, asked);
      const sides = await asked;
      if (sides.ok || looking.signal.aborted) return sides.ok ? sides : err({ reason: 'aborted' });
      return ok({ image: { known: false, why: failureHeadline(sides.error) }, programs: new Map() });
    },
  };
}

/** An image's name; undefined where it is none. */
export function asReference(text: string): ImageReference | undefined {
  const parsed = parseImageReference(text);
  return 'why' in parsed ? undefined : parsed;
}

function lacking(name: string, platform: Platform): Failure {
  const help = 'Select the platforms that it has: --platform.';
  return { reason: 'usage', message: `${name} has no image for ${platform}.`, help };
}
