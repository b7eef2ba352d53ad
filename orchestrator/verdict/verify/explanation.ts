import type { Override } from '../../config/lock/override.ts';

/** Where a cause was looked for, in the order of the rules: the cheap ones first. */
const ruleNames = [
  /** The expectation itself: stale, copied, unchecked, or older than what stands beside it. */
  'expectation',
  /** Another Go version, or another distribution of it. */
  'go',
  /** Go's version-control stamp. */
  'stamp',
  /** Values that the linker sets: `-X`. */
  'link-values',
  /** The patches: which, in which order, committed by whom and when. */
  'patches',
  /** Sums of modules in the build information; modules from `vendor` or from the cache. */
  'modules',
  /** Flags and environment of the build. */
  'settings',
  /** Absolute paths inside. */
  'paths',
  /** Nothing that runs differs. */
  'not-run',
  /** Two builds of our own differ. */
  'nondeterministic',
  /** The code differs. */
  'code',
  /** Nothing that is known speaks for a cause. */
  'unknown',
] as const;
export type RuleName = (typeof ruleNames)[number];

/** How sure a cause is. `confirmed`: with that one thing changed, the published bytes came out. */
export type Confidence = 'confirmed' | 'high' | 'medium' | 'low';

/** Why a file is not the published one, as far as is known. */
export interface Explanation {
  readonly rule: RuleName;
  /** One sentence. */
  readonly cause: string;
  /** What speaks for it, a sentence each. */
  readonly evidence: readonly string[];
  readonly confidence: Confidence;
  /** What to do about it: one sentence. */
  readonly fix: string;
  /** What reproduces the published file, where that is confirmed. */
  readonly override?: Override;
  /** What differs inside; absent where the published file was not at hand. */
  readonly inside?: Inside;
  /** What was built to find it, in order. */
  readonly tried: readonly Tried[];
}

/** What differs inside a file of ours and the published one. */
export interface Inside {
  /** How far they are apart (`Extent`); absent where only build information was at hand. */
  readonly extent?: 'identical' | 'build-id' | 'bookkeeping' | 'data' | 'code';
  /** Most telling first. */
  readonly differences: readonly { readonly kind: string; readonly text: string }[];
}

/** A build with one thing changed, or two. */
export interface Tried {
  readonly rule: RuleName;
  /** What was changed: `Go 1.21.9`. */
  readonly what: string;
  /** Whether the published bytes came out; `failed`: nothing did. */
  readonly result: 'published' | 'different' | 'failed';
}
