import type { Authority, LockedProject } from '../../config/lock/lock.ts';
import { byCodeUnit } from '../../core/canonical-json.ts';
import { defined } from '../../core/defined.ts';
import type { FileCounts, FileDifference } from './difference.ts';

/** A project on one side, as far as its programs go. */
export interface FileSide {
  /** Undefined where the release does not have it. */
  readonly locked: LockedProject | undefined;
  /** Whether patches of the user's own change it. */
  readonly isPatched: boolean;
}

/**
 * What became of each program that either release expects. Hashes count where upstream's CI compared them itself on both sides; of
 * one release with itself, all do.
 */
export function compareFiles(
  before: FileSide,
  after: FileSide,
  isSameRelease: boolean,
): readonly FileDifference[] {
  const [old, now] = [hashesOf(before), hashesOf(after)];
  const counts = isSameRelease || [before, after].every((side) => authorityOf(side.locked) === 'built');
  const isKnown = counts && !before.isPatched && !after.isPatched;
  const files = [...new Set([...old.keys(), ...now.keys()])].sort(byCodeUnit).map((key): FileDifference => {
    const [platform = '', name = ''] = key.split(' ');
    const [was, is] = [old.get(key), now.get(key)];
    const sides = defined({
      before: before.isPatched ? undefined : was,
      after: after.isPatched ? undefined : is,
    });
    return { platform, name, change: changeOf(was, is, isKnown, before, after), ...sides };
  });
  return files;
}

function changeOf(
  was: string | undefined,
  is: string | undefined,
  isKnown: boolean,
  before: FileSide,
  after: FileSide,
): FileDifference['change'] {
  // A project without a list says nothing of its files.
  if (was === undefined) return before.locked === undefined || hasList(before) ? 'added' : 'unknown';
  if (is === undefined) return after.locked === undefined || hasList(after) ? 'removed' : 'unknown';
  if (!isKnown) return 'unknown';
  return was === is ? 'same' : 'changed';
}

function hashesOf({ locked }: FileSide): ReadonlyMap<string, string> {
  return new Map(
    locked?.checksums?.files.map(({ platform, name, sha256 }) => [`${platform} ${name}`, sha256]),
  );
}

function hasList({ locked }: FileSide): boolean {
  return locked?.checksums !== undefined;
}

export function authorityOf(locked: LockedProject | undefined): Authority {
  return locked?.checksums?.authority ?? 'absent';
}

export function countFiles(files: readonly FileDifference[]): FileCounts {
  const counts = { same: 0, changed: 0, added: 0, removed: 0, unknown: 0 };
  for (const { change } of files) counts[change] += 1;
  return counts;
}
