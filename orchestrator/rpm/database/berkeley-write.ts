import { createHash } from 'node:crypto';
import {
  type BerkeleyFile,
  type BerkeleyRecord,
  btreeItem,
  hashItem,
  magic,
  pageHead,
  pageSize,
  pageType,
} from './berkeley.ts';

/**
 * Writes a file of Berkeley DB that is a function of its records and its name alone. Berkeley DB's own files are not: they
 * have a random identity, pages as large as the file system's blocks, and in the free room of pages what was in memory before.
 * @param name of the file: the identity is made of it, for an environment knows its files by it and mixes up equal ones.
 * @throws Error where a record is of a size that no index of rpm has.
 */
export function writeBerkeley({ kind, records }: BerkeleyFile, name: string): Buffer {
  const sorted = [...records].sort((a, b) => Buffer.compare(a.key, b.key));
  const pages: Buffer[] = [Buffer.alloc(pageSize)];
  const meta = kind === 'hash' ? writeHash(sorted, pages) : writeBtree(sorted, pages);
  setMeta(meta, kind, pages.length - 1, name);
  return Buffer.concat(pages);
}

/** The part of the first page that both kinds have. */
function setMeta(page: Buffer, kind: BerkeleyFile['kind'], last: number, name: string): void {
  page.writeUInt32LE(1, 4);
  page.writeUInt32LE(magic[kind], 12);
  page.writeUInt32LE(9, 16);
  page.writeUInt32LE(pageSize, 20);
  page[25] = kind === 'hash' ? pageType.hashMeta : pageType.btreeMeta;
  page.writeUInt32LE(last, 32);
  createHash('sha256').update(name).digest().copy(page, 52, 0, 20);
}

/** Adds an empty page: its number is its place. The log position 0/1 is that of files that no log is kept for. */
function addPage(pages: Buffer[], type: number, level: number): Buffer {
  const page = Buffer.alloc(pageSize);
  page.writeUInt32LE(1, 4);
  page.writeUInt32LE(pages.length, 8);
  page.writeUInt16LE(pageSize, 22);
  page[24] = level;
  page[25] = type;
  pages.push(page);
  return page;
}

/** Puts an item at the end of a page's free room. @returns whether there was room. */
function addItem(page: Buffer, item: Buffer, alignment: 1 | 4): boolean {
  const [count, top] = [page.readUInt16LE(20), page.readUInt16LE(22)];
  const offset = top - Math.ceil(item.length / alignment) * alignment;
  if (offset < pageHead + 2 * (count + 1)) return false;
  item.copy(page, offset);
  page.writeUInt16LE(offset, pageHead + 2 * count);
  page.writeUInt16LE(count + 1, 20);
  page.writeUInt16LE(offset, 22);
  return true;
}

/** Puts a long item on pages of its own. @returns the number of the first. */
function addOverflow(pages: Buffer[], content: Buffer): number {
  const first = pages.length;
  const room = pageSize - pageHead;
  for (let start = 0; start < content.length; start += room) {
    const page = addPage(pages, pageType.overflow, 0);
    const part = content.subarray(start, start + room);
    part.copy(page, pageHead);
    if (start > 0) page.writeUInt32LE(pages.length - 2, 12);
    if (start + room < content.length) page.writeUInt32LE(pages.length, 16);
    page.writeUInt16LE(1, 20);
    page.writeUInt16LE(part.length, 22);
  }
  return first;
}

/** `__ham_func5` of hash_func.c: Fowler, Noll and Vo's, from zero. */
function hashOf(key: Uint8Array): number {
  return key.reduce((hash, byte) => (Math.imul(hash, 16777619) ^ byte) >>> 0, 0);
}

/** With what a file tells which function hashed it (CHARKEY of dbinc/hash.h, with its final zero). */
const hashedPhrase = Buffer.from('%$sniglet^&\0');

/** Buckets are the pages from 1 on: their number is a power of two, so that all of them lie together. */
function writeHash(records: readonly BerkeleyRecord[], pages: Buffer[]): Buffer {
  const isLong = (value: Buffer): boolean => value.length > pageSize / 4;
  const sizeOf = ({ key, value }: BerkeleyRecord): number =>
    key.length + 1 + (isLong(value) ? 12 : value.length + 1) + 4;
  let buckets: readonly (readonly BerkeleyRecord[])[] = [];
  const fits = (bucket: readonly BerkeleyRecord[]): boolean =>
    bucket.reduce((sum, record) => sum + sizeOf(record), 0) <= pageSize - pageHead;
  for (let count = 2; buckets.length === 0 || !buckets.every(fits); count *= 2) {
    if (count > 2 ** 20) throw new Error('records of a hash have keys that no page can hold');
    buckets = Array.from({ length: count }, (_, number) =>
      records.filter(({ key }) => (hashOf(key) & (count - 1)) === number),
    );
  }
  for (const _ of buckets) addPage(pages, pageType.hash, 0);
  for (const [number, bucket] of buckets.entries()) {
    const page = pages[number + 1] as Buffer;
    for (const { key, value } of bucket) {
      addItem(page, Buffer.concat([Buffer.from([hashItem.data]), key]), 1);
      const short = Buffer.concat([Buffer.from([hashItem.data]), value]);
      addItem(page, isLong(value) ? hashOverflow(addOverflow(pages, value), value.length) : short, 1);
    }
  }
  const meta = pages[0] as Buffer;
  const last = buckets.length - 1;
  meta.writeUInt32LE(last, 72);
  meta.writeUInt32LE(last, 76);
  meta.writeUInt32LE(last >>> 1, 80);
  meta.writeUInt32LE(records.length, 88);
  meta.writeUInt32LE(hashOf(hashedPhrase), 92);
  // How far a bucket's page is from its number, for each doubling: one page, this one, is before all of them.
  for (let doubling = 0; 2 ** doubling <= buckets.length; doubling += 1) {
    meta.writeUInt32LE(1, 96 + 4 * doubling);
  }
  return meta;
}

