import { Header } from 'tar';
import { countOf } from '../../core/numbers.ts';
import { type ByteReader, byteReader } from './byte-reader.ts';

/** A member of a tar archive with all that it says of a file. */
export interface TarEntry {
  /** As the archive has it: not checked. */
  readonly path: string;
  readonly kind: TarEntryKind;
  /** Permissions with set-user-id, set-group-id and sticky: 12 bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of content; 0 of what is no file. */
  readonly size: number;
  /** Seconds since 1970. */
  readonly mtime: number;
  /** As the archive has it: not checked. Of links only. */
  readonly target: string | undefined;
  /** `major:minor`, of devices only. */
  readonly device: string | undefined;
  /** Extended attributes by name, their bytes as hexadecimal. */
  readonly xattrs: Readonly<Record<string, string>>;
  /** The owner's names, where the archive has them. */
  readonly uname: string;
  readonly gname: string;
  readonly format: TarFormat;
}

/** Of one member: as Unix 7 wrote it, POSIX.1-1988, GNU tar's own, POSIX.1-2001. */
type TarFormat = 'v7' | 'ustar' | 'gnu' | 'pax';

export type TarEntryKind = (typeof kinds)[keyof typeof kinds];

/** Type flags of POSIX.1-2001's pax; `7` is a file by another name. */
const kinds = {
  '0': 'file',
  '\0': 'file',
  '7': 'file',
  '1': 'hard-link',
  '2': 'symbolic-link',
  '3': 'character-device',
  '4': 'block-device',
  '5': 'folder',
  '6': 'fifo',
} as const;

/** Why an archive cannot be read; the text ends a sentence's middle: `it ends in the middle of a member`. */
export class BadArchive extends Error {}

/** What follows the last member. Most writers fill up with zeros: to 1024 bytes at least, GNU tar to 10240. */
export interface TarEnd {
  /** Bytes, those that mark the end among them. */
  readonly size: number;
  /** Whether all of them are zero: what is not is read by nobody. */
  readonly isZero: boolean;
  /** What the archive says of itself; git notes there what commit it is of. */
  readonly comment: string | undefined;
}

/** Bytes that one header of pax, or one long name, may have; Go's archive/tar has the same limit. */
const headerLimit = 1024 ** 2;

/** How it starts: for each member, with its content, which need not be read. */
export type OnTarEntry = (entry: TarEntry, content: AsyncIterable<Buffer>) => Promise<void>;

/**
 * Reads a tar archive, not compressed, from begin to end, one member after the other, to the last byte of the stream.
 * Headers are decoded by `tar`; what its own parser has no way for are extended attributes, whose bytes it takes for text.
 * Gives what follows the last member. @throws BadArchive; what the source and `onEntry` throw.
 */
export async function walkTar(source: AsyncIterable<Uint8Array>, onEntry: OnTarEntry): Promise<TarEnd> {
  const reader = byteReader(source);
  const global = new Map<string, Buffer>();
  let pending = new Map<string, Buffer>();
  let hasPax = false;
  for (;;) {
    const block = await reader.take(512);
    const comment = global.get('comment')?.toString('utf8');
    if (block.length === 0) return { size: 0, isZero: true, comment };
    if (block.length < 512) throw new BadArchive('it ends in the middle of a header');
    // Of a long path only the beginning stands in the header: where that ends in a slash, it would be read as a folder.
    const path = pending.get('path')?.toString('utf8');
    const header = decode(block, path);
    if (header.nullBlock) {
      const { size, isZero } = await reader.drain();
      return { size: size + block.length, isZero, comment };
    }
    if (!header.cksumValid) throw new BadArchive('a header has a wrong checksum');
    const flag = String.fromCharCode(block[156] ?? 0);
    if (flag === 'x' || flag === 'g') {
      for (const [name, value] of recordsOf(await takeContent(header, reader))) {
        (flag === 'g' ? global : pending).set(name, value);
      }
      if (flag === 'x') hasPax = true;
    } else if (flag === 'L' || flag === 'K') {
      const text = await takeContent(header, reader);
      const end = text.indexOf(0);
      pending.set(flag === 'L' ? 'path' : 'linkpath', end < 0 ? text : text.subarray(0, end));
    } else {
      const format = hasPax ? 'pax' : formatOf(block);
      const pax = new Map([...global, ...pending]);
      await member(entryOf(flag, header, pax, namesIn(block, format)), reader, onEntry);
      pending = new Map();
      hasPax = false;
    }
  }
}

/** @throws BadArchive where a number in it is none. */
function decode(block: Buffer, path: string | undefined): Header {
  try {
    return new Header(block, 0, path === undefined ? {} : { path });
  } catch {
    throw new BadArchive('a header has a number that is none');
  }
}

/** What follows the link's name, in each format that has it: `tar` reads it of POSIX's alone. */
function namesIn(block: Buffer, format: TarFormat): Pick<TarEntry, 'format' | 'uname' | 'gname' | 'device'> {
  const text = (from: number, length: number) =>
    format === 'v7' ? '' : (block.toString('utf8', from, from + length).split('\0')[0] ?? '');
  const [major, minor] = [329, 337].map((from) => Number.parseInt(text(from, 8), 8) || 0);
  return { format, uname: text(265, 32), gname: text(297, 32), device: `${major}:${minor}` };
}

