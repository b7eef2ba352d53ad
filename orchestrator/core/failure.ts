import type { Diagnostic } from './diagnostic.ts';

/** Expected trouble, as data. Every `reason` is described in `describe-failure.ts` and graded in `exit-code.ts`. */
export type Failure =
  | { readonly reason: 'usage'; readonly message: string; readonly help: string }
  | { readonly reason: 'configuration'; readonly diagnostics: readonly Diagnostic[] }
  | {
      readonly reason: 'unknown-name';
      readonly what: 'release' | 'branch' | 'project' | 'platform' | 'file' | 'image' | 'base image';
      readonly name: string;
      readonly nearest: readonly string[];
      readonly help: string;
    }
  | { readonly reason: 'missing-program'; readonly program: string; readonly help: string }
  /** Nothing listens where a builder on this machine is to be asked. `what`: `building etcd for linux/amd64`. */
  | { readonly reason: 'no-builder'; readonly what: string; readonly detail: string; readonly help: string }
  | {
      readonly reason: 'program-too-old';
      readonly program: string;
      readonly found: string;
      readonly needed: string;
    }
  /** Passing trouble on the way: another try may mend it. `what`: `fetching go1.22.12`, as in the next two. */
  | {
      readonly reason: 'network';
      readonly what: string;
      readonly detail: string;
      /** By which setting it may be had from elsewhere: a sentence. */
      readonly help?: string;
    }
  /** Somebody serves no more for now. */
  | {
      readonly reason: 'rate-limited';
      readonly what: string;
      /** The host, where it is known. */
      readonly by: string | undefined;
      /** How long it says to wait; undefined where it does not say. */
      readonly seconds?: number | undefined;
      readonly detail: string;
    }
  /** What was given to a cluster did not come to its end there, or its API refuses. `what`: `running etcd-io/etcd in builds`. */
  | {
      readonly reason: 'cluster';
      readonly what: string;
      readonly detail: string;
      readonly help: string;
      /** Whether another try may mend it: a node that is gone, say, and no image that nobody has. */
      readonly isPassing: boolean;
    }
  /** Something was fetched in vain, another try would end alike, and nobody said that there is no such thing. */
  | { readonly reason: 'fetch-failed'; readonly what: string; readonly detail: string; readonly help: string }
  | {
      readonly reason: 'source-unavailable';
      readonly repository: string;
      readonly wanted: string;
      readonly detail: string;
    }
  | {
      readonly reason: 'moved-tag';
      readonly repository: string;
      readonly tag: string;
      readonly locked: string;
      readonly found: string;
    }
  | {
      readonly reason: 'patch-failed';
      readonly patch: string;
      readonly file: string | undefined;
      /** Counts from 1 within the file's part of the patch. */
      readonly hunk: number | undefined;
      readonly detail: string;
    }
  | { readonly reason: 'toolchain-unavailable'; readonly version: string; readonly detail: string }
  | { readonly reason: 'module-unavailable'; readonly module: string; readonly detail: string }
  | { readonly reason: 'module-mismatch'; readonly module: string; readonly detail: string }
  | {
      readonly reason: 'command-failed';
      /** The command line as it can be typed, paths of this machine replaced by names. */
      readonly command: string;
      readonly exitCode: number | undefined;
      readonly signal: string | undefined;
      /** The last lines of its standard error. */
      readonly output: string;
    }
  /** What is built depends on the absolute path of the checkout, and this machine cannot show it there. */
  | { readonly reason: 'path-unavailable'; readonly path: string; readonly detail: string }
  | { readonly reason: 'missing-output'; readonly file: string; readonly detail: string }
  | {
      readonly reason: 'unsafe-path';
      readonly path: string;
      readonly where: string;
      readonly detail: string;
      readonly help?: string;
    }
  | {
      readonly reason: 'digest-mismatch';
      readonly what: string;
      readonly expected: string;
      readonly found: string;
      /** Where else it can be had from, or what to look at: a sentence. */
      readonly help?: string;
    }
  /** A sandbox is required, and the machine lacks some of it: a sentence each. */
  | { readonly reason: 'not-sandboxed'; readonly missing: readonly string[] }
  /** `detail`: what took the room, where that is known: a sentence. */
  | { readonly reason: 'disk-full'; readonly path: string; readonly detail?: string }
  /** `help`: what to do where it is no cache, a sentence; so of the next one. */
  | { readonly reason: 'read-only'; readonly path: string; readonly help?: string }
  /** It is another user's, who keeps it private. */
  | { readonly reason: 'unreadable'; readonly path: string; readonly help?: string }
  | {
      readonly reason: 'store-version';
      readonly path: string;
      readonly found: string;
      readonly expected: string;
    }
  | {
      readonly reason: 'store-damaged';
      readonly path: string;
      readonly detail: string;
      /** This user cannot mend it. */
      readonly isReadOnly?: boolean;
    }
  /** A clone names an object that it does not have, or has damaged. */
  | {
      readonly reason: 'clone-damaged';
      readonly repository: string;
      readonly object: string;
      /** Of the clone. Absolute. */
      readonly path: string;
      readonly detail: string;
    }
  /** The system refuses something, for a reason that its user can do something about. */
  | { readonly reason: 'system-error'; readonly detail: string; readonly help: string }
  | { readonly reason: 'aborted' };

export type FailureReason = Failure['reason'];

/** Seconds: whoever says to come again later than this is not waited for. */
export const longestWait = 60;

/** The failures that another try, within a minute, may mend: the network's fault, or a cluster's, and nothing else. */
export function isTransient(failure: Failure): boolean {
  if (failure.reason === 'rate-limited') return (failure.seconds ?? 0) <= longestWait;
  return failure.reason === 'network' || (failure.reason === 'cluster' && failure.isPassing);
}
