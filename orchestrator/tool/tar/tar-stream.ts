import { Header } from 'tar';
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
}

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

/** Bytes that one header of pax, or one long name, may have; Go's archive/tar has the same limit. */
const headerLimit = 1024 ** 2;

/** How it starts: for each member, with its content, which need not be read. */
export type OnTarEntry = (entry: TarEntry, content: AsyncIterable<Buffer>) => Promise<void>;

/**
 * Reads a tar archive, not compressed, from begin to end, one member after the other, to the last byte of the stream.
 * Headers are decoded by `tar`; what its own parser has no way for are extended attributes, whose bytes it takes for text.
 * @throws BadArchive; what the source and `onEntry` throw.
 */
export async function walkTar(source: AsyncIterable<Uint8Array>, onEntry: OnTarEntry): Promise<void> {
  const reader = byteReader(source);
  const global = new Map<string, Buffer>();
  let pending = new Map<string, Buffer>();
  for (;;) {
    const block = await reader.take(512);
    if (block.length === 0) break;
    if (block.length < 512) throw new BadArchive('it ends in the middle of a header');
    // Of a long path only the beginning stands in the header: where that ends in a slash, it would be read as a folder.
    const path = pending.get('path')?.toString('utf8');
    const header = new Header(block, 0, path === undefined ? {} : { path });
    if (header.nullBlock) break;
    if (!header.cksumValid) throw new BadArchive('a header has a wrong checksum');
    const flag = String.fromCharCode(block[156] ?? 0);
    if (flag === 'x' || flag === 'g') {
      for (const [name, value] of recordsOf(await takeContent(header, reader))) {
        (flag === 'g' ? global : pending).set(name, value);
      }
    } else if (flag === 'L' || flag === 'K') {
      const text = await takeContent(header, reader);
      const end = text.indexOf(0);
      pending.set(flag === 'L' ? 'path' : 'linkpath', end < 0 ? text : text.subarray(0, end));
    } else {
      await member(entryOf(flag, header, new Map([...global, ...pending])), reader, onEntry);
      pending = new Map();
    }
  }
  await reader.drain();
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
  for await (const piece of content()) void piece;
  await skipPadding(entry.size, reader);
}

async function takeContent(header: Header, reader: ByteReader): Promise<Buffer> {
  const size = header.size ?? 0;
  if (size > headerLimit) throw new BadArchive(`a header has ${size} bytes`);
  const content = await reader.take(size);
  if (content.length < size) throw new BadArchive('it ends in the middle of a header');
  await skipPadding(size, reader);
  return content;
}

async function skipPadding(size: number, reader: ByteReader): Promise<void> {
  await reader.take((512 - (size % 512)) % 512);
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

function entryOf(flag: string, header: Header, pax: ReadonlyMap<string, Buffer>): TarEntry {
  const kind = (kinds as Readonly<Record<string, TarEntryKind>>)[flag];
  const path = pax.get('path')?.toString('utf8') ?? header.path ?? '';
  const isSparse = [...pax.keys()].some((name) => name.startsWith('GNU.sparse.'));
  if (kind === undefined || isSparse) {
    throw new BadArchive(
      `${path} is of a kind that image layers do not have (${isSparse ? 'sparse' : flag})`,
    );
  }
  // Old archives mark folders by a slash at the end only.
  const actual = kind === 'file' && path.endsWith('/') ? 'folder' : kind;
  const isLink = actual === 'hard-link' || actual === 'symbolic-link';
  const isDevice = actual === 'character-device' || actual === 'block-device';
  return {
    path,
    kind: actual,
    mode: (header.mode ?? 0) & 0o7777,
    uid: numberOf(pax, 'uid') ?? header.uid ?? 0,
    gid: numberOf(pax, 'gid') ?? header.gid ?? 0,
    size: actual === 'file' ? (numberOf(pax, 'size') ?? header.size ?? 0) : 0,
    mtime: numberOf(pax, 'mtime') ?? (header.mtime?.getTime() ?? 0) / 1000,
    target: isLink ? (pax.get('linkpath')?.toString('utf8') ?? header.linkpath ?? '') : undefined,
    device: isDevice ? `${header.devmaj}:${header.devmin}` : undefined,
    xattrs: xattrsOf(pax),
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
