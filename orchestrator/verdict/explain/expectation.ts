import type { LockedProject } from '../../config/lock/lock.ts';
import type { Explanation } from '../verify/explanation.ts';
import { costs, type Variant } from './variant.ts';

/**
 * Rule 1: whether the expectation itself is what is wrong. Of one that upstream did not build or compare, it is; of one that is older
 * than what is built from now, it most likely is. Undefined where nothing speaks against it.
 */
export function explainExpectation(locked: LockedProject): Explanation | undefined {
  const { checksums } = locked;
  if (checksums === undefined) return undefined;
  const { file, authority, because, changed, changedBy, newer = [] } = checksums;
  const since = `${file} was last changed on ${dayOf(changed)} (commit ${changedBy.slice(0, 12)}).`;
  if (authority !== 'built') {
    return {
      rule: 'expectation',
      cause:
        authority === 'copied'
          ? 'The published file was copied from elsewhere, not built from this tag.'
          : 'Upstream did not compare its own build with this hash, so it may be that of an earlier one.',
      evidence: [...(because === undefined ? [] : [`Upstream's own words: ${because}.`]), since],
      confidence: 'high',
      fix: 'Nothing is to be mended here: this hash says nothing of this tag.',
      tried: [],
    };
  }
  if (newer.length === 0) return undefined;
  return {
    rule: 'expectation',
    cause: 'The hash is older than what is built from now, so it is most likely that of an earlier build.',
    evidence: [
      since,
      ...newer.map(
        (input) =>
          `${input.path} was changed after it, on ${dayOf(input.changed)} (commit ${input.changedBy.slice(0, 12)}).`,
      ),
    ],
    confidence: 'high',
    fix: 'Compare with a release in which both are of one time, or import with "--tree tag" where the tag has newer hashes.',
    tried: [],
  };
}

/** The build as it was when the expectation was written, as far as that is a matter of patches. */
export function earlierPatches(locked: LockedProject): readonly Variant[] {
  const newer = new Set<string>(locked.checksums?.newer?.map(({ path }) => path));
  const patches = locked.patches.map(({ path }) => path);
  const older = patches.filter((path) => !newer.has(path));
  if (older.length === patches.length) return [];
  const count = patches.length - older.length;
  return [
    {
      rule: 'expectation',
      what: `the patches that are older than its hash (${count} left out)`,
      override: { patches: older },
      weight: 50,
      cost: costs.packages,
    },
  ];
}

function dayOf(instant: string): string {
  return instant.slice(0, 10);
}
