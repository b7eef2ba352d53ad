import type { Digest } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import type { Result } from '../../core/result.ts';

/** What lies where a statement may: nobody has looked into it. */
export type Found = FoundText | FoundTrouble;

interface FoundText {
  /** For people: a path, a URL, an image with the digest of what refers to it. */
  readonly place: string;
  readonly text: string;
  /** Whether it has the name or type of a bundle; else it is at best a statement that nobody signed. */
  readonly isSigned: boolean;
}

/** Something that is there and cannot be read. */
interface FoundTrouble {
  readonly place: string;
  /** The end of a sentence. */
  readonly why: string;
}

/**
 * What a place has of statements about bytes, of some types. That it has none is no failure; that it cannot be asked is one, and then
 * nothing may be said: what was not seen may be what matters.
 */
export type LookUp = (
  subject: Digest,
  types: readonly string[],
) => Promise<Result<readonly Found[], Failure>>;

/** How many one place may have of one type about the same bytes: who has more hides something, or has a circle. */
export const mostOfOne = 100;
