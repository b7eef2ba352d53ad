import type { FailureReason } from './failure.ts';
import { unreachable } from './unreachable.ts';

/** What the process ends with; the gravest of several wins. */
export const exitCode = {
  /** Every comparable file is identical or equivalent. */
  identical: 0,
  /** Some comparable files differ. */
  different: 1,
  /** Wrong usage or configuration. */
  usage: 2,
  /** A build failed. */
  build: 3,
  /** The infrastructure failed: network, disk, a missing program. */
  infrastructure: 4,
  /** Nothing failed, and nothing could be compared: what it is made of cannot be had, or no hash that counts speaks of it. */
  nothingCompared: 5,
  /** A fault of this program: what nobody expected (EX_SOFTWARE of sysexits.h). */
  fault: 70,
  /** Interrupted by a signal. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/** From harmless to grave: a wrong configuration makes all else meaningless, an interruption is what the user did. */
const gravity: readonly ExitCode[] = [0, 5, 1, 3, 4, 2, 70, 130];

export function gravest(codes: Iterable<ExitCode>): ExitCode {
  let worst: ExitCode = exitCode.identical;
  for (const code of codes) if (gravity.indexOf(code) > gravity.indexOf(worst)) worst = code;
  return worst;
}

/** The exit code that a failure leads to where it ends a command. */
export function exitCodeOf(reason: FailureReason): ExitCode {
  switch (reason) {
    case 'usage':
    case 'configuration':
    case 'unknown-name':
    case 'moved-tag':
    case 'unsafe-path':
      return exitCode.usage;
    case 'patch-failed':
    case 'module-mismatch':
    case 'command-failed':
    case 'missing-output':
    case 'digest-mismatch':
      return exitCode.build;
    case 'missing-program':
    case 'no-builder':
    case 'path-unavailable':
    case 'program-too-old':
    case 'not-sandboxed':
    case 'network':
    case 'rate-limited':
    case 'fetch-failed':
    case 'cluster':
    case 'source-unavailable':
    case 'toolchain-unavailable':
    case 'module-unavailable':
    case 'disk-full':
    case 'read-only':
    case 'unreadable':
    case 'store-version':
    case 'store-damaged':
    case 'clone-damaged':
    case 'system-error':
      return exitCode.infrastructure;
    case 'aborted':
      return exitCode.interrupted;
    default:
      return unreachable(reason);
  }
}
