import type { GoPatch, LockedPatch } from '../../config/lock/lock.ts';
import { subjectInName } from '../../config/lock/patch-message.ts';
import { byCodeUnit } from '../../core/canonical-json.ts';
import { defined } from '../../core/defined.ts';
import type { ComparedPatch, PatchDifference } from './difference.ts';

/** A patch of a lock, of a project's or of a Go's. */
export function comparedPatch(patch: LockedPatch | GoPatch): ComparedPatch {
  const { path, sha256, fixes = [] } = patch;
  const subject = 'subject' in patch ? patch.subject : undefined;
  return {
    ...{ path, sha256, subject: subject ?? subjectInName(path), fixes },
    ...defined({ changes: 'changes' in patch ? patch.changes : undefined }),
  };
}

type Pair = readonly [before: ComparedPatch, after: ComparedPatch];

export interface ComparedPatches {
  /** Those that differ, in order of their file names. */
  readonly patches: readonly PatchDifference[];
  /** Whether those that both have are in another order. */
  readonly reordered: boolean;
}

/**
 * Which patches of a list are in another one, whatever their numbers and folders are there: first those with the same content, then
 * those with the same name, then those with the same subject.
 */
export function comparePatches(
  before: readonly ComparedPatch[],
  after: readonly ComparedPatch[],
): ComparedPatches {
  const pairs: Pair[] = [];
  let [left, right] = [before, after];
  for (const keyOf of [contentOf, nameOf, ({ subject }: ComparedPatch) => subject]) {
    const found = pairsBy(keyOf, left, right);
    pairs.push(...found);
    left = left.filter((patch) => !found.some(([each]) => each === patch));
    right = right.filter((patch) => !found.some(([, each]) => each === patch));
  }
  const patches: PatchDifference[] = [
    ...pairs.flatMap(differenceOf),
    ...left.map((patch) => ({ change: 'removed' as const, before: patch })),
    ...right.map((patch) => ({ change: 'added' as const, after: patch })),
  ];
  const places = pairs
    .filter(([one, other]) => one.sha256 === other.sha256)
    .sort(([one], [other]) => before.indexOf(one) - before.indexOf(other))
    .map(([, other]) => after.indexOf(other));
  const reordered = places.some((place, index) => place < (places[index - 1] ?? 0));
  return { patches: patches.sort((a, b) => byCodeUnit(fileOf(a), fileOf(b))), reordered };
}

/** Those with the same key on both sides, in order, should there be several of one. */
function pairsBy(
  keyOf: (patch: ComparedPatch) => string | undefined,
  left: readonly ComparedPatch[],
  right: readonly ComparedPatch[],
): readonly Pair[] {
  const byKey = new Map<string, ComparedPatch[]>();
  for (const patch of right) {
    const key = keyOf(patch);
    if (key !== undefined) byKey.set(key, [...(byKey.get(key) ?? []), patch]);
  }
  return left.flatMap((patch): readonly Pair[] => {
    const partner = byKey.get(keyOf(patch) ?? '')?.shift();
    return partner === undefined ? [] : [[patch, partner]];
  });
}

function contentOf({ sha256 }: ComparedPatch): string | undefined {
  return sha256 === unavailable ? undefined : sha256;
}

const unavailable = 'unavailable';

/** Without its number: `Fix-for-CVE-2024-24786.patch`. */
function nameOf({ path }: ComparedPatch): string {
  return lastPart(path).replace(/^[0-9]+-/, '');
}

function differenceOf([before, after]: Pair): readonly PatchDifference[] {
  const isLost = before.sha256 === unavailable || after.sha256 === unavailable;
  if (before.sha256 === after.sha256 && (!isLost || before.path === after.path)) return [];
  return [{ change: isLost ? 'unknown' : 'changed', before, after }];
}

/** Of the two names that a patch may have, the first: the order is the same from either side. */
function fileOf({ before, after }: PatchDifference): string {
  const names = [before, after].flatMap((patch) => (patch === undefined ? [] : [patch]));
  return names.map(({ path, sha256 }) => `${lastPart(path)} ${path} ${sha256}`).sort(byCodeUnit)[0] ?? '';
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
