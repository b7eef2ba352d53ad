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
    assert.equal(report.kept, { store: after.total, goBuild: 0, git: 0, others: 0 });
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

const ago = (days: number) => new Date(Date.now() - days * day);

/** What Go compiled six and four days ago, a program among it, and two clones of which the second was used last. */
function fillBeside(root: string): { readonly shard: string; readonly old: string; readonly young: string } {
  const shard = join(root, 'go-build/ab');
  const [old, young] = [`${'a'.repeat(64)}-d`, `${'b'.repeat(64)}-a`];
  fs.mkdirSync(join(shard, old), { recursive: true });
  fs.writeFileSync(join(shard, old, 'program'), '1234');
  for (const name of [young, 'README']) fs.writeFileSync(join(shard, name), '123');
  for (const [name, days] of [
    [old, 6],
    [young, 4],
    ['README', 6],
  ] as const)
    fs.utimesSync(join(shard, name), ago(days), ago(days));
  for (const [name, days] of [
    ['host/deep/first.git', 2],
    ['host/second.git', 1],
  ] as const) {
    fs.mkdirSync(join(root, 'git', name), { recursive: true });
    fs.writeFileSync(join(root, 'git', name, 'packed-refs'), '12345');
    fs.utimesSync(join(root, 'git', name), ago(days), ago(days));
  }
  return { shard, old, young };
}

test("Go's build cache loses what was not used for the days, clones stay", async () => {
  await inStore(async (store) => {
    const { shard, young } = fillBeside(store.root);
    assert.equal(must(await store.size(5)).unused, { blobs: 0, trees: 0, results: 0, goBuild: 4 });
    const report = must(await store.gc({ keepDays: 5 }));
    assert.equal([report.goBuild, report.freed.goBuild, report.clones], [1, 4, 0]);
    assert.equal(fs.readdirSync(shard).sort(), ['README', young].sort());
    const { git, goBuild } = must(await store.size());
    assert.equal({ git, goBuild }, { git: 10, goBuild: 6 });
    assert.equal([report.kept.git, report.kept.goBuild], [10, 6]);
  });
});

test('down to a size goes what Go compiled like results, the longest unused first, and then clones', async () => {
  await inStore(async (store) => {
    const { shard, old, young } = fillBeside(store.root);
    const { key, tree } = await recordFiles(store, 'five days', { own: 'x'.repeat(100) });
    // A tree of this very millisecond may be anyone's.
    for (const path of [`results/${key.slice(0, 2)}/${key}.json`, `trees/${tree.slice(0, 2)}/${tree}`])
      fs.utimesSync(join(store.root, path), ago(5), ago(5));
    const all = must(await store.size()).total;
    must(await store.gc({ maxBytes: all - 1 }));
    assert.equal(fs.readdirSync(shard).sort(), ['README', young].sort(), old);
    // The name of the result goes after all results.
    must(await store.gc({ maxBytes: 10 + 3 + 3 + 64 }));
    assert.is(await store.lookup(key), undefined);
    assert.equal(fs.readdirSync(shard).sort(), ['README', young].sort());
    assert.equal(must(await store.gc({ maxBytes: 10 })).clones, 1);
    assert.equal(fs.readdirSync(shard), ['README']);
    assert.equal(fs.readdirSync(join(store.root, 'git/host')), ['deep', 'second.git']);
    const report = must(await store.gc({ maxBytes: 0 }));
    assert.equal([report.clones, report.freed.git], [1, 5]);
    assert.equal(report.kept, { store: 0, goBuild: 3, git: 0, others: 0 });
  });
});

test('beside another process stay clones, what it compiled, and what it found compiled', async () => {
  await inStore(async (store) => {
    const { shard, old, young } = fillBeside(store.root);
    const other = must(await openStore(store.root, storeOptions()));
    // Go marks a use once an hour.
    const used = new Date(Date.now() - 50 * 60_000);
    fs.utimesSync(join(shard, young), used, used);
    const report = must(await store.gc({ maxBytes: 0 }));
    assert.equal([report.goBuild, report.clones], [1, 0], old);
    assert.ok(fs.existsSync(join(shard, young)));
    await other.close();
    assert.equal(must(await store.gc({ maxBytes: 0 })).clones, 2);
  });
});

test('published files that were fetched go after their days, what was taken out of archives after one', async () => {
  await inStore(async (store) => {
    const inspect = join(store.root, 'inspect');
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
    assert.equal([report.published, report.freed.others], [2, 10]);
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
    const { decoded, published, freed } = must(await store.gc({ keepDays: 5 }));
    assert.equal([decoded, published, freed.others], [1, 0, 5]);
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
