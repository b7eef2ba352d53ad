import { messageOf, subjectOf, vulnerabilitiesIn } from '../config/lock/patch-message.ts';
import type { Failure } from '../core/failure.ts';
import type { Result } from '../core/result.ts';
import { goVersionInPatch } from './kubernetes-go.ts';
import type { Blobs } from './upstream.ts';

/** What is kept of a patch's text. */
export interface PatchFacts {
  readonly subject: string | undefined;
  /** What its message says that it fixes. */
  readonly told: readonly string[];
  /** What it does to `.go-version`. */
  readonly goVersion: ReturnType<typeof goVersionInPatch>;
}

/** Reads a patch once, whoever asks: contents are parsed by one function each. Undefined where the repository lacks it. */
export function patchFactsOf(blobs: Blobs, blob: string): Promise<Result<PatchFacts | undefined, Failure>> {
  return blobs.parsed(blob, (text) => {
    const message = messageOf(text);
    return {
      subject: subjectOf(message),
      told: vulnerabilitiesIn(message),
      goVersion: goVersionInPatch(text),
    };
  });
}
