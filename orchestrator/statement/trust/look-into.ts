import type { Digest } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { failureHeadline } from '../../core/failure-headline.ts';
import { countOf } from '../../core/numbers.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { TrustedKeys, VerifiedStatement } from '../sign/verify-bundle.ts';
import type { Statement } from '../statement.ts';
import { type Claim, readClaim } from './claim.ts';
import type { Found } from './found.ts';
import { fitsOne } from './pattern.ts';
import { type Policy, signerOf, trustedKeysOf } from './policy.ts';

/** Checks the signature of a bundle: `verifyBundle`. */
export type Verify = (
  text: string,
  place: string,
  trusted: TrustedKeys,
) => Promise<Result<VerifiedStatement, Failure>>;

/** A statement of somebody who is trusted. */
export interface Said {
  readonly place: string;
  /** By the policy's name. */
  readonly signer: string;
  readonly claim: Claim;
  /** What it is said of, and what that is called. */
  readonly subject: NamedSubject;
  /** When it was signed, where somebody who is trusted vouches for that. */
  readonly time?: Date;
}

export interface NamedSubject {
  readonly name: string;
  readonly digest: Digest;
}

/** What shows nothing, and why, as the end of a sentence. */
export interface Refused {
  readonly place: string;
  /** Where it is known who signed it. */
  readonly signer?: string;
  readonly why: string;
}

export interface Looking {
  readonly policy: Policy;
  readonly verify: Verify;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** By how much clocks may differ, in milliseconds. */
const clocksDiffer = 5 * 60_000;

/** The digest by which what a signer says is about what was asked: of an image, a summary has that of its lock. */
export type SubjectFor = (signer: string, statement: Statement) => Digest;

/**
 * Looks into what was found where a statement about some bytes may be: who signed it, whether it is about these, and when and for which
 * release; not whether what it says is enough. Errors: `aborted`.
 */
export async function lookInto(
  found: Found,
  subject: Digest | SubjectFor,
  { policy, verify, now }: Looking,
): Promise<Result<Said | Refused, Failure>> {
  const { place } = found;
  if ('why' in found) return ok({ place, why: found.why });
  if (!found.isSigned) return ok({ place, why: 'is not signed' });
  const verified = await verify(found.text, place, trustedKeysOf(policy));
  if (!verified.ok) {
    if (verified.error.reason === 'aborted') return verified;
    return ok({ place, why: refusal(verified.error, place) });
  }
  const { statement, by, time } = verified.value;
  const signer = signerOf(by, policy);
  if (!signer.ok) return ok({ place, why: signer.error });
  const known = { place, signer: signer.value };
  const about = typeof subject === 'string' ? subject : subject(signer.value, statement);
  const claimed = claimAbout(statement, about, place);
  if (!claimed.ok) return ok({ ...known, why: claimed.error });
  const why = whyTooOld(time, now, policy) ?? whyElsewhere(claimed.value.claim, policy);
  if (why !== undefined) return ok({ ...known, why });
  return ok({ ...known, ...claimed.value, ...(time === undefined ? {} : { time }) });
}

/** What a statement claims of some bytes. Errors: why nothing, as the end of a sentence. */
export function claimAbout(
  statement: Statement,
  digest: Digest,
  place: string,
): Result<Pick<Said, 'claim' | 'subject'>, string> {
  const own = statement.subject.find((each) => each.digest['sha256'] === digest);
  if (own === undefined) return err('is about something else');
  const claim = readClaim(statement, place);
  if (claim.ok) return ok({ claim: claim.value, subject: { name: own.name, digest } });
  return err(typeof claim.error === 'string' ? claim.error : refusal(claim.error, place));
}

/** `file:line:col: ` may stand before what is wrong, and the place is told beside it. */
export function refusal(failure: Failure, place: string): string {
  const headline = failureHeadline(failure);
  const rest = headline.startsWith(place) ? headline.slice(place.length).replace(/^[:0-9]*: /, '') : headline;
  return `is refused: ${rest}`;
}

function whyTooOld(time: Date | undefined, now: number, { days }: Policy): string | undefined {
  if (time !== undefined && time.getTime() > now + clocksDiffer)
    return `was signed at ${time.toISOString()}, which is to come`;
  if (days === undefined) return undefined;
  if (time === undefined)
    return 'has no time that anybody vouches for, and the policy limits how old it may be';
  const isTooOld = now - time.getTime() > days * 86_400_000;
  return isTooOld
    ? `was signed at ${time.toISOString()}, and may be ${countOf(days, 'day')} old at most`
    : undefined;
}

/** Of another release or project than the policy is for; what does not say is of none. */
function whyElsewhere({ release, project }: Claim, { releases, projects }: Policy): string | undefined {
  const told = [
    [releases, release, 'release'],
    [projects, project, 'project'],
  ] as const;
  for (const [patterns, name, what] of told) {
    if (patterns === undefined) continue;
    if (name === undefined) return `does not say which ${what} it is about, and the policy is for some`;
    if (!fitsOne(patterns, name)) return `is about the ${what} ${name}, which the policy is not for`;
  }
  return undefined;
}
