import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sqlite from 'node-sqlite3-wasm';
import * as assert from 'uvu/assert';
import { readBerkeley } from '../../../orchestrator/rpm/database/berkeley.ts';
import { writeBerkeley } from '../../../orchestrator/rpm/database/berkeley-write.ts';
import { numberOf, readHeader, readPackage, rpmTag } from '../../../orchestrator/rpm/database/header.ts';
import { type DatabaseFiles, normalDatabase } from '../../../orchestrator/rpm/database/write.ts';
import { suite } from '../../rig/suite.ts';
import { headerBlob, packageFile } from './headers.ts';

const test = suite("rpm's database");
const epoch = 1_700_000_000;

const blobOf = (name: string, installed: number): Buffer =>
  headerBlob({
    ...{ [rpmTag.name]: name, [rpmTag.version]: '1', [rpmTag.release]: '2', [rpmTag.arch]: 'noarch' },
    ...{ [rpmTag.buildTime]: 5, [rpmTag.installTime]: installed, [rpmTag.installTransaction]: installed },
  });

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
const pair = (hnum: number): Buffer => Buffer.concat([number(hnum), number(0)]);

/** As Berkeley DB has it: packages of two transactions. */
function berkeley(day: number): DatabaseFiles {
  const packages = [
    { key: number(0), value: number(2) },
    { key: number(1), value: blobOf('a', day) },
    { key: number(2), value: blobOf('b', day + 60) },
  ];
  const transactions = [
    { key: number(day), value: pair(1) },
    { key: number(day + 60), value: pair(2) },
  ];
  return new Map([
    ['Packages', writeBerkeley({ kind: 'hash', records: packages }, `Packages of ${day}`)],
    ['Installtid', writeBerkeley({ kind: 'btree', records: transactions }, `Installtid of ${day}`)],
    ['__db.001', Buffer.from(String(day))],
    ['.rpm.lock', Buffer.alloc(0)],
  ]);
}

/** As sqlite has it, made in another order where `day` is odd. */
function sqliteFile(day: number): DatabaseFiles {
  const file = join(mkdtempSync(join(tmpdir(), 'rpmdb-')), 'rpmdb.sqlite');
  const database = new sqlite.Database(file);
  database.exec('PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF');
  database.exec(`CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL);
    CREATE TABLE 'Name' (key 'TEXT' NOT NULL, hnum INTEGER NOT NULL, idx INTEGER NOT NULL);
    CREATE INDEX 'Name_key_idx' ON 'Name'(key ASC);
    CREATE TABLE 'Installtid' (key 'BLOB' NOT NULL, hnum INTEGER NOT NULL, idx INTEGER NOT NULL);`);
  const names = ['a', 'b', Buffer.from('latin \xe9', 'latin1')];
  for (const hnum of day % 2 === 0 ? [1, 2, 3] : [3, 2, 1]) {
    const name = names[hnum - 1] ?? '';
    database.run('INSERT INTO Packages VALUES (?, ?)', [hnum, blobOf(String(name), day + hnum)]);
    database.run('INSERT INTO Name VALUES (?, ?, 0)', [name, hnum]);
    database.run('INSERT INTO Installtid VALUES (?, ?, 0)', [number(day + hnum), hnum]);
  }
  database.exec('ANALYZE');
  database.close();
  const bytes = readFileSync(file);
  // As rpm leaves it: with a log that is written ahead, empty.
  bytes.fill(2, 18, 20);
  return new Map([
    ['rpmdb.sqlite', bytes],
    ['rpmdb.sqlite-wal', Buffer.alloc(0)],
    ['rpmdb.sqlite-shm', Buffer.from(String(day))],
  ]);
}

