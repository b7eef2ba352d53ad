import type { Failure } from './failure.ts';
import { err, ok, type Result } from './result.ts';

/** What a number of the command line may be, ends included. */
interface Bounds {
  readonly from: number;
  readonly to: number;
  /** What it counts, for the complaint: `a number of builds`. */
  readonly of: string;
  /** Whether a part of one may be given: `1.5`. */
  readonly isWhole: boolean;
  readonly help: string;
}

/** Reads a number in plain decimal digits. Errors: `usage`, with the bounds. */
export function readNumber(
  option: string,
  text: string,
  { from, to, of, isWhole, help }: Bounds,
): Result<number, Failure> {
  const shape = isWhole ? /^(0|[1-9][0-9]{0,9})$/ : /^(0|[1-9][0-9]{0,9})(\.[0-9]{1,9})?$/;
  const value = shape.test(text) ? Number(text) : Number.NaN;
  if (value >= from && value <= to) return ok(value);
  const message = `${option} takes ${of} from ${from} to ${to}, not ${JSON.stringify(text)}.`;
  return err({ reason: 'usage', message, help });
}

/** `1 file`, `2 files`. @param plural where it is another word than with an s. */
export function countOf(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}
