import type { GoFlavour } from '../config/lock/lock.ts';

/** Where the builder image had a Go from, and where that stands. */
export interface GoOrigin {
  readonly flavour: GoFlavour;
  /** File and line, or the rule. */
  readonly origin: string;
}

/** Days from which on, until the day of the next: `install.sh` and the scripts after it in aws/eks-distro-build-tooling. */
const days: Readonly<Record<string, readonly (readonly [from: string, flavour: GoFlavour])[]>> = {
  '1.13': [
    ['2022-07-18', 'al2-rpm'],
    ['2022-11-04', 'official'],
  ],
  '1.15': [
    ['2022-07-18', 'al2-rpm'],
    ['2022-07-20', 'official'],
    ['2022-10-12', 'eks-go'],
  ],
  '1.16': [
    ['2022-07-18', 'al2-rpm'],
    ['2022-10-12', 'eks-go'],
  ],
  '1.17': [['2022-11-01', 'eks-go']],
  '1.18': [['2022-11-04', 'eks-go']],
  '1.19': [['2022-11-04', 'eks-go']],
  '1.20': [['2020-01-01', 'eks-go']],
  '1.21': [
    ['2020-01-01', 'eks-go'],
    ['2024-07-03', 'official'],
  ],
  '1.22': [
    ['2020-01-01', 'eks-go'],
    ['2024-07-03', 'official'],
  ],
};

/**
 * Where the builder image had a Go release (`1.21`) from at a moment, in seconds since 1970, for where its own scripts
 * cannot be read.
 */
export function originByDate(minor: string, time: number): GoOrigin {
  const day = new Date(time * 1000).toISOString().slice(0, 10);
  const last = days[minor]?.findLast(([from]) => from <= day);
  return { flavour: last?.[1] ?? 'official', origin: `by the date of its build, ${day}` };
}
