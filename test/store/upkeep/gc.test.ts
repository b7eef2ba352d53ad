import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Digest } from '../../../orchestrator/core/digest.ts';
import { openStore } from '../../../orchestrator/store/open-store.ts';
import {
  addFiles,
  inStore,
  leaveDeadLease,
  must,
  recordFiles,
  storeOptions,
  type TestStore,
} from '../fixture.ts';

const day = 86_400_000;
const start = Date.parse('2030-01-01');

/** A store of its own time, with three results a day apart; the first two share a file of 1000 bytes. */
async function inAgedStore(
  body: (store: TestStore, keys: readonly Digest[], clock: { now: number }) => Promise<void>,
): Promise<void> {
  const clock = { now: start };
  await inStore(
    async (store) => {
      const keys: Digest[] = [];
      for (const own of ['one', 'two', 'three']) {
        const shared = own === 'three' ? {} : { shared: 's'.repeat(1000) };
        keys.push((await recordFiles(store, own, { ...shared, own: own.padEnd(100) })).key);
        clock.now += day;
      }
      await body(store, keys, clock);
    },
    { now: () => clock.now },
  );
}

async function found(store: TestStore, keys: readonly Digest[]): Promise<string> {
  const hits = [];
  for (const [index, key] of keys.entries()) {
    const path = join(store.root, 'results', key.slice(0, 2), `${key}.json`);
    if (fs.existsSync(path)) hits.push(index + 1);
  }
  return hits.join(' ');
}

test('what was not used for some days goes, with what only it needs', async () => {
  await inAgedStore(async (store, keys) => {
    const report = must(await store.gc({ keepDays: 2 }));
    assert.is(await found(store, keys), '2 3');
    const { results, trees, blobs } = report;
    assert.equal({ results, trees, blobs }, { results: 1, trees: 1, blobs: 1 });
    assert.is(must(await store.size()).blobs, 1000 + 100 + 100);
    assert.equal(must(await store.check()).dropped, []);
  });
});

test('a use counts as new', async () => {
  await inAgedStore(async (store, keys) => {
    await store.lookup(keys[0] as Digest);
    must(await store.gc({ keepDays: 2 }));
    assert.is(await found(store, keys), '1 2 3');
    must(await store.gc({ keepDays: 1 }));
    assert.is(await found(store, keys), '1 3');
  });
});

test('the longest unused goes first, until what is left fits', async () => {
  await inAgedStore(async (store, keys, clock) => {
    const { blobs, trees, results } = must(await store.size());
    const report = must(await store.gc({ maxBytes: blobs + trees + results - 1 }));
    assert.is(await found(store, keys), '2 3');
    const after = must(await store.size());
    assert.is(report.keptBytes, after.blobs + after.trees + after.results);
    clock.now += 1;
    must(await store.gc({ maxBytes: 0 }));
    assert.is(await found(store, keys), '');
    const { total } = must(await store.size());
    assert.is(total, 0);
  });
});

test('nothing goes that was used or made since a live process opened the store', async () => {
  await inAgedStore(async (store, keys, clock) => {
    const other = must(await openStore(store.root, storeOptions({ now: () => clock.now })));
    clock.now += day;
    await other.lookup(keys[1] as Digest);
    const made = await recordFiles(other, 'made', { f: 'made' });
    const unnamed = await addFiles(other, { f: 'not recorded yet' });
    clock.now += day;
    must(await store.gc({ maxBytes: 0 }));
    assert.is(await found(store, keys), '2');
    assert.ok(await other.lookup(made.key));
    assert.ok((await other.entries(unnamed)).ok);
    await other.close();
    clock.now += day;
    must(await store.gc({ maxBytes: 0 }));
    assert.is(must(await store.size()).total, 0);
  });
});

test('the lease of a dead process protects nothing; what it left behind goes', async () => {
  await inAgedStore(async (store, keys, clock) => {
    leaveDeadLease(store.root, '77-dead');
    fs.mkdirSync(join(store.root, 'tmp/77-dead.1/folder'), { recursive: true });
    const locks = join(store.root, 'locks');
    for (const name of ['old', 'young', 'held']) fs.writeFileSync(join(locks, name), '77-dead\n77-dead.1\n');
    fs.writeFileSync(
      join(locks, 'held'),
      `${fs.readdirSync(join(store.root, 'leases')).find((name) => name !== '77-dead')}\n1\n`,
    );
    for (const name of ['old', 'held']) fs.utimesSync(join(locks, name), start / 1000, start / 1000);
    fs.utimesSync(join(locks, 'young'), clock.now / 1000, clock.now / 1000);
    assert.is(must(await store.gc({ maxBytes: 0 })).temporary, 1);
    assert.equal(fs.readdirSync(locks).sort(), ['held', 'young']);
    assert.is(await found(store, keys), '');
    assert.equal(fs.readdirSync(join(store.root, 'tmp')), []);
    assert.is(fs.readdirSync(join(store.root, 'leases')).length, 1);
  });
});

