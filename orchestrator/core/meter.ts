import type { Bytes, Transfer } from './event.ts';

/** Measures how fast bytes come or go. */
export interface Meter {
  at(bytes: Bytes): Transfer;
}

/** Seconds that a rate is taken over: short enough to show that something hangs, and longer than most buffers hide. */
const window = 10;

/** Seconds between two marks, at least. */
const spacing = 0.5;

/** @param now any clock that only moves forward, in seconds. */
export function newMeter(now: () => number): Meter {
  const marks = [{ at: now(), done: 0 }];
  return {
    at({ done, total }) {
      const at = now();
      // The oldest one that counts is the last before the window.
      while (marks[1] !== undefined && at - marks[1].at >= window) marks.shift();
      const [first = { at, done }] = marks;
      const seconds = at - first.at;
      if (at - (marks.at(-1)?.at ?? at) >= spacing) marks.push({ at, done });
      // What is sent again after a break was sent before.
      const perSecond = seconds > 0 ? Math.max(0, done - first.done) / seconds : 0;
      return { done, total, perSecond };
    },
  };
}
