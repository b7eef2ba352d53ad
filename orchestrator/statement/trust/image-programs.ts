import type { Digest } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';
import { type ImageEquivalence, isOfImage, subjectName } from '../equivalence.ts';
import { equivalenceType } from '../predicates.ts';
import type { LookUp } from './found.ts';
import { type Looking, lookInto, type Refused, type Said, type SubjectFor } from './look-into.ts';
import { type Weighed, weigh } from './weigh.ts';

/** What a signer says of the programs in an image. */
interface OfImage {
  readonly signer: string;
  readonly image: ImageEquivalence;
}

function ofImages(opened: readonly (Said | Refused)[]): readonly OfImage[] {
  return opened.flatMap((each) =>
    'claim' in each && each.claim.kind === 'equivalence' && isOfImage(each.claim.equivalence)
      ? [{ signer: each.signer, image: each.claim.equivalence }]
      : [],
  );
}

/**
 * A summary speaks of a lock and of published files, and of no image: those were never published. So it is about an image where whoever
 * signed it says, too, that the image is of that lock, and the summary has each program that he says is in it.
 */
export function summariesAbout(asked: Digest, lock: Digest, opened: readonly (Said | Refused)[]): SubjectFor {
  const images = ofImages(opened).filter(({ image }) => image.lock === lock);
  return (signer, { subject }) => {
    const digests = new Set(subject.map(({ digest }) => digest['sha256']));
    const covers = ({ files }: ImageEquivalence) =>
      files.length > 0 && files.every(({ published }) => digests.has(published?.sha256));
    const isCovered = images.some((each) => each.signer === signer && covers(each.image));
    return isCovered ? lock : asked;
  };
}

/**
 * What signers deny of the programs that are in an image: one who found out later that a program is another takes back what he said of
 * all images that it is in, which he may no longer know. That they are as published needs nobody's second word.
 * Errors: a place that cannot be asked.
 */
export async function aboutPrograms(
  opened: readonly (Said | Refused)[],
  lookUp: LookUp,
  looking: Looking,
): Promise<Result<readonly Weighed[], Failure>> {
  const names = new Map<Digest, string>();
  for (const { image } of ofImages(opened))
    for (const file of image.files)
      if (file.published !== undefined) names.set(file.published.sha256, subjectName(file));
  const denials: Weighed[] = [];
  for (const [program, name] of names) {
    const found = await lookUp(program, [equivalenceType]);
    if (!found.ok) return found;
    for (const each of found.value) {
      const looked = await lookInto(each, program, looking);
      if (!looked.ok) return looked;
      const weighed = weigh(looked.value, looking.policy);
      if (weighed.denies) denials.push({ ...weighed, why: `${weighed.why} of ${name}, which is in it` });
    }
  }
  return ok(denials);
}
