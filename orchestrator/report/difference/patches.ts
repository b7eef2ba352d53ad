import { unreachable } from '../../core/unreachable.ts';
import type {
  ComparedPatch,
  PatchDifference,
  ReleaseDifference,
} from '../../release/difference/difference.ts';
import { type Inline, type Item, type Line, name, names, type Section, type Whose } from './document.ts';

/** Patches of projects that both releases have. */
export function patches({ projects }: ReleaseDifference, whose: Whose): Section | undefined {
  const items = projects.flatMap(({ project, patches: changed, reordered }): readonly Item[] => {
    const own = [
      ...changed.map((patch) => patchItem(patch, whose)),
      ...(reordered ? [{ line: ['others are the same, and applied in another order'] }] : []),
    ];
    return own.length === 0 ? [] : [{ line: [name(project)], items: own }];
  });
  return items.length === 0 ? undefined : { title: 'Patches', blocks: [{ kind: 'list', items }] };
}

function patchItem({ change, before, after }: PatchDifference, whose: Whose): Item {
  switch (change) {
    case 'added':
      return { line: [after?.own === true ? `added, ${whose} own: ` : 'added: ', ...patchText(after)] };
    case 'removed':
      return { line: ['dropped: ', ...patchText(before)] };
    case 'changed':
      return { line: ['changed: ', ...patchText(after), ...formerly(before, after)] };
    case 'unknown':
      return {
        line: ['perhaps changed: ', ...patchText(after), ', whose content was not at hand at its import'],
      };
    default:
      return unreachable(change);
  }
}

/** Its subject, and what it fixes as far as that does not say it. */
function patchText(patch: ComparedPatch | undefined): Line {
  if (patch === undefined) return [];
  const untold = patch.fixes.filter((fix) => !patch.subject.includes(fix));
  return [name(patch.subject), ...(untold.length === 0 ? [] : [` (${untold.join(', ')})`])];
}

function formerly(before: ComparedPatch | undefined, after: ComparedPatch | undefined): readonly Inline[] {
  if (before === undefined || before.subject === after?.subject) return [];
  return [', before: ', ...patchText(before)];
}

/**
 * What is patched into one of two Gos and not into the other, as far as it comes into programs. The official source of the newer one may
 * have what was patched into the older: that is not said.
 */
export function goPatchItems(changed: readonly PatchDifference[]): readonly Item[] {
  const compiled = changed.filter(({ before, after }) =>
    [before, after].some((patch) => patch?.changes !== undefined),
  );
  const words = [
    ['added', 'patched into the latter alone: '],
    ['removed', 'patched into the former alone: '],
    ['changed', 'patched into both, in two ways: '],
    ['unknown', 'patched into both, perhaps in two ways: '],
  ] as const;
  return words.flatMap(([change, text]): readonly Item[] => {
    const found = compiled.filter((patch) => patch.change === change);
    const told = found.map(({ before, after }) => goPatchText(after ?? before));
    return told.length === 0 ? [] : [{ line: [text, ...names([...new Set(told)])] }];
  });
}

/** The numbers that it fixes; where it has none, what it says of itself. */
function goPatchText(patch: ComparedPatch | undefined): string {
  const fixes = patch?.fixes ?? [];
  return fixes.length > 0 ? fixes.join(', ') : (patch?.subject ?? '');
}
