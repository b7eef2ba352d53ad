import { z } from 'zod';
import type { Digest } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';
import { requirableTypes, requirementKinds } from './claim.ts';
import { decide, decisionSchema } from './decide.ts';
import type { Found, LookUp } from './found.ts';
import { aboutPrograms, summariesAbout } from './image-programs.ts';
import { type Looking, lookInto, type Refused, type Said } from './look-into.ts';
import { weigh } from './weigh.ts';

/** What is said of one thing that was asked about. */
const subjectSchema = decisionSchema.extend({
  /** As it was asked for, or below the folder that was. */
  name: z.string(),
  /** Undefined where its bytes were not looked at: `why`. */
  sha256: z.string().optional(),
  /** Why it is not trusted whatever anybody says: the end of a sentence. */
  why: z.string().optional(),
  /** It is a list of sums, and no more than what these files are. */
  sumsOf: z.array(z.string()).optional(),
});
export type SubjectAnswer = z.infer<typeof subjectSchema>;

/** What `trust --json` prints. */
export const answerSchema = z.strictObject({
  schema: z.literal(1),
  /** The file. */
  policy: z.string(),
  /** Whether all of it is trusted: nothing was asked about, nothing is. */
  isTrusted: z.boolean(),
  /** Where statements were looked for. */
  places: z.array(z.string()),
  subjects: z.array(subjectSchema),
});
export type Answer = z.infer<typeof answerSchema>;

/** What statements about some bytes are found by. */
export interface Sources {
  readonly lookUps: readonly LookUp[];
  /** What lies beside the file itself. */
  readonly beside?: readonly Found[];
}

/**
 * Looks for statements about some bytes in all places, and decides. Errors: a place that cannot be asked: what it has may matter.
 * @param name of what is asked about.
 */
export async function answerAbout(
  name: string,
  sha256: Digest,
  { lookUps, beside = [] }: Sources,
  looking: Looking,
): Promise<Result<SubjectAnswer, Failure>> {
  const { require } = looking.policy;
  const kinds = requirementKinds.filter((kind) => require[kind] !== undefined);
  // A summary lies by the digest of the lock of its release, which the others name.
  const types = kinds.map((kind) => requirableTypes[kind]);
  const asked =
    require.summary === undefined ? types : [...new Set([...types, ...Object.values(requirableTypes)])];
  const found = await everywhere(lookUps, sha256, asked);
  if (!found.ok) return found;
  const opened: (Said | Refused)[] = [];
  for (const each of [...beside, ...found.value]) {
    const looked = await lookInto(each, sha256, looking);
    if (!looked.ok) return looked;
    opened.push(looked.value);
  }
  if (require.summary !== undefined) {
    for (const lock of locksIn(opened)) {
      const summaries = await everywhere(lookUps, lock, [requirableTypes.summary]);
      if (!summaries.ok) return summaries;
      for (const each of summaries.value) {
        const looked = await lookInto(each, summariesAbout(sha256, lock, opened), looking);
        if (!looked.ok) return looked;
        opened.push(looked.value);
      }
    }
  }
  const programs = await aboutPrograms(
    opened,
    (subject, types) => everywhere(lookUps, subject, types),
    looking,
  );
  if (!programs.ok) return programs;
  const weighed = [...opened.map((each) => weigh(each, looking.policy)), ...programs.value];
  const relevant = weighed.filter(({ kind }) => kind === undefined || kinds.includes(kind));
  return ok({ name, sha256, ...decide(relevant, looking.policy) });
}

async function everywhere(
  lookUps: readonly LookUp[],
  subject: Digest,
  types: readonly string[],
): Promise<Result<readonly Found[], Failure>> {
  const found: Found[] = [];
  for (const lookUp of lookUps) {
    const there = await lookUp(subject, types);
    if (!there.ok) return there;
    found.push(...there.value);
  }
  return ok(found);
}

/** The locks that trusted statements name. */
function locksIn(opened: readonly (Said | Refused)[]): ReadonlySet<Digest> {
  return new Set(
    opened.flatMap((each) =>
      'claim' in each && each.claim.kind === 'equivalence' ? [each.claim.equivalence.lock] : [],
    ),
  );
}
