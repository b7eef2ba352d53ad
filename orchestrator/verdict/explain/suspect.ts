import type { BuildLayout } from '../../config/project/build-layout.ts';
import type { Confidence, Inside, RuleName } from '../verify/explanation.ts';
import type { Variant } from './variant.ts';

/** What the content of two programs says of why they differ: a cause, and builds that would confirm it. */
export interface Suspect {
  readonly rule: RuleName;
  /** One sentence. */
  readonly cause: string;
  /** A sentence each. */
  readonly evidence: readonly string[];
  /** How sure it is before anything is built. */
  readonly confidence: Exclude<Confidence, 'confirmed'>;
  readonly fix: string;
  /** Any one of them would do; the likeliest first. */
  readonly variants: readonly Variant[];
}

/** What was seen inside two programs, and what that speaks for. */
export interface Seen {
  readonly inside: Inside;
  readonly suspects: readonly Suspect[];
}

/** What is known of how our own program was built. */
export interface OwnBuild {
  /** The commit of the tag. */
  readonly commit: string;
  /** `-X` as it was: values by name. */
  readonly values: ReadonlyMap<string, string>;
  /** The words of `-ldflags` before those. */
  readonly words: readonly string[];
  /** The recipe's flags. */
  readonly flags: readonly string[];
  readonly hasPatches: boolean;
  /** Where its go command was run, where the recipe says so. */
  readonly layout?: BuildLayout;
  /** What else could be tried, by rule. */
  readonly variants: readonly Variant[];
}
