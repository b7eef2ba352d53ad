/** Tags of rpm's headers that are read or set here (rpmtag.h). */
export const rpmTag = {
  name: 1000,
  version: 1001,
  release: 1002,
  buildTime: 1006,
  installTime: 1008,
  arch: 1022,
  installTransaction: 1128,
} as const;

/** Tags of a package's signature header that hold a signature: of header and payload by RSA and DSA, of the header, and v6's. */
const signatureTags: ReadonlySet<number> = new Set([1002, 1005, 267, 268, 278]);

/** Types of values (rpmtag.h). */
const [int32, string, i18nString] = [4, 6, 9];

interface Entry {
  readonly type: number;
  /** From the header's first byte. */
  readonly offset: number;
  readonly count: number;
}

/** What describes one package: the bytes that rpm keeps of it in its database. */
export interface RpmHeader {
  readonly bytes: Buffer;
  readonly entries: ReadonlyMap<number, Entry>;
}

/** Why bytes are no header or no package; ends a sentence's middle: `it has more entries than bytes`. */
export class BadHeader extends Error {}

/** Entries and bytes that one header may have (header_internal.h of rpm 4.18: headerMaxbytes). */
const limit = 256 * 1024 ** 2;

/** Reads a header as databases have it: two counts, the index, the values; all numbers with the high byte first. @throws BadHeader */
export function readHeader(bytes: Buffer): RpmHeader {
  if (bytes.length < 8) throw new BadHeader('it ends in its first eight bytes');
  const [count, size] = [bytes.readUInt32BE(0), bytes.readUInt32BE(4)];
  const values = 8 + count * 16;
  if (count > limit || size > limit || values + size > bytes.length) {
    throw new BadHeader('it has more entries than bytes');
  }
  const entries = new Map<number, Entry>();
  for (let index = 0; index < count; index += 1) {
    const at = 8 + index * 16;
    const offset = values + bytes.readInt32BE(at + 8);
    if (offset < values || offset > values + size) continue;
    entries.set(bytes.readUInt32BE(at), {
      type: bytes.readUInt32BE(at + 4),
      offset,
      count: bytes.readUInt32BE(at + 12),
    });
  }
  return { bytes: bytes.subarray(0, values + size), entries };
}

/** The first value of a tag that holds numbers of 32 bits; undefined where there is none. */
export function numberOf({ bytes, entries }: RpmHeader, tag: number): number | undefined {
  const entry = entries.get(tag);
  if (entry === undefined || entry.type !== int32 || entry.offset + 4 > bytes.length) return undefined;
  return bytes.readUInt32BE(entry.offset);
}

/** The first value of a tag that holds text; undefined where there is none. */
export function textOf({ bytes, entries }: RpmHeader, tag: number): string | undefined {
  const entry = entries.get(tag);
  if (entry === undefined || (entry.type !== string && entry.type !== i18nString)) return undefined;
  const end = bytes.indexOf(0, entry.offset);
  return end < 0 ? undefined : bytes.toString('utf8', entry.offset, end);
}

/** A copy whose numbers of some tags are others. Tags that it does not have stay away. */
export function withNumbers(header: RpmHeader, numbers: ReadonlyMap<number, number>): Buffer {
  const copy = Buffer.from(header.bytes);
  for (const [tag, value] of numbers) {
    const entry = header.entries.get(tag);
    if (entry === undefined || entry.type !== int32) continue;
    for (let index = 0; index < entry.count; index += 1) copy.writeUInt32BE(value, entry.offset + 4 * index);
  }
  return copy;
}

/** Bytes of a package's lead, and how each of its two headers begins (lead.h, header.c). */
const leadSize = 96;
const [leadMagic, headerMagic] = [0xedabeedb, 0x8eade801];

/** A package, as far as its two headers tell. */
export interface RpmPackage {
  /** Whether it has a signature, valid or not: rpm checks what is there, and lets through what has none. */
  readonly isSigned: boolean;
  /** What comes into the database. */
  readonly header: RpmHeader;
}

/** Reads what stands in front of a package's payload. @throws BadHeader */
export function readPackage(file: Buffer): RpmPackage {
  const isPackage = file.length > leadSize + 16 && file.readUInt32BE(0) === leadMagic;
  if (!isPackage) throw new BadHeader('it is no package of rpm');
  const signature = headerAt(file, leadSize);
  // The first header is filled up to a multiple of eight bytes, the second is not.
  const end = leadSize + 8 + signature.bytes.length;
  const header = headerAt(file, Math.ceil(end / 8) * 8);
  return { isSigned: [...signature.entries.keys()].some((tag) => signatureTags.has(tag)), header };
}

function headerAt(file: Buffer, offset: number): RpmHeader {
  if (offset + 16 > file.length || file.readUInt32BE(offset) !== headerMagic) {
    throw new BadHeader('one of its headers is missing');
  }
  return readHeader(file.subarray(offset + 8));
}
