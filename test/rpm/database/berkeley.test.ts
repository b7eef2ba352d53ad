import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  BadDatabase,
  type BerkeleyRecord,
  pageSize,
  readBerkeley,
} from '../../../orchestrator/rpm/database/berkeley.ts';
import { writeBerkeley } from '../../../orchestrator/rpm/database/berkeley-write.ts';

const record = (key: string, value: string | Buffer): BerkeleyRecord => ({
  key: Buffer.from(key),
  value: Buffer.from(value),
});

/** Names of files with numbers of packages, as an index has them; some long, one with very many packages. */
const many = Array.from({ length: 9000 }, (_, index) =>
  record(`file-${index}-${'x'.repeat(index % 60)}`, Buffer.alloc(8 * (1 + (index % 5)), index)),
);
const long = [record('long value', Buffer.alloc(50_000, 'v')), record('k'.repeat(3000), 'long key')];

const byKey = (records: readonly BerkeleyRecord[]): string[] =>
  records.map(({ key, value }) => `${key.toString('hex')} ${value.toString('hex')}`).sort();

test('what is written is what is read, of both kinds', () => {
  const numbers = Array.from({ length: 700 }, (_, index) => {
    const key = Buffer.alloc(4);
    key.writeUInt32LE(index);
    return { key, value: Buffer.alloc(index === 0 ? 4 : 1500 + 31 * index, index) };
  });
  for (const [kind, records] of [
    ['hash', numbers],
    ['btree', [...many, ...long]],
  ] as const) {
    const read = readBerkeley(writeBerkeley({ kind, records }, 'Name'));
    assert.is(read.kind, kind);
    assert.ok(byKey(read.records).join() === byKey(records).join(), kind);
  }
});

/** Finds a key the way that Berkeley DB does: down from the root, by the last entry that is not after it. */
function find(bytes: Buffer, wanted: Buffer): string | undefined {
  for (let number = 1, depth = 0; depth < 10; depth += 1) {
    const page = bytes.subarray(number * pageSize, (number + 1) * pageSize);
    const offsets = Array.from({ length: page.readUInt16LE(20) }, (_, index) =>
      page.readUInt16LE(26 + 2 * index),
    );
    const item = (offset: number, head: number) =>
      page.subarray(offset + head, offset + head + page.readUInt16LE(offset));
    if (page[25] === 5) {
      const at = offsets.findIndex((offset, index) => index % 2 === 0 && item(offset, 3).equals(wanted));
      return at < 0 ? undefined : item(offsets[at + 1] ?? 0, 3).toString('hex');
    }
    const [first = 0, ...others] = offsets;
    const chosen = others.findLast((offset) => Buffer.compare(item(offset, 12), wanted) <= 0) ?? first;
    number = page.readUInt32LE(chosen + 4);
  }
  return undefined;
}

test('every key is found from the root of a tree, and its leaves follow one another', () => {
  const bytes = writeBerkeley({ kind: 'btree', records: many }, 'Basenames');
  assert.is(bytes[pageSize + 24], 3, 'the tree has three levels');
  for (const { key, value } of many) assert.is(find(bytes, key), value.toString('hex'), key.toString());
  assert.is(find(bytes, Buffer.from('file-')), undefined);
  let [leaves, before] = [0, 0];
  const isLeaf = (number: number): boolean => bytes[number * pageSize + 25] === 5;
  const starts = Array.from({ length: bytes.length / pageSize }, (_, number) => number).filter(
    (number) => isLeaf(number) && bytes.readUInt32LE(number * pageSize + 12) === 0,
  );
  assert.is(starts.length, 1);
  for (let at = starts[0] ?? 0; at !== 0; at = bytes.readUInt32LE(at * pageSize + 16)) {
    assert.is(bytes.readUInt32LE(at * pageSize + 12), before);
    before = at;
    leaves += 1;
  }
  assert.is(
    leaves,
    Array.from({ length: bytes.length / pageSize }, (_, number) => number).filter(isLeaf).length,
  );
});

test('a hash is marked with what Berkeley DB hashes its phrase to', () => {
  // `h_charkey` of any hash that db5.3_dump -da shows.
  const bytes = writeBerkeley({ kind: 'hash', records: [record('aaaa', 'b')] }, 'Packages');
  assert.is(bytes.readUInt32LE(92), 0x5e688dd1);
});

test('identities, free room and order leave nothing behind', () => {
  const records = many.slice(0, 500);
  const normal = writeBerkeley({ kind: 'btree', records }, 'Name');
  const dirty = Buffer.from(normal);
  dirty.fill(0xab, 52, 72);
  for (let start = pageSize; start < dirty.length; start += pageSize) {
    const isUsed = dirty[start + 25] === 5 || dirty[start + 25] === 3;
    const [count, top] = [dirty.readUInt16LE(start + 20), dirty.readUInt16LE(start + 22)];
    if (isUsed) dirty.fill(0xcd, start + 26 + 2 * count, start + top);
  }
  assert.not.ok(dirty.equals(normal));
  assert.ok(writeBerkeley(readBerkeley(dirty), 'Name').equals(normal));
  assert.ok(writeBerkeley({ kind: 'btree', records: [...records].reverse() }, 'Name').equals(normal));
});

test('two files have two identities', () => {
  const [a, b] = ['Name', 'Group'].map((name) => writeBerkeley({ kind: 'btree', records: [] }, name));
  assert.not.ok(a?.subarray(52, 72).equals(b?.subarray(52, 72) ?? Buffer.alloc(0)));
  assert.ok(a?.subarray(0, 52).equals(b?.subarray(0, 52) ?? Buffer.alloc(0)));
});

test('what was deleted is not read', () => {
  const bytes = writeBerkeley({ kind: 'btree', records: [record('a', '1'), record('b', '2')] }, 'Name');
  const first = pageSize + bytes.readUInt16LE(pageSize + 26);
  bytes[first + 2] = 0x81;
  assert.equal(
    readBerkeley(bytes).records.map(({ key }) => key.toString()),
    ['b'],
  );
});

test('what is cut off, or no database at all, is refused', () => {
  const bytes = writeBerkeley({ kind: 'btree', records: long }, 'Name');
  const wrong: readonly Buffer[] = [bytes.subarray(0, -pageSize), Buffer.alloc(8192), broken(bytes)];
  for (const each of wrong) {
    assert.throws(
      () => readBerkeley(each),
      (error: unknown) => error instanceof BadDatabase,
    );
  }
});

/** With a chain of a long item that leads to a page that is not there. */
function broken(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  const overflow = Array.from({ length: copy.length / pageSize }, (_, page) => page * pageSize).find(
    (start) => copy[start + 25] === 7 && copy.readUInt32LE(start + 16) !== 0,
  );
  copy.writeUInt32LE(999, (overflow ?? 0) + 16);
  return copy;
}

test.run();
