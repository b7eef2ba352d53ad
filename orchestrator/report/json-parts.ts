import { describeFailure } from '../core/describe-failure.ts';
import type { NodeEnd } from '../core/event.ts';
import type { Failure } from '../core/failure.ts';
import { unreachable } from '../core/unreachable.ts';
import type { FileVerdict } from '../verdict/verify/verdict.ts';

/** What `--log json` and `report.json` have in common. A member that is undefined does not appear in JSON. */

/** `description` is plain text, possibly several lines. */
export function failureToJson(failure: Failure) {
  return { reason: failure.reason, description: describeFailure(failure) };
}

/** Works without the project, too, for where that is told above the file. */
export function verdictToJson<V extends Partial<FileVerdict>>({ failure, ...verdict }: V) {
  return { ...verdict, failure: failure && failureToJson(failure) };
}

export function nodeEndToJson(end: NodeEnd) {
  switch (end.status) {
    case 'failed':
      return { status: end.status, failure: failureToJson(end.failure) };
    case 'skipped':
      return { status: end.status, because: end.because };
    case 'ran':
    case 'cached':
    case 'aborted':
      return { status: end.status };
    default:
      return unreachable(end);
  }
}
