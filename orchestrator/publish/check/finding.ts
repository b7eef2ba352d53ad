import { type ExitCode, exitCode, exitCodeOf, gravest } from '../../core/exit-code.ts';
import type { Failure } from '../../core/failure.ts';
import { type Totals, totalsOf } from '../../verdict/verify/summary.ts';
import type { VerdictName } from '../../verdict/verify/verdict.ts';

/** What is looked at, in the order in which it is told. */
const findingKinds = ['files', 'archives', 'sums', 'members', 'programs', 'images', 'channels'] as const;
export type FindingKind = (typeof findingKinds)[number];

/** What is said of one thing of a release that is published. */
export interface Finding {
  readonly kind: FindingKind;
  /** `kubernetes: bin/linux/amd64/kubelet`; of what is inside, with its path there after another colon. */
  readonly name: string;
  readonly verdict: Extract<
    VerdictName,
    'identical' | 'different' | 'stale-expectation' | 'no-expectation' | 'infra-failed'
  >;
  /** Whether it counts as compared: something says what it should be, and nothing outside kept it from being looked at. */
  readonly comparable: boolean;
  /** A sentence. */
  readonly why: string;
  readonly expected?: string;
  readonly found?: string;
  /** `file:line:column` of the manifest. */
  readonly where?: string;
  readonly failure?: Failure;
}

export type About = Pick<Finding, 'kind' | 'name'> & Partial<Pick<Finding, 'where'>>;

/** It is what it should be. */
export function same(about: About, why: string): Finding {
  return { ...about, verdict: 'identical', comparable: true, why };
}

export function differs(
  about: About,
  why: string,
  hashes: Pick<Finding, 'expected' | 'found'> = {},
): Finding {
  return { ...about, verdict: 'different', comparable: true, why, ...hashes };
}

/** Nothing says what it should be. */
export function unsaid(about: About, why: string): Finding {
  return { ...about, verdict: 'no-expectation', comparable: false, why };
}

/** It could not be looked at. */
export function unseen(about: About, failure: Failure, why: string): Finding {
  return { ...about, verdict: 'infra-failed', comparable: true, why, failure };
}

/** By kind; kinds without a finding are left out. */
export function totalsByKind(findings: readonly Finding[]): ReadonlyMap<FindingKind, Totals> {
  const kinds = findingKinds.filter((kind) => findings.some((each) => each.kind === kind));
  return new Map(kinds.map((kind) => [kind, totalsOf(findings.filter((each) => each.kind === kind))]));
}

/** What a check that came to these ends with; the gravest wins. */
export function exitCodeOfFindings(findings: readonly Finding[]): ExitCode {
  const code = gravest(
    findings.map(({ verdict, failure }) => {
      if (failure !== undefined) return exitCodeOf(failure.reason);
      return verdict === 'different' ? exitCode.different : exitCode.identical;
    }),
  );
  if (code !== exitCode.identical || findings.some(({ comparable }) => comparable)) return code;
  return exitCode.nothingCompared;
}
