import { byCodeUnit, canonicalJson } from '../../core/canonical-json.ts';
import type { Archive, Member } from './archive.ts';
import {
  type ArchiveComparison,
  type ArchiveIdentity,
  type Aspect,
  type InnerComparison,
  type MemberDifference,
  type MemberFacts,
  type SetAside,
  setAside,
} from './comparison.ts';
import { countMoved } from './order.ts';
import { umaskPaths } from './umask.ts';

/** What two archives hold under one path, by path in code-unit order. */
export type Pairs = ReadonlyMap<string, readonly [a: Member | undefined, b: Member | undefined]>;

/** All paths that either has. */
export function pairsOf(a: Archive, b: Archive): Pairs {
  const paths = [...new Set([...a.members.keys(), ...b.members.keys()])].sort(byCodeUnit);
  return new Map(paths.map((path) => [path, [a.members.get(path), b.members.get(path)] as const]));
}

/**
 * Compares two archives member by member: what is there once all is unpacked counts, not how it was packed.
 * @param inside what was found in files of another content; where that is equivalent, their bytes do not count.
 */
export function compareArchives(
  a: Archive,
  b: Archive,
  pairs: Pairs,
  inside: readonly InnerComparison[] = [],
): ArchiveComparison {
  const both = { a: identityOf(a), b: identityOf(b) };
  if (a.sha256 === b.sha256) return { verdict: 'identical', ...both, members: [], setAside: [], inside: [] };
  const same = new Set(inside.filter(isEquivalent).map(({ path }) => path));
  const common = [...pairs.values()].flatMap(([x, y]) => (x && y ? [[x, y] as const] : []));
  const masked = umaskPaths(common);
  const implied = { a: impliedBy(a), b: impliedBy(b) };
  const folders: string[] = [];
  const hidden = [a, b].some(({ end, ignored }) => !end.isZero || ignored > 0);
  const members: MemberDifference[] = hidden ? [difference('', undefined, undefined, ['trailing'])] : [];
  for (const [path, [inA, inB]] of pairs) {
    const lone = inA === undefined ? inB : inB === undefined ? inA : undefined;
    if (lone !== undefined) {
      if (isImplied(lone, inA === undefined ? implied.a : implied.b)) folders.push(path);
      else members.push(difference(path, inA, inB, []));
      continue;
    }
    const aspects = aspectsOf(inA as Member, inB as Member).filter(
      (aspect) => !(aspect === 'mode' && masked.has(path)) && !(aspect === 'content' && same.has(path)),
    );
    if (aspects.length > 0) members.push(difference(path, inA, inB, aspects));
  }
  const aside = [
    ...setAside('folders', folders.length),
    ...setAside('umask', masked.size),
    ...setAside('inside', same.size),
    ...asideOfMembers(a, b, common),
    ...asideOfPacking(a, b),
  ];
  const isUnexplained = members.length === 0 && aside.length === 0;
  return {
    verdict: members.length > 0 ? 'different' : 'equivalent',
    ...both,
    members,
    setAside: [...aside, ...setAside('encoding', isUnexplained ? 1 : 0)],
    inside,
  };
}

export function identityOf({ sha256, size, compression, members, end, oddities }: Archive): ArchiveIdentity {
  return { sha256, size, compression, members: members.size, comment: end.comment ?? null, oddities };
}

function isEquivalent(inner: InnerComparison): boolean {
  if (inner.kind !== 'archive' && inner.kind !== 'image') return false;
  return inner.comparison.verdict !== 'different';
}

/** What differs without what is there once it is unpacked differing. */
function asideOfMembers(
  a: Archive,
  b: Archive,
  common: readonly (readonly [Member, Member])[],
): readonly SetAside[] {
  const count = (differs: (x: Member, y: Member) => boolean) =>
    common.filter(([x, y]) => differs(x, y)).length;
  const shared = (of: Archive, other: Archive) =>
    [...of.members.keys()].filter((path) => other.members.has(path));
  const owner = ({ uid, gid, uname, gname }: Member) => [uid, gid, uname, gname].join('\0');
  return [
    ...setAside('order', countMoved(shared(a, b), shared(b, a))),
    ...setAside(
      'times',
      count((x, y) => x.mtime !== y.mtime),
    ),
    ...setAside(
      'owners',
      count((x, y) => owner(x) !== owner(y)),
    ),
    ...setAside(
      'names',
      count((x, y) => x.name !== y.name),
    ),
    ...setAside(
      'hard-links',
      count((x, y) => linkOf(x) !== linkOf(y)),
    ),
    ...setAside(
      'format',
      count((x, y) => x.format !== y.format),
    ),
  ];
}

