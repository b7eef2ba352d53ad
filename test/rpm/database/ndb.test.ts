import * as assert from 'uvu/assert';
import { readNdb } from '../../../orchestrator/rpm/database/ndb.ts';
import { suite } from '../../rig/suite.ts';

const test = suite('rpm database, ndb');

/** A database of one page of slots, as rpm lays it out: blobs begin at multiples of 16 bytes. */
function database(blobs: ReadonlyMap<number, string>): Buffer {
  const slots = Buffer.alloc(4096);
  slots.write('RpmP');
  slots.writeUInt32LE(1, 12);
  for (let at = 32; at < slots.length; at += 16) slots.write('Slot', at);
  const parts: Buffer[] = [slots];
  let end = slots.length;
  // Slots are taken and given back: what is there is not in a row.
  let slot = 32;
  for (const [index, content] of blobs) {
    slots.writeUInt32LE(index, slot + 4);
    slots.writeUInt32LE(end / 16, slot + 8);
    slot += 48;
    const blob = Buffer.alloc(Math.ceil((16 + content.length) / 16) * 16);
    blob.write('BlbS');
    blob.writeUInt32LE(index, 4);
    blob.writeUInt32LE(content.length, 12);
    blob.write(content, 16);
    parts.push(blob);
    end += blob.length;
  }
  return Buffer.concat(parts);
}

const good = new Map([
  [7, 'the first header'],
  [3, 'another'],
]);

/** Why the database is refused once a number in it is another. */
function why(at: number, value: number): string {
  const bytes = database(good);
  bytes.writeUInt32LE(value, at);
  try {
    readNdb(bytes);
    return 'it is read';
  } catch (error) {
    return (error as Error).message;
  }
}

test('headers in the order of their slots', () => {
  assert.equal(
    readNdb(database(good)).map((each) => each.toString()),
    ['the first header', 'another'],
  );
  assert.equal(readNdb(database(new Map())), []);
});

test('what is damaged', () => {
  assert.is(why(0, 1), 'it is no ndb');
  assert.is(why(4, 1), 'it is of version 1');
  assert.is(why(12, 2000), 'it is shorter than it says');
  assert.is(why(48, 0), 'a slot is damaged');
  assert.is(why(40, 0x0fffffff), 'package 7 is not there');
  assert.is(why(4096 + 4, 8), 'package 7 is not there');
  assert.is(why(4096 + 12, 1_000_000), 'package 7 is cut short');
  assert.throws(() => readNdb(Buffer.from('RpmP')), /no ndb/);
});

test.run();