test('a tree that no result names goes, a blob that no tree has too', async () => {
  await inAgedStore(async (store, keys, clock) => {
    const tree = await addFiles(store, { f: 'nobody needs this' });
    const shard = join(store.root, 'blobs/00');
    fs.mkdirSync(shard, { recursive: true });
    fs.writeFileSync(join(shard, '0'.repeat(64)), 'left over');
    clock.now += day;
    const { trees, blobs, results } = must(await store.gc({ keepDays: 1000 }));
    assert.equal({ trees, blobs, results }, { trees: 1, blobs: 1, results: 0 });
    assert.not.ok(fs.existsSync(store.treePath(tree)));
    assert.is(await found(store, keys), '1 2 3');
  });
});

test('a tree that another result names as well stays', async () => {
  const clock = { now: start };
  await inStore(
    async (store) => {
      const first = await recordFiles(store, 1, { f: 'the same' });
      clock.now += day;
      const second = await recordFiles(store, 2, { f: 'the same' });
      clock.now += day;
      assert.is(first.tree, second.tree);
      assert.is(must(await store.gc({ keepDays: 1 })).results, 1);
      clock.now += day;
      assert.is((await store.lookup(second.key))?.tree, second.tree);
    },
    { now: () => clock.now },
  );
});

test("Go's build cache loses what Go itself would drop, clones stay", async () => {
  await inStore(async (store) => {
    const shard = join(store.root, 'go-build/ab');
    fs.mkdirSync(shard, { recursive: true });
    fs.mkdirSync(join(store.root, 'git'));
    fs.writeFileSync(join(store.root, 'git/clone'), '12345');
    const [old, young] = [`${'a'.repeat(64)}-d`, `${'b'.repeat(64)}-a`];
    for (const name of [old, young, 'README']) fs.writeFileSync(join(shard, name), '123');
    const ago = (days: number) => new Date(Date.now() - days * day);
    fs.utimesSync(join(shard, old), ago(6), ago(6));
    fs.utimesSync(join(shard, young), ago(4), ago(4));
    fs.utimesSync(join(shard, 'README'), ago(6), ago(6));
    const report = must(await store.gc({ maxBytes: 0 }));
    assert.equal([report.goBuild, report.freedBytes], [1, 3]);
    assert.equal(fs.readdirSync(shard).sort(), ['README', young].sort());
    const { git, goBuild } = must(await store.size());
    assert.equal({ git, goBuild }, { git: 5, goBuild: 6 });
  });
});

test('published files that were fetched go after their days, what was taken out of archives after one', async () => {
  await inStore(async (store) => {
    const inspect = join(store.root, 'inspect');
    const ago = (days: number) => new Date(Date.now() - days * day);
    const make = (name: string, days: number) => {
      fs.mkdirSync(join(inspect, name), { recursive: true });
      fs.writeFileSync(join(inspect, name, 'file'), '12345');
      fs.utimesSync(join(inspect, name), ago(days), ago(days));
    };
    for (const [name, days] of [
      ['published/old', 9],
      ['published/young', 2],
      ['opened-old', 9],
      ['opened-now', 0],
    ] as const)
      make(name, days);
    fs.writeFileSync(join(inspect, 'gobinary-1'), '123');
    assert.is(must(await store.size()).others, 4 * 5 + 3);
    const report = must(await store.gc({ keepDays: 5 }));
    assert.equal([report.published, report.freedBytes], [2, 10]);
    assert.equal(fs.readdirSync(inspect).sort(), ['gobinary-1', 'opened-now', 'published']);
    must(await store.gc({ maxBytes: 0 }));
    assert.equal(fs.readdirSync(join(inspect, 'published')), []);
    assert.ok(fs.existsSync(join(inspect, 'opened-now')));
  });
});

test('what was decoded before the days goes, and counts as room', async () => {
  await inStore(async (store) => {
    const folder = join(store.root, 'decoded');
    fs.mkdirSync(folder);
    for (const [name, days] of [
      ['old.json', 9],
      ['young.json', 2],
    ] as const) {
      fs.writeFileSync(join(folder, name), '12345');
      const made = new Date(Date.now() - days * day);
      fs.utimesSync(join(folder, name), made, made);
    }
    assert.is(must(await store.size()).others, 10);
    const { decoded, published, freedBytes } = must(await store.gc({ keepDays: 5 }));
    assert.equal({ decoded, published, freedBytes }, { decoded: 1, published: 0, freedBytes: 5 });
    assert.equal(fs.readdirSync(folder), ['young.json']);
  });
});

test('what a task left deeper than a name can be goes, too', async () => {
  await inStore(async (store) => {
    leaveDeadLease(store.root, '1-dead');
    const left = join(store.root, 'tmp', '1-dead.0123456789ab');
    // By steps: no name of it all is taken by the system.
    const step = 'd'.repeat(200);
    const script = `mkdir -p "$1" && cd "$1" && for i in $(seq 60); do mkdir ${step} && cd -P ${step} || exit 1; done; echo x >f`;
    execFileSync('bash', ['-c', script, 'bash', left]);
    assert.ok(must(await store.size()).temporary >= 0);
    assert.is(must(await store.gc({ keepDays: 1 })).temporary, 1);
    assert.not.ok(fs.existsSync(left));
  });
});

test.run();
