/** What a registry client may know of time and chance. */
export interface Clock {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
  /** Ends after so many milliseconds, or when the signal fires. */
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** Tries in a row that come to nothing. */
export const tries = 5;

/** Milliseconds before the second try; three times as long before each later one, so that a restart is waited for. */
const firstWait = 500;

/** How long to wait after a try, from 1, in milliseconds: at least what the registry says, and longer each time, with some chance. */
export function waitAfter(attempt: number, retryAfter: number | undefined, random: number): number {
  return Math.max(retryAfter ?? 0, firstWait * 3 ** (attempt - 1) * (0.5 + random));
}
