import { taggingRelease } from '../plan/plan.ts';
import type { ImageReport } from '../report/image-report.ts';
import type { FileVerdict } from '../verdict/verify/verdict.ts';
import type { Allowance } from './allowance.ts';
import { assembleProvenance } from './assemble-provenance.ts';
import { programsIn } from './byproducts.ts';
import { subjectName } from './equivalence.ts';
import { compilersFor, partsOf } from './image-parts.ts';
import type { MadeBy } from './made-by.ts';
import type { Statement, Subject } from './statement.ts';

export const fileBuildType = 'urn:eksd-rebuild:file:1';
export const imageBuildType = 'urn:eksd-rebuild:image:1';

/**
 * How a program was made: all that it was built from, so that it can be built again elsewhere, without a clock or anything of this
 * machine. The subject is what was built here. @throws Error on a file that was not built.
 */
export function fileProvenance(
  { project, platform, name: file, found, node }: FileVerdict,
  made: MadeBy,
): Statement {
  if (found === undefined || node === undefined) throw new Error(`${file} of ${project} was not built`);
  const subject = [{ name: subjectName({ project, platform, file }), digest: { sha256: found } }];
  const parameters = { project, platform, file };
  return assembleProvenance(
    { subject, buildType: fileBuildType, parameters, node, projects: [project] },
    made,
  );
}

/**
 * The same of an image, with what was expected of each program in it, and what came. The subjects are its index, and the image of each
 * platform. @throws Error on an image that was not made.
 */
export function imageProvenance(
  image: ImageReport,
  made: MadeBy,
  allowances: readonly Allowance[] = [],
): Statement {
  const state = made.prepared.plan.images.find((each) => each.image === image.image)?.state;
  if (state?.kind !== 'planned') throw new Error(`${image.image} was not made`);
  const { base, ...parts } = partsOf(image, made);
  return assembleProvenance(
    {
      subject: imageSubjects(image),
      buildType: imageBuildType,
      parameters: {
        image: image.image,
        tag: image.tag,
        called: { ...taggingRelease(made.prepared.planInput) },
        platforms: image.platforms.map(({ platform }) => platform),
        base,
        ...compilersFor([image], made),
      },
      node: state.index,
      byproducts: programsIn(image, made.report),
      ...{ allowances, ...parts },
    },
    made,
  );
}

/** An image as that of which something is said: its index, and the image of each platform. @throws Error on one that was not made. */
export function imageSubjects({ image, digest, platforms }: ImageReport): readonly Subject[] {
  if (digest === undefined) throw new Error(`${image} was not made`);
  const all = [
    { name: image, digest },
    ...platforms.map((each) => ({ name: `${image}#${each.platform}`, digest: each.digest })),
  ];
  return all.map(({ name, digest: each }) => ({ name, digest: { sha256: each.replace(/^sha256:/, '') } }));
}
