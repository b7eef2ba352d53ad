import type { Authority } from '../../config/lock/lock.ts';
import type { Digest } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import type { Platform } from '../../core/platform.ts';
import type { Explanation } from './explanation.ts';

/** Everything that can be said of one file, from best to worst news; nothing else is ever said. */
export const verdictNames = [
  /** The published bytes. */
  'identical',
  /** The published bytes after named normalizations: archives and images only. */
  'equivalent',
  /** Differs, and the cause is confirmed. */
  'explained',
  /** Differs, and the cause is not known. */
  'different',
  /** We could not build it, and that is the build's fault or ours. */
  'build-failed',
  /** We could not build it, and that is the fault of this machine or its network: try again. */
  'infra-failed',
  /** What it is made of cannot be had, or is not what the release names. */
  'source-unavailable',
  /** The Go that it was built with cannot be had. */
  'toolchain-unavailable',
  /** Differs from a hash that nobody compared when it was published. */
  'stale-expectation',
  /** No published hash speaks of it. */
  'no-expectation',
  /** This program has no recipe for it yet. */
  'not-built',
] as const;

export type VerdictName = (typeof verdictNames)[number];

/** What is said of one file of one project for one platform. */
export interface FileVerdict {
  /** `etcd-io/etcd` */
  readonly project: string;
  readonly platform: Platform;
  /** As published: `etcdctl`, `livenessprobe.exe`. `*`: the files of a node that failed before it was known which it makes. */
  readonly name: string;
  readonly verdict: VerdictName;
  /** The published SHA-256, where one speaks of this file. */
  readonly expected?: Digest;
  /** What we built. */
  readonly found?: Digest;
  /** How far the expectation can be trusted; `absent` where there is none for this file. */
  readonly authority: Authority;
  /** `file:line` of the expectation in upstream's tree; absent where there is none. */
  readonly where?: string;
  /**
   * Whether the file counts as compared: it has an expectation that can be trusted (or came out identical), and nothing
   * outside (its source, its toolchain, a recipe that is not written yet) kept it from being built.
   */
  readonly comparable: boolean;
  /** One sentence, or several. */
  readonly why: string;
  /** Of a file that differs: the cause, where one was looked for. */
  readonly explanation?: Explanation;
  readonly failure?: Failure;
  /** The node that makes the file. */
  readonly node?: string;
  /** The node that failed: `node` itself, or one that it needs. */
  readonly failedNode?: string;
}
