import type { StatementPlace } from '../../run/wiring/statement-places.ts';
import type { Answer, SubjectAnswer } from '../../statement/trust/answer.ts';
import type { Looking } from '../../statement/trust/look-into.ts';

/** What is asked about is looked at with these. */
export interface Asking {
  readonly looking: Looking;
  /** Those of `--statements`. */
  readonly places: readonly StatementPlace[];
}

/** Answers, and where statements were looked for. */
export type Answers = Pick<Answer, 'places'> & { readonly subjects: readonly SubjectAnswer[] };
