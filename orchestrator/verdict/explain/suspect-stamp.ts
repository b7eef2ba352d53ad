import type { Difference } from '../inspect/difference.ts';
import type { OwnBuild, Suspect } from './suspect.ts';
import { costs, type Variant } from './variant.ts';

type Stamp = Extract<Difference, { kind: 'vcs' }>;

/** What another version-control stamp says: of the stamping itself, or of the commits that were built. */
export function suspectStamp(difference: Stamp, own: OwnBuild): Suspect | undefined {
  const { what, published } = difference;
  if (what === 'stamp' && (published === undefined || published === '(devel)'))
    return stampSuspect('The published file has no version-control stamp.', [
      stampVariant('no version-control stamp', { stamp: 'absent' }, costs.link),
    ]);
  if (what === 'stamp' || what === 'system')
    return stampSuspect('The published file is stamped by another rule.', []);
  if (what === 'modified') {
    const isClean = published === 'false';
    const cause = isClean
      ? 'The published file was built in a checkout without untracked or changed files.'
      : 'The published file was built in a checkout with untracked or changed files.';
    const clean = stampVariant(
      'the stamp of a checkout that is not modified',
      { stamp: 'clean' },
      costs.checkout,
    );
    return stampSuspect(cause, isClean ? [clean] : []);
  }
  if (what === 'revision' && published === own.commit)
    return stampSuspect('The published file is stamped with the commit of the tag, before any patch.', [
      stampVariant('the stamp of the commit before the patches', { patching: 'uncommitted' }, costs.checkout),
      ...own.variants.filter(({ override }) => override.patches?.length === 0),
    ]);
  if (!own.hasPatches) return stampSuspect('The published file was built from another commit.', []);
  // The time of a commit comes with its id: it tells who has the commit when the patches were committed.
  const dated =
    what === 'time' && published !== undefined
      ? [
          {
            rule: 'patches' as const,
            what: `patches committed at ${published}`,
            override: { committer: { name: 'Prow Bot', email: 'prow@amazonaws.com', date: published } },
            weight: 2,
            cost: costs.checkout,
          },
        ]
      : [];
  return {
    rule: 'patches',
    cause:
      'The published file is stamped with a commit that other patches, or other ways to commit them, lead to.',
    evidence: [],
    confidence: 'medium',
    fix: 'Look at which patches upstream had when the file was built.',
    variants: [...own.variants.filter(({ rule }) => rule === 'patches'), ...dated],
  };
}

/** From Go 1.24 on, a stamped program has a version of its own, which comes of the tags that lead to its commit. */
export function suspectMainVersion(
  difference: Extract<Difference, { kind: 'main-module' }>,
  own: OwnBuild,
): Suspect | undefined {
  const { built, published } = difference;
  const isUnstamped = published === undefined || published === '(devel)';
  if (isUnstamped || built === undefined || built === '(devel)') {
    return suspectStamp({ ...difference, kind: 'vcs', what: 'stamp' }, own);
  }
  const known = own.variants.filter(({ override }) => override.tags !== undefined);
  const none = stampVariant('no tags in the checkout', { tags: 'none' }, costs.checkout);
  const minor = stampVariant('the tags of its own minor version', { tags: 'minor' }, costs.checkout);
  const hasNone = published.startsWith('v0.0.0-');
  const fitting = known.filter(({ override }) => (override.tags === 'none') === hasNone);
  return {
    ...stampSuspect(
      'The published file was built in a checkout with other tags, which its version comes of.',
      [...(fitting.length > 0 ? fitting : [hasNone ? none : minor])],
    ),
    fix: 'The version is that of the highest tag that leads to the commit.',
  };
}

function stampSuspect(cause: string, variants: readonly Variant[]): Suspect {
  const fix = 'The stamp follows from the state of the checkout and from -buildvcs.';
  return { rule: 'stamp', cause, evidence: [], confidence: 'high', fix, variants };
}

function stampVariant(what: string, override: Variant['override'], cost: number): Variant {
  return { rule: 'stamp', what, override, weight: 100, cost };
}