function hashOverflow(page: number, length: number): Buffer {
  const item = Buffer.alloc(12);
  item[0] = hashItem.overflow;
  item.writeUInt32LE(page, 4);
  item.writeUInt32LE(length, 8);
  return item;
}

/** A page of a level of the tree, and the least key that leads to it: `from` is the shortest that does. */
interface Child {
  readonly number: number;
  readonly from: Buffer;
}

/** Bytes of an item above which it gets pages of its own (B_MINKEY_TO_OVFLSIZE of dbinc/btree.h, two keys a page). */
const longItem = Math.floor((pageSize - pageHead) / 4) - 10;

/** The root is page 1. Leaves are filled in the order of their keys. */
function writeBtree(records: readonly BerkeleyRecord[], pages: Buffer[]): Buffer {
  const root = addPage(pages, pageType.btreeLeaf, 1);
  let level: Child[] = [{ number: 1, from: Buffer.alloc(0) }];
  let leaf = root;
  let before: Buffer = Buffer.alloc(0);
  for (const { key, value } of records) {
    const items = [key, value].map((content) => btreeItemOf(content, pages));
    if (!hasRoom(leaf, items)) {
      const next = addPage(pages, pageType.btreeLeaf, 1);
      next.writeUInt32LE(leaf.readUInt32LE(8), 12);
      leaf.writeUInt32LE(next.readUInt32LE(8), 16);
      level.push({ number: next.readUInt32LE(8), from: shortestBetween(before, key) });
      leaf = next;
    }
    for (const item of items) addItem(leaf, item, 4);
    before = key;
  }
  if (level.length > 1) {
    level = moveRoot(level, pages);
    for (let height = 2; ; height += 1) {
      level = addLevel(level, height, pages);
      if (level.length === 1) break;
    }
  }
  const meta = pages[0] as Buffer;
  meta.writeUInt32LE(2, 76);
  // What pads records of a fixed length, of which there are none.
  meta.writeUInt32LE(0x20, 84);
  meta.writeUInt32LE(1, 88);
  return meta;
}

function btreeItemOf(content: Buffer, pages: Buffer[]): Buffer {
  if (content.length <= longItem) {
    const item = Buffer.alloc(3 + content.length);
    item.writeUInt16LE(content.length, 0);
    item[2] = btreeItem.data;
    content.copy(item, 3);
    return item;
  }
  const item = Buffer.alloc(12);
  item[2] = btreeItem.overflow;
  item.writeUInt32LE(addOverflow(pages, content), 4);
  item.writeUInt32LE(content.length, 8);
  return item;
}

function hasRoom(page: Buffer, items: readonly Buffer[]): boolean {
  const needed = items.reduce((sum, item) => sum + 2 + Math.ceil(item.length / 4) * 4, 0);
  return page.readUInt16LE(22) - needed >= pageHead + 2 * page.readUInt16LE(20);
}

/** The shortest key after one and not after another: what a btree needs to tell two pages apart. */
function shortestBetween(before: Buffer, key: Buffer): Buffer {
  let same = 0;
  while (same < before.length && before[same] === key[same]) same += 1;
  if (same >= longItem) throw new Error('two keys of a btree have more in common than a page can hold');
  return key.subarray(0, same + 1);
}

/** Makes room on page 1 for the root: what is there moves to the file's end. */
function moveRoot(level: readonly Child[], pages: Buffer[]): Child[] {
  const number = pages.length;
  const moved = Buffer.from(pages[1] as Buffer);
  moved.writeUInt32LE(number, 8);
  pages.push(moved);
  const next = moved.readUInt32LE(16);
  (pages[next] as Buffer).writeUInt32LE(number, 12);
  return level.map((child) => (child.number === 1 ? { ...child, number } : child));
}

/** Adds the pages that lead to those of a level; where one is enough it is the root. */
function addLevel(children: readonly Child[], height: number, pages: Buffer[]): Child[] {
  const parents: Child[] = [];
  const drafts: Buffer[] = [];
  for (const { number, from } of children) {
    const draft = drafts.at(-1);
    if (draft !== undefined && addItem(draft, internalItem(number, from), 4)) continue;
    const page = addPage([], pageType.btreeInternal, height);
    // Whatever comes before all keys of a page leads to its first child, so no key is kept for that.
    addItem(page, internalItem(number, Buffer.alloc(0)), 4);
    drafts.push(page);
    parents.push({ number: 0, from });
  }
  return drafts.map((page, index) => {
    const number = drafts.length === 1 ? 1 : pages.length;
    page.writeUInt32LE(number, 8);
    pages[number] = page;
    return { number, from: parents[index]?.from ?? Buffer.alloc(0) };
  });
}

function internalItem(page: number, key: Buffer): Buffer {
  const item = Buffer.alloc(12 + key.length);
  item.writeUInt16LE(key.length, 0);
  item[2] = btreeItem.data;
  item.writeUInt32LE(page, 4);
  key.copy(item, 12);
  return item;
}
