import { describeFailure } from '../../core/describe-failure.ts';
import { type ExitCode, exitCodeOf } from '../../core/exit-code.ts';
import type { Failure } from '../../core/failure.ts';
import type { Host } from '../../host.ts';

/** Says on standard error what ended a command, and gives the exit code. After an interruption, that is what ended it. */
export function reportFailure(given: Failure, host: Host): ExitCode {
  const failure: Failure = host.signal.aborted ? { reason: 'aborted' } : given;
  host.stderr.write(`${describeFailure(failure)}\n`);
  return exitCodeOf(failure.reason);
}