/** By the magic and version at 257 (pax(1), "ustar Interchange Format"; GNU tar's manual, "Basic Tar Format"). */
function formatOf(block: Buffer): TarFormat {
  const magic = block.toString('latin1', 257, 265);
  if (magic.startsWith('ustar\0')) return 'ustar';
  return magic.startsWith('ustar ') ? 'gnu' : 'v7';
}

async function member(entry: TarEntry, reader: ByteReader, onEntry: OnTarEntry): Promise<void> {
  let left = entry.size;
  async function* content(): AsyncGenerator<Buffer, void, undefined> {
    for await (const piece of reader.pieces(left)) {
      left -= piece.length;
      yield piece;
    }
    if (left > 0) throw new BadArchive(`it ends in the middle of ${entry.path}`);
  }
  await onEntry(entry, content());
  if (left > 0) for await (const piece of content()) void piece;
  await skipPadding(entry.size, reader);
}

async function takeContent(header: Header, reader: ByteReader): Promise<Buffer> {
  const size = header.size ?? 0;
  if (size > headerLimit) throw new BadArchive(`a header has ${countOf(size, 'byte')}`);
  const content = await reader.take(size);
  if (content.length < size) throw new BadArchive('it ends in the middle of a header');
  await skipPadding(size, reader);
  return content;
}

async function skipPadding(size: number, reader: ByteReader): Promise<void> {
  const padding = (512 - (size % 512)) % 512;
  if (padding > 0) await reader.take(padding);
}

/** The records of a pax header: `<length> <name>=<value>\n`, the length counting all of it. @throws BadArchive */
function* recordsOf(content: Buffer): Generator<readonly [string, Buffer]> {
  let start = 0;
  while (start < content.length) {
    const space = content.indexOf(0x20, start);
    const length = Number(content.toString('latin1', start, Math.max(space, start)));
    const end = start + length;
    const equals = content.indexOf(0x3d, space);
    const isRecord =
      Number.isInteger(length) && space > start && equals > space && equals < end && end <= content.length;
    if (!isRecord || content[end - 1] !== 0x0a) throw new BadArchive('a pax header has no valid records');
    yield [content.toString('utf8', space + 1, equals), content.subarray(equals + 1, end - 1)];
    start = end;
  }
}

function entryOf(
  flag: string,
  header: Header,
  pax: ReadonlyMap<string, Buffer>,
  { format, uname, gname, device }: ReturnType<typeof namesIn>,
): TarEntry {
  const kind = (kinds as Readonly<Record<string, TarEntryKind>>)[flag];
  const path = pax.get('path')?.toString('utf8') ?? header.path ?? '';
  const isSparse = [...pax.keys()].some((name) => name.startsWith('GNU.sparse.'));
  if (kind === undefined || isSparse) {
    throw new BadArchive(
      `a member is of a kind that is not read here (${isSparse ? 'sparse' : flag}): ${path}`,
    );
  }
  // Old archives mark folders by a slash at the end only.
  const actual = kind === 'file' && path.endsWith('/') ? 'folder' : kind;
  const size = numberOf(pax, 'size') ?? header.size;
  if (actual === 'file' && size === undefined) throw new BadArchive(`a header has no size: ${path}`);
  const isLink = actual === 'hard-link' || actual === 'symbolic-link';
  const isDevice = actual === 'character-device' || actual === 'block-device';
  return {
    path,
    kind: actual,
    mode: (header.mode ?? 0) & 0o7777,
    uid: numberOf(pax, 'uid') ?? header.uid ?? 0,
    gid: numberOf(pax, 'gid') ?? header.gid ?? 0,
    size: actual === 'file' ? (size ?? 0) : 0,
    mtime: numberOf(pax, 'mtime') ?? (header.mtime?.getTime() ?? 0) / 1000,
    target: isLink ? (pax.get('linkpath')?.toString('utf8') ?? header.linkpath ?? '') : undefined,
    device: isDevice ? device : undefined,
    xattrs: xattrsOf(pax),
    uname: pax.get('uname')?.toString('utf8') ?? uname,
    gname: pax.get('gname')?.toString('utf8') ?? gname,
    format,
  };
}

function numberOf(pax: ReadonlyMap<string, Buffer>, name: string): number | undefined {
  const text = pax.get(name)?.toString('latin1');
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  if (!Number.isFinite(value) || (name === 'size' && value < 0)) {
    throw new BadArchive(`a pax header says ${name} is ${JSON.stringify(text)}`);
  }
  return value;
}

/** How GNU tar, Go's archive/tar and all builders of images name extended attributes. */
const xattrPrefix = 'SCHILY.xattr.';

function xattrsOf(pax: ReadonlyMap<string, Buffer>): Readonly<Record<string, string>> {
  const found = [...pax].filter(([name]) => name.startsWith(xattrPrefix));
  return Object.fromEntries(
    found.map(([name, value]) => [name.slice(xattrPrefix.length), value.toString('hex')]),
  );
}