function linkOf({ kind, target = '' }: Member): string {
  return kind === 'hard-link' ? target.replace(/^(\.\/+)+/, '') : '';
}

function asideOfPacking(a: Archive, b: Archive): readonly SetAside[] {
  const fields = ['mtime', 'name', 'comment', 'flags', 'system', 'extra'] as const;
  const [left, right] = [a.gzip, b.gzip];
  const header = left && right ? fields.filter((field) => left[field] !== right[field]).length : 0;
  const isSamePlain = a.plain === b.plain;
  // How much fills the last block up depends on what is before it.
  const isRefilled = a.unpacked - a.end.size === b.unpacked - b.end.size && a.end.size !== b.end.size;
  const body = (of: Archive) => of.size - (of.gzip?.length ?? 0);
  const isRepacked =
    a.compression !== b.compression || (isSamePlain && (header === 0 || body(a) !== body(b)));
  return [
    ...setAside('comment', a.end.comment === b.end.comment ? 0 : 1),
    ...setAside('gzip-header', header),
    ...setAside('compression', isRepacked ? 1 : 0),
    ...setAside('padding', isRefilled ? 1 : 0),
  ];
}

/** The folders that paths in an archive are below, each with or without a member of its own. */
function impliedBy({ members }: Archive): ReadonlySet<string> {
  const found = new Set(['']);
  for (const path of members.keys()) {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      found.add(path.slice(0, end));
    }
  }
  return found;
}

/** Whether unpacking the other archive makes such a folder, too: of whoever unpacks it, and that not everybody can change. */
function isImplied({ kind, path, mode }: Member, others: ReadonlySet<string>): boolean {
  return kind === 'folder' && others.has(path) && (mode & 0o7702) === 0o700;
}

function difference(
  path: string,
  a: Member | undefined,
  b: Member | undefined,
  aspects: readonly Aspect[],
): MemberDifference {
  const isLone = (a === undefined) !== (b === undefined);
  const change = !isLone ? 'changed' : a === undefined ? 'added' : 'removed';
  const has = a?.machine !== undefined || b?.machine !== undefined;
  const isProgram = has && (change !== 'changed' || aspects.includes('content'));
  return { path, change, isProgram, a: factsOf(a), b: factsOf(b), aspects };
}

function factsOf(member: Member | undefined): MemberFacts | null {
  if (member === undefined) return null;
  const { mode, size, sha256, target, device, xattrs, replaces } = member;
  return {
    kind: kindOf(member),
    mode: mode.toString(8).padStart(4, '0'),
    size,
    sha256: sha256 ?? null,
    target: member.kind === 'symbolic-link' ? (target ?? '') : null,
    device: device ?? null,
    xattrs,
    replaces,
  };
}

/** A hard link is the file that it is to, once it is unpacked. */
function kindOf({ kind }: Member): string {
  return kind === 'hard-link' ? 'file' : kind;
}

function aspectsOf(a: Member, b: Member): readonly Aspect[] {
  // What it was says nothing of what it is: the kind says it all.
  if (kindOf(a) !== kindOf(b)) return ['kind'];
  const isLink = a.kind === 'symbolic-link';
  const all: readonly (readonly [Aspect, unknown, unknown])[] = [
    // A link's mode is nobody's.
    ['mode', isLink ? 0 : a.mode, isLink ? 0 : b.mode],
    ['content', a.sha256, b.sha256],
    ['target', isLink ? a.target : '', isLink ? b.target : ''],
    ['device', a.device, b.device],
    ['xattrs', canonicalJson(a.xattrs), canonicalJson(b.xattrs)],
    ['replaces', canonicalJson(a.replaces), canonicalJson(b.replaces)],
  ];
  return all.filter(([, inA, inB]) => inA !== inB).map(([aspect]) => aspect);
}
