import { describeFailure } from '../../core/describe-failure.ts';
import { exitCodeOf } from '../../core/exit-code.ts';
import type { Failure } from '../../core/failure.ts';
import type { Host } from '../../host.ts';

/** Says on standard error what ended a command, and gives the exit code. */
export function reportFailure(failure: Failure, host: Host): number {
  host.stderr.write(`${describeFailure(failure)}\n`);
  return exitCodeOf(failure.reason);
}
