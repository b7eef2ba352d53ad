/** Machines by processor (elf.h). */
const machines: Readonly<Record<string, number>> = { amd64: 62, arm64: 183 };

/** Numbers of elf.h: a file that is loaded, segments, and what the dynamic one says. */
const dynamicFile = 3;
const [loadSegment, dynamicSegment] = [1, 2];
const [endTag, stringTableTag, sonameTag] = [0, 5, 14];

/**
 * The name that a shared library has for those who link it; `soname` is undefined where it has none.
 * Undefined for what is no library of this processor, with 64 bits and the low byte first.
 */
export function sonameOf(bytes: Buffer, arch: string): { readonly soname: string | undefined } | undefined {
  const isLibrary =
    bytes.length >= 64 &&
    bytes.readUInt32BE(0) === 0x7f454c46 &&
    bytes[4] === 2 &&
    bytes[5] === 1 &&
    bytes.readUInt16LE(16) === dynamicFile &&
    bytes.readUInt16LE(18) === machines[arch];
  if (!isLibrary) return undefined;
  const segments = segmentsOf(bytes);
  const dynamic = segments.find(({ type }) => type === dynamicSegment);
  if (dynamic === undefined) return undefined;
  const tags = new Map<number, number>();
  for (let at = dynamic.offset; at + 16 <= Math.min(dynamic.offset + dynamic.size, bytes.length); at += 16) {
    const tag = Number(bytes.readBigInt64LE(at));
    if (tag === endTag) break;
    tags.set(tag, Number(bytes.readBigUInt64LE(at + 8)));
  }
  const [table, name] = [tags.get(stringTableTag), tags.get(sonameTag)];
  const load = segments.find(
    ({ type, address, size }) =>
      type === loadSegment && table !== undefined && table >= address && table < address + size,
  );
  if (table === undefined || name === undefined || load === undefined) return { soname: undefined };
  const start = load.offset + (table - load.address) + name;
  const end = bytes.indexOf(0, start);
  return { soname: end < 0 ? undefined : bytes.toString('latin1', start, end) };
}

interface Segment {
  readonly type: number;
  /** In the file. */
  readonly offset: number;
  /** In memory. */
  readonly address: number;
  /** Bytes in the file. */
  readonly size: number;
}

function segmentsOf(bytes: Buffer): readonly Segment[] {
  const [start, size, count] = [
    Number(bytes.readBigUInt64LE(32)),
    bytes.readUInt16LE(54),
    bytes.readUInt16LE(56),
  ];
  const segments: Segment[] = [];
  for (let index = 0; index < count; index += 1) {
    const at = start + index * size;
    if (at + 56 > bytes.length) break;
    segments.push({
      type: bytes.readUInt32LE(at),
      offset: Number(bytes.readBigUInt64LE(at + 8)),
      address: Number(bytes.readBigUInt64LE(at + 16)),
      size: Number(bytes.readBigUInt64LE(at + 32)),
    });
  }
  return segments;
}
