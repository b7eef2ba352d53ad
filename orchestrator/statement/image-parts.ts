import type { Json } from '../core/canonical-json.ts';
import { defined } from '../core/defined.ts';
import { digestOf } from '../core/digest.ts';
import { formatImageReference, parseImageReference } from '../core/image-reference.ts';
import type { ImageReport } from '../report/image-report.ts';
import type { PinnedBase } from './assemble-provenance.ts';
import { baseOf, compilersOf } from './dependencies.ts';
import type { MadeBy } from './made-by.ts';

/** What an image brings into a provenance. */
interface ImageParts {
  /** Those whose programs it holds, and whose images it stands on. */
  readonly projects: readonly string[];
  readonly bases: readonly PinnedBase[];
  /** What it stands on at its bottom, as a parameter: `scratch`, or a base image. */
  readonly base: Json;
  readonly dependencies: readonly Json[];
}

export function partsOf(image: ImageReport, made: MadeBy): ImageParts {
  const chain = [image, ...imagesBelow(image, made.report.images ?? [])];
  const name = chain.at(-1)?.standsOn ?? '';
  return {
    projects: chain.flatMap(({ project, programs }) => [project, ...programs.map((each) => each.project)]),
    bases: image.base === undefined ? [] : [{ name, ...referenceOf(image) }],
    base: image.base === undefined ? 'scratch' : { name, ...image.base },
    dependencies: [
      ...chain.flatMap((each) => dockerfileOf(each.image, made)),
      ...compilersOf(image),
      ...baseOf(image, name, made),
    ],
  };
}

/** The images that one stands on, the lowest last. */
function imagesBelow(image: ImageReport, images: readonly ImageReport[]): readonly ImageReport[] {
  const below = images.find((each) => each.image === image.standsOn);
  return below === undefined ? [] : [below, ...imagesBelow(below, images)];
}

/** What an image is made by: the same for all its platforms. */
function dockerfileOf(image: string, { prepared }: MadeBy): readonly Json[] {
  const node = [...prepared.plan.graph.nodes.values()].find(
    (each) => each.kind === 'image' && each.image === image,
  );
  if (node?.kind !== 'image') return [];
  return [{ uri: dockerfileUri(image), digest: { sha256: digestOf(node.dockerfile) } }];
}

export function dockerfileUri(image: string): string {
  return `urn:eksd-rebuild:dockerfile:${image}`;
}

/** The digest of a published base image: what its tag pointed at. */
function referenceOf({ base }: ImageReport): Pick<PinnedBase, 'digest'> {
  if (base?.from !== 'published') return {};
  const parsed = parseImageReference(base.reference);
  if ('why' in parsed) throw new Error(`${base.reference} ${parsed.why}`);
  return defined({ digest: parsed.digest });
}

/** What was to compile the programs in C that images hold, by the platform that they are for; nothing where they hold none. */
export function compilersFor(
  images: readonly ImageReport[],
  { prepared }: MadeBy,
): { readonly compilers?: Json } {
  const compiled = images.flatMap(({ programs }) => programs.filter((each) => each.compiled !== undefined));
  const platforms = new Set(compiled.map(({ platform }) => platform));
  const chosen = [...(prepared.planInput.images?.compilers ?? [])].filter(([each]) => platforms.has(each));
  if (chosen.length === 0) return {};
  return {
    compilers: Object.fromEntries(
      chosen.map(([platform, { reference, gcc, on }]) => {
        return [platform, { image: formatImageReference(reference), gcc, on }];
      }),
    ),
  };
}