async function normal(files: DatabaseFiles) {
  const result = await normalDatabase(files, epoch, mkdtempSync(join(tmpdir(), 'rpmdb-')));
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

for (const [kind, make] of [
  ['Berkeley DB', berkeley],
  ['sqlite', sqliteFile],
] as const) {
  test(`the day leaves no trace in it (${kind})`, async () => {
    const [one, two] = [await normal(make(1000)), await normal(make(2_000_003))];
    assert.equal([...one.files.keys()], [...two.files.keys()]);
    for (const [name, bytes] of one.files)
      assert.ok(bytes.equals(two.files.get(name) ?? Buffer.alloc(0)), name);
    assert.equal(one.packages.slice(0, 2), ['a-1-2.noarch', 'b-1-2.noarch']);
  });
}

test('of Berkeley DB, all packages are of one time and one transaction, and locks are gone', async () => {
  const { files } = await normal(berkeley(1000));
  assert.equal([...files.keys()], ['Packages', 'Installtid']);
  const packages = readBerkeley(files.get('Packages') ?? Buffer.alloc(0)).records;
  assert.equal(packages.map(({ key }) => key.readUInt32LE(0)).sort(), [0, 1, 2]);
  for (const { key, value } of packages) {
    if (key.readUInt32LE(0) === 0) assert.is(value.readUInt32LE(0), 2);
    else checkHeader(value);
  }
  const [transaction, ...others] = readBerkeley(files.get('Installtid') ?? Buffer.alloc(0)).records;
  assert.equal(others, []);
  assert.is(transaction?.key.readUInt32LE(0), epoch);
  assert.ok(transaction?.value.equals(Buffer.concat([pair(1), pair(2)])));
});

test('of sqlite, tables and bytes of names stay, and the file needs no log', async () => {
  const { files } = await normal(sqliteFile(1000));
  assert.equal([...files.keys()], ['rpmdb.sqlite']);
  const bytes = files.get('rpmdb.sqlite') ?? Buffer.alloc(0);
  assert.equal([...bytes.subarray(18, 20)], [1, 1]);
  const file = join(mkdtempSync(join(tmpdir(), 'rpmdb-')), 'rpmdb.sqlite');
  writeFileSync(file, bytes);
  const database = new sqlite.Database(file, { readOnly: true });
  try {
    assert.equal(database.get('PRAGMA integrity_check'), { integrity_check: 'ok' });
    assert.equal(database.all('SELECT hex(key) AS key, hnum FROM Name ORDER BY hnum'), [
      { key: '61', hnum: 1 },
      { key: '62', hnum: 2 },
      { key: '6C6174696E20E9', hnum: 3 },
    ]);
    assert.equal(database.all('SELECT DISTINCT hex(key) AS key FROM Installtid'), [
      { key: number(epoch).toString('hex').toUpperCase() },
    ]);
    for (const { blob } of database.all('SELECT blob FROM Packages') as { blob: Uint8Array }[]) {
      checkHeader(Buffer.from(blob));
    }
    const indexes = database.all("SELECT name FROM sqlite_master WHERE type = 'index'");
    assert.equal(indexes, [{ name: 'Name_key_idx' }]);
  } finally {
    database.close();
  }
});

function checkHeader(blob: Buffer): void {
  const header = readHeader(blob);
  assert.is(numberOf(header, rpmTag.installTime), epoch);
  assert.is(numberOf(header, rpmTag.installTransaction), epoch);
  assert.is(numberOf(header, rpmTag.buildTime), 5);
}

test('one that cannot be read, or was not closed, is refused', async () => {
  const open = new Map(sqliteFile(1000)).set('rpmdb.sqlite-wal', Buffer.from('frames'));
  const damaged = new Map([
    ['rpmdb.sqlite', Buffer.from(sqliteFile(1000).get('rpmdb.sqlite') ?? '').fill(9, 100)],
  ]);
  const torn = new Map([['rpmdb.sqlite', Buffer.from('no database')]]);
  const cut = new Map(berkeley(1000)).set(
    'Packages',
    (berkeley(1000).get('Packages') ?? Buffer.alloc(0)).subarray(0, 5000),
  );
  const badHeader = new Map([
    [
      'Packages',
      writeBerkeley({ kind: 'hash', records: [{ key: number(1), value: Buffer.alloc(30, 255) }] }, 'P'),
    ],
  ]);
  const newer = new Map([['Packages.db', Buffer.from('RpmP')]]);
  for (const files of [open, damaged, torn, cut, badHeader, newer, new Map<string, Buffer>()]) {
    const result = await normalDatabase(files, epoch, mkdtempSync(join(tmpdir(), 'rpmdb-')));
    assert.is(result.ok ? '' : result.error.reason, 'usage', [...files.keys()].join());
  }
});

test('a package is signed where a header of it says so', () => {
  const header = { [rpmTag.name]: 'a', [rpmTag.buildTime]: 7 };
  // 1004 and 269 are digests, which every package has.
  const unsigned = readPackage(packageFile({ 1004: 'digest', 269: 'sha1' }, header));
  assert.is(unsigned.isSigned, false);
  assert.is(numberOf(unsigned.header, rpmTag.buildTime), 7);
  for (const tag of [1002, 1005, 267, 268, 278]) {
    assert.is(
      readPackage(packageFile({ 269: 'sha1', [tag]: 'signature' }, header)).isSigned,
      true,
      String(tag),
    );
  }
  assert.throws(() => readPackage(Buffer.from('<html>')), /no package/);
  assert.throws(() => readPackage(packageFile({}, header).subarray(0, 150)), /missing|more entries/);
});

test('a header that counts beyond its own end is damage of the database, and nothing else', async () => {
  const header = blobOf('a', 60);
  for (let at = 8; at < 8 + 16 * header.readUInt32BE(0); at += 16)
    if (header.readUInt32BE(at) === rpmTag.installTime) header.writeUInt32BE(2 ** 24, at + 12);
  const records = [{ key: number(1), value: header }];
  const files = new Map([['Packages', writeBerkeley({ kind: 'hash', records }, 'Packages')]]);
  const result = await normalDatabase(files, epoch, mkdtempSync(join(tmpdir(), 'rpmdb-')));
  assert.ok(!result.ok && result.error.reason === 'usage');
  assert.match(result.error.message, 'Cannot read the database that rpm wrote: ');
});

test.run();
