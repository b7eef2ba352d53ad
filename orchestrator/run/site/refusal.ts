import type { Failure } from '../../core/failure.ts';
import { howToAllow } from '../../oci/push/refusal.ts';
import type { Allowance } from '../../statement/allowance.ts';
import type { UnverifiedFile } from './judged-files.ts';

/** A file or an image of a site, and what in it is not what was published. */
export interface Judged {
  /** A path below `artifacts/`, or the name of an image. */
  readonly name: string;
  readonly unverified: readonly UnverifiedFile[];
}

/** How many files and images a refusal names, and programs of each; the rest are counted. */
const [shown, shownPrograms] = [20, 5];

/** Why a site may not go out; undefined where all in it is verified, or allowed. */
export function whyUnverified(all: readonly Judged[], allowances: readonly Allowance[]): Failure | undefined {
  const allowed = new Set<string>(allowances.map(({ verdict }) => verdict));
  const verdicts = new Set<string>();
  const lines = all.flatMap(({ name, unverified }) => {
    const refused = unverified.filter(({ verdict }) => !allowed.has(verdict));
    if (refused.length === 0) return [];
    for (const { verdict } of refused) verdicts.add(verdict);
    const programs = refused.slice(0, shownPrograms).map(({ file, verdict }) => `${file} (${verdict})`);
    const more = refused.length - programs.length;
    return [`  ${name} holds ${programs.join(', ')}${more > 0 ? ` and ${more} more` : ''}`];
  });
  if (lines.length === 0) return undefined;
  const more = lines.length > shown ? [`  and ${lines.length - shown} more`] : [];
  return {
    reason: 'usage',
    message: `Nothing is laid out:\n${[...lines.slice(0, shown), ...more].join('\n')}`,
    help: howToAllow(verdicts),
  };
}
