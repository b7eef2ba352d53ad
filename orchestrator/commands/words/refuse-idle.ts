import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';

/** An option, and where it would do nothing: `['--confirm', 'without --retag']`. */
export type Idle = readonly [isIdle: boolean, option: string, where: string];

/** An option that would be ignored is refused: whoever gives it counts on it. Errors: `usage`. */
export function refuseIdle(options: readonly Idle[]): Result<void, Failure> {
  const found = options.find(([isIdle]) => isIdle);
  if (found === undefined) return ok(undefined);
  const [, option, where] = found;
  const help = 'Leave it out. "--help" says what each option is for.';
  return err({ reason: 'usage', message: `${option} does nothing ${where}.`, help });
}
