import type { Digest } from '../../core/digest.ts';
import type { ImageComparison } from '../../oci/image/comparison.ts';
import type { Compression } from '../../tool/tar/read-archive.ts';
import type { BinaryComparison } from '../inspect/difference.ts';
import type { Oddity } from './archive.ts';

/** `identical`: the same bytes. `equivalent`: they differ in nothing but what was set aside. */
type ArchiveVerdict = 'identical' | 'equivalent' | 'different';

/** How two archives compare, the first (`a`) with the second (`b`). All of it is JSON. */
export interface ArchiveComparison {
  readonly verdict: ArchiveVerdict;
  readonly a: ArchiveIdentity;
  readonly b: ArchiveIdentity;
  /** By path. Where both are images they are compared as such, and members do not count. */
  readonly members: readonly MemberDifference[];
  readonly setAside: readonly SetAside[];
  /** What lies in files of another content, by path; the path is empty where the archives themselves are images. */
  readonly inside: readonly InnerComparison[];
}

export interface ArchiveIdentity {
  readonly sha256: Digest;
  /** Bytes. */
  readonly size: number;
  readonly compression: Compression;
  readonly members: number;
  /** What it says of itself: of an archive of git's, the commit. */
  readonly comment: string | null;
  readonly oddities: readonly Oddity[];
}

export interface MemberDifference {
  readonly path: string;
  /** From a to b. */
  readonly change: 'added' | 'removed' | 'changed';
  /** Whether what differs is the content of a program or library. */
  readonly isProgram: boolean;
  /** Null on the side that has none. */
  readonly a: MemberFacts | null;
  readonly b: MemberFacts | null;
  /** In which of those; empty unless it changed. */
  readonly aspects: readonly Aspect[];
}

export interface MemberFacts {
  readonly kind: string;
  /** In octal: `0755`. */
  readonly mode: string;
  /** Bytes. */
  readonly size: number;
  /** Of files. */
  readonly sha256: Digest | null;
  /** Of symbolic links. */
  readonly target: string | null;
  readonly device: string | null;
  /** By name, bytes as hexadecimal. */
  readonly xattrs: Readonly<Record<string, string>>;
  /** What stands before it under the same path: SHA-256, or the kind of what is no file. */
  readonly replaces: readonly string[];
}

/** `replaces`: other members of the same path stand before it; `trailing`, of no path: bytes that nobody unpacks. */
export type Aspect = 'kind' | 'mode' | 'content' | 'target' | 'device' | 'xattrs' | 'replaces' | 'trailing';

export type InnerComparison = { readonly path: string } & (
  | { readonly kind: 'archive'; readonly comparison: ArchiveComparison }
  | { readonly kind: 'image'; readonly comparison: ImageComparison }
  | { readonly kind: 'program'; readonly comparison: BinaryComparison }
  /** It begins as an archive or a program does, and cannot be read as one. */
  | { readonly kind: 'unread'; readonly why: string }
);

export interface SetAside {
  readonly name: Normalization;
  /** How often; what is counted, `what` says. */
  readonly count: number;
  /** `times of members`: after the count. */
  readonly what: string;
}

export type Normalization = keyof typeof normalizations;

/** What does not count as a difference, and what the count beside each counts. */
const normalizations = {
  order: 'members in another place',
  times: 'times of members',
  owners: 'owners of members, by number or name',
  umask: 'modes that differ as a umask makes them differ',
  names: 'names with ./ before them or a slash at their end in one of the archives',
  folders: 'folders that only the paths below them tell of in one of the archives',
  'hard-links': 'members that are one file with others in one of the archives',
  format: 'members written in another format (ustar, GNU, pax)',
  inside: 'archives and images in it that are equivalent',
  'as-images': 'pairs of archives that hold images, which were compared instead of members',
  comment: 'comments of archives on themselves, in which git notes its commit',
  'gzip-header': 'fields of the gzip header',
  compression: 'archives packed in another way',
  padding: 'archives filled up with another number of zeros',
  encoding: 'archives whose headers say the same in other bytes',
} as const;

/** Puts one normalization into words; nothing where nothing was set aside. */
export function setAside(name: Normalization, count: number): readonly SetAside[] {
  return count === 0 ? [] : [{ name, count, what: normalizations[name] }];
}
