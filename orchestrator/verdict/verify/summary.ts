import { byCodeUnit } from '../../core/canonical-json.ts';
import type { Digest } from '../../core/digest.ts';
import { type ExitCode, exitCode, exitCodeOf, gravest } from '../../core/exit-code.ts';
import type { Platform } from '../../core/platform.ts';
import { unreachable } from '../../core/unreachable.ts';
import type { FileVerdict, VerdictName } from './verdict.ts';

/** `identical` of `comparable` of `all`: always given together, never as a percentage. */
export interface Totals {
  /** Files whose verdict is `identical` or `equivalent`. */
  readonly identical: number;
  /** Files that were, or should have been, compared with an expectation that can be trusted. */
  readonly comparable: number;
  /** Every file that the release names or that we built. */
  readonly all: number;
}

export interface Summary {
  readonly totals: Totals;
  /** In code-unit order of the project. */
  readonly byProject: ReadonlyMap<string, Totals>;
  /** In code-unit order of the platform. */
  readonly byPlatform: ReadonlyMap<Platform, Totals>;
  /** How many files got each verdict; verdicts that no file got are left out. */
  readonly byVerdict: ReadonlyMap<VerdictName, number>;
}

export function summarize(verdicts: readonly FileVerdict[]): Summary {
  const byVerdict = new Map<VerdictName, number>();
  for (const { verdict } of verdicts) byVerdict.set(verdict, (byVerdict.get(verdict) ?? 0) + 1);
  return {
    totals: totalsOf(verdicts),
    byProject: totalsBy(verdicts, (verdict) => verdict.project),
    byPlatform: totalsBy(verdicts, (verdict) => verdict.platform),
    byVerdict,
  };
}

export function totalsOf(verdicts: readonly Pick<FileVerdict, 'verdict' | 'comparable'>[]): Totals {
  return {
    identical: verdicts.filter(({ verdict }) => isIdentical(verdict)).length,
    comparable: verdicts.filter(({ comparable }) => comparable).length,
    all: verdicts.length,
  };
}

function isIdentical(verdict: VerdictName): boolean {
  return verdict === 'identical' || verdict === 'equivalent';
}

/** The totals of each group, the groups in order. */
export function totalsBy<V extends Pick<FileVerdict, 'verdict' | 'comparable'>, K extends string>(
  verdicts: readonly V[],
  keyOf: (verdict: V) => K,
  order: (a: K, b: K) => number = byCodeUnit,
): ReadonlyMap<K, Totals> {
  const groups = new Map<K, V[]>();
  for (const verdict of verdicts) {
    const group = groups.get(keyOf(verdict));
    if (group === undefined) groups.set(keyOf(verdict), [verdict]);
    else group.push(verdict);
  }
  const sorted = [...groups].sort(([a], [b]) => order(a, b));
  return new Map(sorted.map(([key, group]) => [key, totalsOf(group)]));
}

/** What of a verdict counts for an exit code. */
interface Graded extends Pick<FileVerdict, 'verdict' | 'comparable' | 'failure'> {
  readonly found?: Digest | undefined;
}

/**
 * What a run that came to these verdicts ends with; the gravest wins.
 *
 * Nothing that is out of our hands counts as a failure: an unavailable source or toolchain, a hash that nobody compared,
 * a file that no hash names, a project without a recipe. Where there is nothing else, though, nothing was compared, and
 * whoever waits for an answer is told that there is none. A moved tag is the exception: somebody has to look at it, so it
 * is a wrong configuration. Files that an abort left unmade count as infrastructure only where nothing else says why
 * the run stopped: with `--fail-fast` it is the first failure that does.
 *
 * @param interrupted whether a signal ended the run: then that is the exit code, whatever the verdicts are.
 * @param compares whether to compare is what was asked for: else files that were made for want of a hash are enough.
 */
export function exitCodeFor(
  verdicts: readonly Graded[],
  {
    interrupted = false,
    compares = true,
  }: { readonly interrupted?: boolean; readonly compares?: boolean } = {},
): ExitCode {
  if (interrupted) return exitCode.interrupted;
  const aborted = verdicts.filter(isAborted);
  const code = gravest(verdicts.filter((verdict) => !isAborted(verdict)).map(codeOf));
  if (code !== exitCode.identical) return code;
  if (aborted.length > 0) return exitCode.infrastructure;
  const counts = ({ comparable, found }: Graded) => comparable || (!compares && found !== undefined);
  return verdicts.length === 0 || verdicts.some(counts) ? code : exitCode.nothingCompared;
}

function isAborted(verdict: Graded): boolean {
  return verdict.failure?.reason === 'aborted';
}

function codeOf({ verdict, failure }: Graded): ExitCode {
  switch (verdict) {
    case 'identical':
    case 'equivalent':
    case 'stale-expectation':
    case 'no-expectation':
    case 'not-built':
    case 'toolchain-unavailable':
      return exitCode.identical;
    case 'source-unavailable':
      return failure?.reason === 'moved-tag' ? exitCodeOf(failure.reason) : exitCode.identical;
    case 'explained':
    case 'different':
      return exitCode.different;
    case 'build-failed':
      return failure === undefined ? exitCode.build : exitCodeOf(failure.reason);
    case 'infra-failed':
      return failure === undefined ? exitCode.infrastructure : exitCodeOf(failure.reason);
    default:
      return unreachable(verdict);
  }
}
