/** Why bytes are no such database; ends a sentence's middle. */
export class BadNdb extends Error {}

/** `RpmP`, `Slot`, `BlbS` as numbers with the low byte first. */
const magic = { file: 0x506d7052, slot: 0x746f6c53, blob: 0x53626c42 } as const;

/** Bytes of a page of slots, of the file's header, of a slot, of what is before a blob, and of what an offset counts. */
const [pageSize, headSize, slotSize, blobHead, unit] = [4096, 32, 16, 16, 16];

/**
 * The headers in rpm's own kind of database (`Packages.db`; lib/backend/ndb/rpmpkg.c of rpm 4.18): a header, pages of slots,
 * and blobs that slots point at. In the order of the slots. @throws BadNdb
 */
export function readNdb(bytes: Buffer): readonly Buffer[] {
  if (bytes.length < headSize || bytes.readUInt32LE(0) !== magic.file) throw new BadNdb('it is no ndb');
  const [version, pages] = [bytes.readUInt32LE(4), bytes.readUInt32LE(12)];
  if (version !== 0) throw new BadNdb(`it is of version ${version}`);
  if (pages * pageSize > bytes.length) throw new BadNdb('it is shorter than it says');
  const blobs: Buffer[] = [];
  // The file's header is as long as two slots.
  for (let at = headSize; at < pages * pageSize; at += slotSize) {
    if (bytes.readUInt32LE(at) !== magic.slot) throw new BadNdb('a slot is damaged');
    const [index, offset] = [bytes.readUInt32LE(at + 4), bytes.readUInt32LE(at + 8)];
    if (index !== 0) blobs.push(blobAt(bytes, offset * unit, index));
  }
  return blobs;
}

function blobAt(bytes: Buffer, start: number, index: number): Buffer {
  const isThere = start + blobHead <= bytes.length && bytes.readUInt32LE(start) === magic.blob;
  if (!isThere || bytes.readUInt32LE(start + 4) !== index) throw new BadNdb(`package ${index} is not there`);
  const end = start + blobHead + bytes.readUInt32LE(start + 12);
  if (end > bytes.length) throw new BadNdb(`package ${index} is cut short`);
  return bytes.subarray(start + blobHead, end);
}
