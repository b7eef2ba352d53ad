import type { LockedProject } from '../../config/lock/lock.ts';
import type { RelativePath } from '../../core/relative-path.ts';
import { costs, type Variant } from './variant.ts';

/**
 * Other checkouts: the version-control stamp (rule 3) and the patches (rule 5): one left out, none, two neighbours the other
 * way round, applied without a commit, committed by somebody else.
 * @param minor of the Go version: before 1.18 nothing of git is in a program.
 */
export function sourceVariants(locked: LockedProject, minor: number): readonly Variant[] {
  const stamps = minor < 18 ? [] : stampVariants(locked);
  return [...stamps, ...patchVariants(locked.patches.map((patch) => patch.path))];
}

function stampVariants(locked: LockedProject): readonly Variant[] {
  const plain: readonly Variant[] = [
    {
      rule: 'stamp',
      what: 'no version-control stamp',
      override: { stamp: 'absent' },
      weight: 8,
      cost: costs.link,
    },
    {
      rule: 'stamp',
      what: 'the stamp of a checkout that is not modified',
      override: { stamp: 'clean' },
      weight: 8,
      cost: costs.checkout,
    },
  ];
  if (locked.patches.length === 0) return plain;
  return [
    ...plain,
    {
      rule: 'stamp',
      what: 'the stamp of the commit before the patches',
      override: { patching: 'uncommitted' },
      weight: 6,
      cost: costs.checkout,
    },
    {
      rule: 'patches',
      what: 'patches that GitHub committed',
      override: { committer: { name: 'GitHub', email: 'noreply@github.com' } },
      weight: 1,
      cost: costs.checkout,
    },
  ];
}

function patchVariants(patches: readonly RelativePath[]): readonly Variant[] {
  if (patches.length === 0) return [];
  const without = patches.map((path, at): Variant => {
    return {
      rule: 'patches',
      what: `${path.split('/').at(-1)} left out`,
      override: { patches: patches.filter((other) => other !== path) },
      // The last came last, perhaps after the files were built.
      weight: at === patches.length - 1 ? 8 : 4,
      cost: costs.packages,
    };
  });
  const none: Variant = {
    rule: 'patches',
    what: 'no patches',
    override: { patches: [] },
    weight: 4,
    cost: costs.packages,
  };
  const swapped = patches.slice(1).map((path, at): Variant => {
    const before = patches[at] as RelativePath;
    const order = patches.map((each) => (each === path ? before : each === before ? path : each));
    return {
      rule: 'patches',
      what: `${path.split('/').at(-1)} before ${before.split('/').at(-1)}`,
      override: { patches: order },
      weight: 1,
      cost: costs.checkout,
    };
  });
  return patches.length === 1 ? without : [...without, none, ...swapped];
}
