import { execFileSync } from 'node:child_process';
import { lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { digestOf } from '../../orchestrator/core/digest.ts';
import { readBerkeley } from '../../orchestrator/rpm/database/berkeley.ts';
import { readNdb } from '../../orchestrator/rpm/database/ndb.ts';
import { type Compared, compareCommand } from '../rig/compare-command.ts';
import { writeImageLayout } from '../rig/image-layout.ts';
import type { LayerMember } from '../rig/layer.ts';
import { buildRpm, databaseMembers, installRpms, listRpms, toBerkeley } from '../rig/rpm-image.ts';
import { suite } from '../rig/suite.ts';
import { run } from '../rig/umoci-image.ts';

/** Databases of rpm's own in images. Needs root, rpm, db5.3_load, python3, and go with the module proxy. */
const test = suite<{ folder: string }>('compare rpms');

test.before((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'compare-rpms-'));
});

test.after(({ folder }) => rmSync(folder, { recursive: true, force: true }));

/** What each image says of its packages, the database as the only difference that may be. */
async function compareDatabases(
  folder: string,
  a: readonly LayerMember[],
  b: readonly LayerMember[],
): Promise<Compared> {
  const [left, right] = [a, b].map((members) => {
    const layout = mkdtempSync(join(folder, 'rpm-'));
    writeImageLayout(layout, { layers: [members] });
    return layout;
  }) as [string, string];
  return compareCommand(folder, left, right);
}

test('rpm by rpm: sqlite, its log, and Berkeley DB', async ({ folder }) => {
  const [one, two, three] = [
    buildRpm(folder, 'one', '1.0'),
    buildRpm(folder, 'two', '2.0'),
    buildRpm(folder, 'one', '1.1'),
  ];
  const databaseOf = (name: string) => join(folder, name, 'var/lib/rpm');
  installRpms(folder, join(folder, 'a'), [one, two]);
  const before = Math.floor(Date.now() / 1000);
  // rpm dates what it installs by the second.
  while (Math.floor(Date.now() / 1000) === before) await new Promise((done) => setTimeout(done, 50));
  installRpms(folder, join(folder, 'b'), [two, one]);
  installRpms(folder, join(folder, 'newer'), [two, three]);
  const told = ['one (none) 1.0 1.test noarch', 'two (none) 2.0 1.test noarch'];
  assert.equal(listRpms(folder, databaseOf('a'), 'sqlite'), told);

  const same = await compareDatabases(
    folder,
    databaseMembers(databaseOf('a')),
    databaseMembers(databaseOf('b')),
  );
  assert.is(same.json.verdict, 'equivalent', same.text);
  assert.ok(same.json.platforms[0]?.setAside.some(({ name }) => name === 'rpm-database'));
  assert.is(same.json.platforms[0]?.a.packages, 2);

  const berkeley = toBerkeley(join(databaseOf('b'), 'rpmdb.sqlite'), join(folder, 'berkeley'));
  assert.equal(listRpms(folder, berkeley, 'bdb_ro'), told);
  const across = await compareDatabases(folder, databaseMembers(databaseOf('a')), databaseMembers(berkeley));
  assert.is(across.json.verdict, 'equivalent', across.text);

  const newer = await compareDatabases(
    folder,
    databaseMembers(databaseOf('newer')),
    databaseMembers(berkeley),
  );
  assert.equal([newer.code, newer.json.verdict], [1, 'different']);
  assert.match(newer.text, '\n  packages\n    ~ one.noarch 1.1-1.test -> 1.0-1.test\n  set aside\n');

  const retold = buildRpm(folder, 'one', '1.0', 'Told in another way');
  installRpms(folder, join(folder, 'retold'), [retold, two]);
  const header = await compareDatabases(
    folder,
    databaseMembers(databaseOf('retold')),
    databaseMembers(berkeley),
  );
  assert.match(header.text, /~ one\.noarch 1\.0-1\.test differs in .*DESCRIPTION.*SUMMARY/);

  const removal = `import os,sqlite3,sys
c = sqlite3.connect(sys.argv[1], isolation_level=None)
c.execute("PRAGMA journal_mode = WAL")
c.execute("PRAGMA wal_autocheckpoint = 0")
c.execute("DELETE FROM Packages WHERE hnum = (SELECT hnum FROM Name WHERE key = 'two')")
os._exit(0)`;
  run('python3', '-c', removal, join(databaseOf('a'), 'rpmdb.sqlite'));
  assert.ok(lstatSync(join(databaseOf('a'), 'rpmdb.sqlite-wal')).size > 0);
  const logged = await compareDatabases(folder, databaseMembers(databaseOf('a')), databaseMembers(berkeley));
  assert.match(logged.text, '\n  packages\n    + two.noarch 2.0-1.test\n  set aside\n');
});

