import type { Digest } from '../core/digest.ts';
import type { RunReport } from './run-report.ts';

/** What lies in the folder of a report, of this run or a former one: paths below that folder. */
export interface Beside {
  /** The page of known vulnerabilities, as they were looked for last. */
  readonly vulnerabilities?: string;
  /** Of files and images of this run alone: what was stated of other bytes says nothing of these. */
  readonly statements: readonly StatementBeside[];
}

interface StatementBeside {
  /** SHA-256 of the file, or of the image's index or one of its platforms. */
  readonly subject: Digest;
  /** `provenance`, `spdx` */
  readonly kind: string;
  readonly path: string;
}

/** The digests of all that a run made, and of what it was compared with. */
export function subjectsOf({ verdicts, images = [] }: RunReport): ReadonlySet<string> {
  const files = verdicts.flatMap(({ found, expected }) => [found, expected]);
  const made = images.flatMap(({ digest, platforms }) => [digest, ...platforms.map((each) => each.digest)]);
  return new Set([...files, ...made].flatMap((each) => each?.replace('sha256:', '') ?? []));
}
