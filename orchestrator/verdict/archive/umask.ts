import type { Member } from './archive.ts';

/** Masks that people work with. Without one, what is made could be changed by everybody: that is a difference. */
const masks = [0o022, 0o002, 0o027, 0o007, 0o077] as const;

/**
 * The paths whose modes differ because one archive was made under another umask than the other: all of the members that both have
 * fit one pair of masks. A single file that somebody changed does not. None where no pair fits.
 */
export function umaskPaths(pairs: readonly (readonly [a: Member, b: Member])[]): ReadonlySet<string> {
  const counted = pairs.filter(([a, b]) => a.kind === b.kind && a.kind !== 'symbolic-link');
  const differing = counted.filter(([a, b]) => a.mode !== b.mode);
  for (const one of differing.length === 0 ? [] : masks) {
    for (const other of masks) {
      if (one !== other && counted.every((pair) => fits(pair, one, other))) {
        return new Set(differing.map(([{ path }]) => path));
      }
    }
  }
  return new Set();
}

/** Modes that are the same may have been set on purpose, unless that of `a` is just what its mask made. */
function fits([a, b]: readonly [Member, Member], one: number, other: number): boolean {
  const made = madeUnder(a, one) === a.mode;
  return a.mode === b.mode ? !made || madeUnder(a, other) === a.mode : made && madeUnder(a, other) === b.mode;
}

/** The mode of what a program makes that asks for all there is, as compilers, shells and git do. */
function madeUnder({ kind, mode }: Member, mask: number): number {
  return (kind === 'folder' || (mode & 0o100) !== 0 ? 0o777 : 0o666) & ~mask;
}
