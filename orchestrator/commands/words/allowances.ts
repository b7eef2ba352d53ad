import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Allowance } from '../../statement/allowance.ts';
import { verdictNames } from '../../verdict/verify/verdict.ts';
import type { Idle } from './refuse-idle.ts';

/** What lets files go out that are not verified. */
export interface AllowOptions {
  readonly allow?: readonly string[];
  readonly reason?: string;
}

/** Reads what is allowed, and why. Errors: `usage`. @param where the reason goes, for who gives none. */
export function allowancesOf(
  { allow = [], reason }: AllowOptions,
  where: string,
): Result<readonly Allowance[], Failure> {
  const known: readonly string[] = verdictNames;
  const unknown = allow.find((verdict) => !known.includes(verdict));
  if (unknown !== undefined) {
    const message = `${JSON.stringify(unknown)} is no verdict.`;
    return err({ reason: 'usage', message, help: `The verdicts are ${known.join(', ')}.` });
  }
  if (allow.length > 0 && (reason ?? '').trim() === '') {
    const message = '--allow takes a --reason.';
    return err({ reason: 'usage', message, help: `It goes into ${where}.` });
  }
  return ok(
    verdictNames.filter((name) => allow.includes(name)).map((verdict) => ({ verdict, reason: reason ?? '' })),
  );
}

/** A reason for nothing. */
export function idleReason({ allow = [], reason }: AllowOptions): Idle {
  return [reason !== undefined && allow.length === 0, '--reason', 'without --allow'];
}
