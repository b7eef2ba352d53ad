import { posix } from 'node:path';
import { whyUnsafePath } from '../../core/relative-path.ts';
import type { ReadArchive } from '../../tool/tar/read-archive.ts';
import type { Member, Oddity } from './archive.ts';

/** Bytes of a path, as Linux has it (PATH_MAX, without its end). */
const longestPath = 4095;

/** What is odd about a name alone. @param path the same without `./` and slashes at its end. */
export function oddName(name: string, path: string): Oddity | undefined {
  const isRoot = path === '' && !name.startsWith('/');
  const why = isRoot ? undefined : whyUnsafePath(name.startsWith('/') ? name : path);
  if (why !== undefined) return { member: name, why, isUnsafe: true };
  if (Buffer.byteLength(path) > longestPath) {
    return {
      member: `${name.slice(0, 100)}...`,
      why: `is longer than ${longestPath} bytes`,
      isUnsafe: false,
    };
  }
  // What shows otherwise than it is, or not at all.
  const isHidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\ufffd]/u.test(path);
  return isHidden ? { member: name, why: 'holds a character that is not seen', isUnsafe: false } : undefined;
}

/** What is odd about members beside one another, and about the archive as a whole. */
export function odditiesOf(
  members: ReadonlyMap<string, Member>,
  { end, ignored }: Pick<ReadArchive, 'end' | 'ignored'>,
): readonly Oddity[] {
  const whole = (why: string): Oddity => ({ member: '', why, isUnsafe: false });
  return [
    ...[...members.values()].flatMap((member) => oddKind(member, members)),
    ...twins(members),
    ...(end.isZero ? [] : [whole('has bytes after the mark of its end')]),
    ...(ignored === 0 ? [] : [whole(`has ${ignored} bytes after what is packed`)]),
  ];
}

function oddKind(member: Member, members: ReadonlyMap<string, Member>): readonly Oddity[] {
  const { name, kind, path, target = '', device } = member;
  const of = (why: string, isUnsafe = true): Oddity => ({ member: name, why, isUnsafe });
  const found: Oddity[] = [];
  if (device !== undefined) found.push(of(`is a device (${device})`, false));
  if (kind === 'fifo') found.push(of('is a pipe', false));
  if (kind === 'symbolic-link' && leadsOut(posix.dirname(path), target, members)) {
    found.push(of(`leads out to ${target}`));
  }
  if (kind === 'hard-link') {
    const why = whyUnsafePath(target.replace(/^(\.\/+)+/, ''));
    if (why !== undefined) found.push(of(`leads out to ${target}`));
    else if (member.sha256 === undefined)
      found.push(of(`is a link to ${target}, which is not before it`, false));
  }
  if (liesBelowLink(path, members)) found.push(of('lies below a symbolic link'));
  return found;
}

/** Links on one way, as in Linux (path_resolution(7)). */
const mostLinks = 40;

/**
 * Whether a path leaves the archive, every link on the way followed as a file system would where all is unpacked. One that goes
 * round counts as one that stays: it leads nowhere.
 */
function leadsOut(folder: string, target: string, members: ReadonlyMap<string, Member>): boolean {
  if (target.startsWith('/')) return true;
  const at: string[] = folder === '.' ? [] : folder.split('/');
  const left = target.split('/');
  for (let links = 0; left.length > 0; ) {
    const part = left.shift() ?? '';
    if (part === '' || part === '.') continue;
    if (part === '..') {
      if (at.pop() === undefined) return true;
      continue;
    }
    const next = members.get([...at, part].join('/'));
    if (next?.kind !== 'symbolic-link') {
      at.push(part);
      continue;
    }
    links += 1;
    if (links > mostLinks) return false;
    if (next.target?.startsWith('/') === true) return true;
    left.unshift(...(next.target ?? '').split('/'));
  }
  return false;
}

function liesBelowLink(path: string, members: ReadonlyMap<string, Member>): boolean {
  const parts = path.split('/');
  return parts.some((_, at) => at > 0 && members.get(parts.slice(0, at).join('/'))?.kind === 'symbolic-link');
}

/** Names that are one where capitals do not count: Windows, macOS. */
function twins(members: ReadonlyMap<string, Member>): readonly Oddity[] {
  const first = new Map<string, string>();
  const found: Oddity[] = [];
  for (const [path, { name }] of members) {
    const folded = path.normalize('NFC').toLowerCase();
    const other = first.get(folded);
    if (other === undefined) first.set(folded, path);
    else found.push({ member: name, why: `differs from ${other} in case only`, isUnsafe: false });
  }
  return found;
}
