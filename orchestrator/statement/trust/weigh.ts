import type { Claim, RequirementKind } from './claim.ts';
import type { Refused, Said } from './look-into.ts';
import type { Policy } from './policy.ts';

/** A statement that was looked into: what it says and who says so, or why it does not count. */
export interface Weighed {
  readonly place: string;
  /** By the policy's name; undefined where nobody who is trusted signed it. */
  readonly signer?: string;
  readonly kind?: RequirementKind;
  /** What it says, in a word: a verdict, a builder, a verifier. */
  readonly says?: string;
  /** When it was signed, where somebody who is trusted vouches for that. ISO 8601. */
  readonly time?: string;
  /** Why it does not count, as the end of a sentence; undefined where it does. */
  readonly why?: string;
  /** It says that what is required is not so: who says both is not believed. */
  readonly denies?: true;
}

/** Whether what somebody says is what a policy requires. */
export function weigh(given: Said | Refused, { require }: Pick<Policy, 'require'>): Weighed {
  if ('why' in given) return given;
  const { place, signer, claim, time } = given;
  const known = {
    ...{ place, signer, kind: claim.kind, says: sayingOf(claim) },
    ...(time === undefined ? {} : { time: time.toISOString() }),
  };
  const denial = denialOf(claim);
  if (denial !== undefined) return { ...known, why: denial, denies: true };
  const why = whyNotEnough(claim, require);
  return why === undefined ? known : { ...known, why };
}

function denialOf(claim: Claim): string | undefined {
  if (claim.kind === 'summary') return claim.hasPassed ? undefined : 'says that verification failed';
  if (claim.kind === 'provenance') return undefined;
  const { verdict } = claim.equivalence;
  return verdict === 'identical' || verdict === 'equivalent' ? undefined : `says ${verdict}`;
}

/** Why the policy does not take what is claimed, as the end of a sentence. */
function whyNotEnough(claim: Claim, require: Policy['require']): string | undefined {
  switch (claim.kind) {
    case 'equivalence': {
      const { verdict, normalizers } = claim.equivalence;
      const taken: readonly string[] = require.equivalence?.verdicts ?? [];
      if (!taken.includes(verdict)) return `says ${verdict}, which the policy does not take`;
      const allowed = require.equivalence?.normalizers ?? [];
      const others = normalizers.filter((each) => !allowed.includes(each));
      if (others.length > 0) return `sets aside what the policy does not: ${others.join(', ')}`;
      const isOpen = verdict === 'equivalent' && normalizers.length === 0;
      return isOpen ? 'says equivalent, and not what was set aside' : undefined;
    }
    case 'provenance':
      if (require.provenance?.builders.includes(claim.builder) === true) return undefined;
      return `is of the builder ${claim.builder}, which the policy does not take`;
    case 'summary': {
      if (require.summary?.verifiers.includes(claim.verifier) !== true)
        return `is of the verifier ${claim.verifier}, which the policy does not take`;
      const missing = (require.summary.levels ?? []).filter((level) => !claim.levels.includes(level));
      return missing.length > 0 ? `does not say ${missing.join(', ')}` : undefined;
    }
  }
}

function sayingOf(claim: Claim): string {
  switch (claim.kind) {
    case 'equivalence': {
      const { verdict, normalizers } = claim.equivalence;
      return normalizers.length === 0 ? verdict : `${verdict} but for ${normalizers.join(', ')}`;
    }
    case 'provenance':
      return claim.builder;
    case 'summary':
      return claim.verifier;
  }
}
