import { unreachable } from '../core/unreachable.ts';
import type { VerdictName } from '../verdict/verify/verdict.ts';

/**
 * Under which headings files are told one by one: what matters most last, for the end of the screen is what people
 * read. `stopped` are those that an abort left unmade: they did not fail.
 */
export const sections = [
  'not-built',
  'no-expectation',
  'stale-expectation',
  'toolchain-unavailable',
  'source-unavailable',
  'stopped',
  'explained',
  'different',
  'infra-failed',
  'build-failed',
] as const satisfies readonly (VerdictName | 'stopped')[];

export type Section = (typeof sections)[number];

export const sectionTitles: Readonly<Record<Section, string>> = {
  'not-built': 'Not built yet',
  'no-expectation': 'Nothing to compare with',
  'stale-expectation': 'Differs from a hash that nobody compared',
  'toolchain-unavailable': 'Toolchain not available',
  'source-unavailable': 'Source not available',
  stopped: 'Stopped before it was built',
  explained: 'Differs, cause confirmed',
  different: 'Different',
  'infra-failed': 'Infrastructure failed',
  'build-failed': 'Build failed',
};

/** What of a verdict decides its section, whether it comes from the run or from report.json. */
interface Judged {
  readonly verdict: VerdictName;
  readonly failure?: { readonly reason: string } | undefined;
}

/** Undefined where there is nothing to tell: the file is as published. */
export function sectionOf({ verdict, failure }: Judged): Section | undefined {
  switch (verdict) {
    case 'identical':
    case 'equivalent':
      return undefined;
    case 'infra-failed':
      return failure?.reason === 'aborted' ? 'stopped' : verdict;
    case 'explained':
    case 'different':
    case 'build-failed':
    case 'source-unavailable':
    case 'toolchain-unavailable':
    case 'stale-expectation':
    case 'no-expectation':
    case 'not-built':
      return verdict;
    default:
      return unreachable(verdict);
  }
}
