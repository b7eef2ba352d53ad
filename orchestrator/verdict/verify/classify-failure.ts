import type { Failure } from '../../core/failure.ts';
import { unreachable } from '../../core/unreachable.ts';
import type { VerdictName } from './verdict.ts';

/** The verdict on a file that a failure left unmade. */
export type FailureVerdict = Extract<
  VerdictName,
  'build-failed' | 'infra-failed' | 'source-unavailable' | 'toolchain-unavailable'
>;

/**
 * The verdict that a failure leads to.
 *
 * A moved tag is a source that is not available: what the lock names is no longer what upstream has there. It is not
 * harmless, though: `summary.ts` gives it an exit code of its own. An interrupted build is the machine's affair, like
 * a network that went away: the same command goes on from there.
 */
export function verdictOfFailure(failure: Failure): FailureVerdict {
  switch (failure.reason) {
    case 'toolchain-unavailable':
      return 'toolchain-unavailable';
    case 'source-unavailable':
    case 'module-unavailable':
    case 'moved-tag':
      return 'source-unavailable';
    case 'network':
    case 'rate-limited':
    case 'fetch-failed':
    case 'cluster':
    // A setting of the user's is at fault.
    case 'usage':
    case 'configuration':
    case 'unknown-name':
    case 'disk-full':
    case 'read-only':
    case 'unreadable':
    case 'store-version':
    case 'store-damaged':
    case 'clone-damaged':
    case 'system-error':
    case 'missing-program':
    case 'no-builder':
    case 'path-unavailable':
    case 'program-too-old':
    case 'not-sandboxed':
    case 'aborted':
      return 'infra-failed';
    case 'patch-failed':
    case 'module-mismatch':
    case 'command-failed':
    case 'missing-output':
    case 'unsafe-path':
    case 'digest-mismatch':
      return 'build-failed';
    default:
      return unreachable(failure);
  }
}

/** Whether such a verdict leaves a trusted expectation comparable: the build's own failures do, a thing that cannot be had does not. */
export function countsAsOurs(verdict: FailureVerdict): boolean {
  return verdict === 'build-failed' || verdict === 'infra-failed';
}
