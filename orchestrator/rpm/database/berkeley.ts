import { countOf } from '../../core/numbers.ts';
/** Sizes and numbers of Berkeley DB's files, version 9 of hash and btree (dbinc/db_page.h of 4.6 to 5.3, which rpm 4.11 to 4.16 write). */

export const pageSize = 4096;
/** Of a page's header; what is after it is the index, what is at its end the items. */
export const pageHead = 26;
export const magic = { hash: 0x061561, btree: 0x053162 } as const;
export const pageType = {
  hashUnsorted: 2,
  btreeInternal: 3,
  btreeLeaf: 5,
  overflow: 7,
  hashMeta: 8,
  btreeMeta: 9,
  hash: 13,
} as const;
/** Of an item on a hash page. */
export const hashItem = { data: 1, overflow: 3 } as const;
/** Of an item on a btree page; its highest bit marks what was deleted. */
export const btreeItem = { data: 1, overflow: 3, deleted: 0x80 } as const;

export interface BerkeleyRecord {
  readonly key: Buffer;
  readonly value: Buffer;
}

export interface BerkeleyFile {
  readonly kind: 'hash' | 'btree';
  /** In the order in which pages have them. */
  readonly records: readonly BerkeleyRecord[];
}

/** Why a file cannot be read; ends a sentence's middle. */
export class BadDatabase extends Error {}

/** Whether bytes begin like a file of Berkeley DB of one of the two kinds. */
export function isBerkeley(bytes: Buffer): boolean {
  return bytes.length >= 512 && kindOf(bytes) !== undefined;
}

function kindOf(bytes: Buffer): BerkeleyFile['kind'] | undefined {
  const found = bytes.readUInt32LE(12);
  if (found === magic.hash) return 'hash';
  return found === magic.btree ? 'btree' : undefined;
}

/** Reads all records of a file: all numbers are with the low byte first, as on every machine that images are for. @throws BadDatabase */
export function readBerkeley(bytes: Buffer): BerkeleyFile {
  const kind = kindOf(bytes);
  if (kind === undefined) throw new BadDatabase('it is neither a hash nor a btree of Berkeley DB');
  const [version, size, last] = [bytes.readUInt32LE(16), bytes.readUInt32LE(20), bytes.readUInt32LE(32)];
  if (version !== 9 || bytes[24] !== 0) throw new BadDatabase(`it is of version ${version}, or encrypted`);
  if (size < 512 || size > 65536 || bytes.length < (last + 1) * size) {
    throw new BadDatabase('it is shorter than it says');
  }
  const pages: Pages = { bytes, size, last };
  const records: BerkeleyRecord[] = [];
  for (let number = 1; number <= last; number += 1) {
    const page = pageOf(pages, number);
    const type = page[25] ?? 0;
    if (kind === 'hash' && (type === pageType.hash || type === pageType.hashUnsorted)) {
      records.push(...pairs(hashItems(page, pages)));
    }
    if (kind === 'btree' && type === pageType.btreeLeaf) records.push(...pairs(btreeItems(page, pages)));
  }
  return { kind, records };
}

interface Pages {
  readonly bytes: Buffer;
  readonly size: number;
  readonly last: number;
}

function pageOf({ bytes, size, last }: Pages, number: number): Buffer {
  if (number < 1 || number > last) throw new BadDatabase(`it names a page ${number}, which it has not`);
  return bytes.subarray(number * size, (number + 1) * size);
}

function pairs(items: readonly (Buffer | undefined)[]): readonly BerkeleyRecord[] {
  const found: BerkeleyRecord[] = [];
  for (let index = 0; index + 1 < items.length; index += 2) {
    const [key, value] = [items[index], items[index + 1]];
    if (key !== undefined && value !== undefined) found.push({ key, value });
  }
  return found;
}

function offsetsOf(page: Buffer): readonly number[] {
  const count = page.readUInt16LE(20);
  if (pageHead + 2 * count > page.length) throw new BadDatabase('a page has more items than room');
  return Array.from({ length: count }, (_, index) => page.readUInt16LE(pageHead + 2 * index));
}

/** Items lie from the page's end down, one after the other: each ends where the one before it begins. */
function hashItems(page: Buffer, pages: Pages): readonly Buffer[] {
  const offsets = offsetsOf(page);
  return offsets.map((offset, index) => {
    const item = page.subarray(offset, index === 0 ? page.length : offsets[index - 1]);
    const type = item[0];
    if (type === hashItem.data) return item.subarray(1);
    if (type === hashItem.overflow && item.length >= 12) {
      return overflowing(pages, item.readUInt32LE(4), item.readUInt32LE(8));
    }
    throw new BadDatabase(`a page has an item of type ${type}`);
  });
}

function btreeItems(page: Buffer, pages: Pages): readonly (Buffer | undefined)[] {
  return offsetsOf(page).map((offset) => {
    if (offset + 3 > page.length) throw new BadDatabase('an item lies outside of its page');
    const type = page[offset + 2] ?? 0;
    if ((type & btreeItem.deleted) !== 0) return undefined;
    if (type === btreeItem.data) {
      return page.subarray(offset + 3, offset + 3 + page.readUInt16LE(offset));
    }
    if (type === btreeItem.overflow && offset + 12 <= page.length) {
      return overflowing(pages, page.readUInt32LE(offset + 4), page.readUInt32LE(offset + 8));
    }
    throw new BadDatabase(`a page has an item of type ${type}`);
  });
}

/** What is too long for a page, put together from a chain of pages. */
function overflowing(pages: Pages, first: number, length: number): Buffer {
  const parts: Buffer[] = [];
  let has = 0;
  for (let number = first; number !== 0 && parts.length <= pages.last; ) {
    const page = pageOf(pages, number);
    if (page[25] !== pageType.overflow)
      throw new BadDatabase(`page ${number} does not go on with a long item`);
    const part = page.subarray(pageHead, pageHead + page.readUInt16LE(22));
    parts.push(part);
    has += part.length;
    number = page.readUInt32LE(16);
  }
  if (has !== length) throw new BadDatabase(`an item has ${countOf(has, 'byte')}, and should have ${length}`);
  return Buffer.concat(parts);
}
