import type { VerdictName } from '../verdict/verify/verdict.ts';

/** A verdict that whoever gave something away let pass, and why. */
export interface Allowance {
  readonly verdict: VerdictName;
  readonly reason: string;
}