test('a database that cannot be read is compared as the files that it is', async ({ folder }) => {
  const layer = (content: string) => [{ path: 'var/lib/rpm/Packages', content: content.repeat(600) }];
  const { json, text } = await compareDatabases(folder, layer('a'), layer('b'));
  assert.is(json.verdict, 'different');
  assert.match(text, 'its rpm database cannot be read: it is neither a hash nor a btree of Berkeley DB');
  assert.match(text, '~ /var/lib/rpm/Packages content');
});

interface Blob {
  readonly kind: 'bdb' | 'ndb';
  readonly file: string;
}

/** Prints the SHA-256 of each header in a database, as the library reads it that scanners of images use. */
const oracle = `package main

import (
	"crypto/sha256"
	"fmt"
	"os"

	"github.com/knqyf263/go-rpmdb/pkg/bdb"
	dbi "github.com/knqyf263/go-rpmdb/pkg/db"
	"github.com/knqyf263/go-rpmdb/pkg/ndb"
)

func main() {
	var db dbi.RpmDBInterface
	var err error
	if os.Args[1] == "ndb" {
		db, err = ndb.Open(os.Args[2])
	} else {
		db, err = bdb.Open(os.Args[2])
	}
	if err != nil {
		panic(err)
	}
	for entry := range db.Read() {
		fmt.Printf("%x\\n", sha256.Sum256(entry.Value))
	}
}
`;

test('databases of other distributions, as go-rpmdb reads them', ({ folder }) => {
  const source = join(folder, 'oracle');
  mkdirSync(source);
  writeFileSync(join(source, 'go.mod'), 'module oracle\n\ngo 1.21\n');
  writeFileSync(join(source, 'main.go'), oracle);
  const go = (...args: readonly string[]) =>
    execFileSync('go', args, { cwd: source, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  const library = 'github.com/knqyf263/go-rpmdb';
  for (const part of ['bdb', 'ndb']) go('get', `${library}/pkg/${part}@v0.1.1`);
  go('build', '-o', 'oracle', '.');
  const data = join(go('list', '-m', '-f', '{{.Dir}}', library), 'pkg', 'testdata');
  const blobs: readonly Blob[] = [
    { kind: 'ndb', file: join(data, 'sle15-bci', 'Packages.db') },
    { kind: 'bdb', file: join(data, 'centos7-plain', 'Packages') },
    { kind: 'bdb', file: join(data, 'centos8-modularitylabel', 'Packages') },
  ];
  for (const { kind, file } of blobs) {
    const told = run(join(source, 'oracle'), kind, file).trim().split('\n').sort();
    const bytes = readFileSync(file);
    const read = kind === 'ndb' ? readNdb(bytes) : readBerkeley(bytes).records.map(({ value }) => value);
    // go-rpmdb passes over what is no header: short values.
    const found = read.filter((each) => each.length > 4).map((each) => digestOf(each));
    assert.equal([...found].sort(), told, file);
    assert.ok(told.length > 30);
  }
});

test.run();
