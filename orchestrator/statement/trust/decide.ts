import { z } from 'zod';
import { byCodeUnit } from '../../core/canonical-json.ts';
import { type RequirementKind, requirementKinds } from './claim.ts';
import type { Policy } from './policy.ts';
import type { Weighed } from './weigh.ts';

/** A statement, as an answer tells it. */
const told = z.strictObject({
  place: z.string(),
  signer: z.string().optional(),
  says: z.string().optional(),
  /** When it was signed, where somebody who is trusted vouches for that. */
  time: z.string().optional(),
});

const requirement = z.strictObject({
  kind: z.enum(requirementKinds as [RequirementKind, ...RequirementKind[]]),
  isMet: z.boolean(),
  /** How many signers have to say so. */
  needed: z.number(),
  /** Who does: a signer each. */
  agreed: z.array(told.required({ signer: true })),
  /** What does not count, and why: the end of a sentence. */
  others: z.array(told.extend({ why: z.string() })),
});
export type Requirement = z.infer<typeof requirement>;

/** The answer about some bytes. */
export const decisionSchema = z.strictObject({
  isTrusted: z.boolean(),
  requirements: z.array(requirement),
  /** What was found and shows nothing, of which it is not known what it was to say. */
  refused: z.array(told.extend({ why: z.string() })),
});
export type Decision = z.infer<typeof decisionSchema>;

/**
 * Yes or no, by what was found: each thing that the policy requires has to be said by as many of its signers as have to agree. Who says it
 * twice counts once, and who says that it is so and that it is not, not at all.
 */
export function decide(
  found: readonly Weighed[],
  { require, agree }: Pick<Policy, 'require' | 'agree'>,
): Decision {
  const kinds = requirementKinds.filter((kind) => require[kind] !== undefined);
  const requirements = kinds.map((kind): Requirement => {
    const own = found.filter((each) => each.kind === kind);
    const contrary = new Set(own.filter(({ denies }) => denies).map(({ signer }) => signer));
    const agreed = new Map<string, Requirement['agreed'][number]>();
    const others: Requirement['others'] = [];
    for (const each of own) {
      const { signer, why } = each;
      if (signer === undefined) continue;
      if (why !== undefined) others.push({ ...tellOf(each), why });
      else if (contrary.has(signer))
        others.push({ ...tellOf(each), why: 'is contradicted by another of the same signer' });
      else if (!agreed.has(signer)) agreed.set(signer, { ...tellOf(each), signer });
    }
    const names = [...agreed.values()].sort((a, b) => byCodeUnit(a.signer, b.signer));
    return { kind, isMet: names.length >= agree, needed: agree, agreed: names, others };
  });
  return {
    // Of no requirement at all, a policy is none: `every` would say yes.
    isTrusted: agree > 0 && requirements.length > 0 && requirements.every(({ isMet }) => isMet),
    requirements,
    refused: found.flatMap((each) =>
      each.kind === undefined ? [{ ...tellOf(each), why: each.why ?? 'says nothing that is asked for' }] : [],
    ),
  };
}

function tellOf({ place, signer, says, time }: Weighed): z.infer<typeof told> {
  return {
    place,
    ...(signer === undefined ? {} : { signer }),
    ...(says === undefined ? {} : { says }),
    ...(time === undefined ? {} : { time }),
  };
}
