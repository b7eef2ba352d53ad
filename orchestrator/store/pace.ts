import { setImmediate } from 'node:timers/promises';

/**
 * Lets other work of this process have its turn. System calls on small local files cost microseconds when made at once
 * and ten times that through the thread pool, so the store makes them at once, and pauses by this.
 */
export interface Pace {
  /** Counts one file and its bytes; pauses where enough was counted since the last pause. Rejects with an `AbortError`. */
  spent(bytes: number): Promise<void> | undefined;
}

/** About ten milliseconds' worth: SHA-256 runs at 0.5 to 2 GB/s, the calls for one file take some 30 µs. */
const budget = 8 * 2 ** 20;
const costOfFile = 32 * 2 ** 10;

/** @param signal ends what goes at this pace, at its next pause: see `guarded`. */
export function newPace(signal?: AbortSignal): Pace {
  let left = budget;
  return {
    spent(bytes) {
      left -= bytes + costOfFile;
      if (left > 0) return undefined;
      left = budget;
      return setImmediate(undefined, { ...(signal && { signal }) });
    },
  };
}
