import { defined } from '../../../core/defined.ts';
import type { VerdictName } from '../../../verdict/verify/verdict.ts';
import type { AtlasRow } from '../data.ts';
import { groupBy, sortedBy } from '../order.ts';
import { releasesIn } from './project.ts';

/** What is known of one SHA-256. */
export interface KnownDigest {
  readonly sha256: string;
  readonly as: readonly KnownUse[];
}

/** One file that has it, in all releases of which the same is said. */
export interface KnownUse {
  /** Whether it was published; else it is what was built in its stead. */
  readonly published: boolean;
  readonly project: string;
  readonly version: string;
  readonly platform: string;
  readonly name: string;
  /** Absent: not known yet. */
  readonly verdict?: VerdictName;
  /** Absent: not known yet. */
  readonly comparable?: boolean;
  /** What was built in its stead, or was published in the stead of what was built. */
  readonly instead?: string;
  readonly build?: string;
  /** With which Go the build is done, and whose. */
  readonly go?: string;
  readonly flavour?: string;
  readonly releases: readonly string[];
}

export interface DigestsView {
  readonly page: 'sha256';
  /** The first two digits of all. */
  readonly prefix: string;
  readonly files: readonly KnownDigest[];
}

/** A file under one of the two sums that it may have. */
interface Use {
  readonly row: AtlasRow;
  readonly sha256: string;
  /** Whether it was published so; else it is what was built in its stead. */
  readonly published: boolean;
}

function usesOf(rows: readonly AtlasRow[]): readonly Use[] {
  return rows.flatMap((row) => [
    ...(row.file.expected === undefined ? [] : [{ row, sha256: row.file.expected, published: true }]),
    ...(row.file.said?.found === undefined ? [] : [{ row, sha256: row.file.said.found, published: false }]),
  ]);
}

/** All files by the first two digits of their SHA-256. */
export function digestGroups(rows: readonly AtlasRow[]): ReadonlyMap<string, readonly Use[]> {
  return groupBy(usesOf(rows), ({ sha256 }) => sha256.slice(0, 2));
}

/** All files by their SHA-256: as published, and as built where that is something else. */
export function knownDigests(rows: readonly AtlasRow[]): readonly KnownDigest[] {
  return known(usesOf(rows));
}

function known(uses: readonly Use[]): readonly KnownDigest[] {
  return sortedBy(uses, ({ sha256 }) => sha256).map(([sha256, group]) => ({
    sha256,
    as: sortedBy(group, sameUse).map(([, same]) => useOf(same)),
  }));
}

export function digestsView(prefix: string, uses: readonly Use[]): DigestsView {
  return { page: 'sha256', prefix, files: known(uses) };
}

function sameUse({ row: { project, file }, published }: Use): string {
  const { platform, name, said, expected } = file;
  const parts = [!published, project.name, project.version, platform, name];
  return [...parts, said?.verdict, said?.build, said?.found, expected].join(' ');
}

function useOf(uses: readonly Use[]): KnownUse {
  const [first] = uses;
  if (first === undefined) throw new TypeError('a use of no file');
  const { published, row } = first;
  const { go, flavour } = row.project;
  const { platform, name, said, expected } = row.file;
  const instead = published ? said?.found : expected;
  return {
    ...{ published, project: row.project.name, version: row.project.version, platform, name },
    ...(said === undefined ? {} : { verdict: said.verdict, comparable: said.comparable }),
    ...(instead === undefined ? {} : { instead }),
    ...(said?.build === undefined ? {} : defined({ build: said.build, go, flavour })),
    releases: releasesIn(uses.map(({ row }) => row)),
  };
}
