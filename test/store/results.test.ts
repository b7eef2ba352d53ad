import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { digestOf } from '../../orchestrator/core/digest.ts';
import { resultKey } from '../../orchestrator/store/result-key.ts';
import { addFiles, failureOf, inStore, must, recordFiles, type TestStore } from './fixture.ts';

function pathOf(store: TestStore, key: string): string {
  return join(store.root, 'results', key.slice(0, 2), `${key}.json`);
}

test('what was recorded is found again, as it was', async () => {
  await inStore(async (store) => {
    const inputs = { go: '1.21.10', list: [1, null, true] };
    const key = resultKey('go-build', inputs);
    assert.is(await store.lookup(key), undefined);
    const command = {
      argv: ['go', 'build'],
      cwd: '$SCRATCH',
      env: { A: 'b' },
      seconds: 2,
      isolation: 'none',
    } as const;
    const result = {
      key,
      kind: 'go-build',
      inputs,
      tree: await addFiles(store, { program: '*binary' }),
      seconds: 12.25,
      notes: ['Made by hand.'],
      commands: [
        { ...command, exitCode: 0 },
        { ...command, exitCode: undefined },
      ],
      title: 'go-build a/b',
    };
    must(await store.record(result));
    assert.equal(await store.lookup(key), result);
    assert.equal(await store.lastResult('go-build', 'go-build a/b'), result);
    assert.is(await store.lastResult('source', 'go-build a/b'), undefined);
  });
});

test('a half-written, edited or misplaced result is a miss, and goes', async () => {
  const damages: ((text: string) => string)[] = [
    (text) => text.slice(0, text.length / 2),
    () => '',
    (text) => text.replace('"seconds":1.5', '"seconds":1.6'),
    (text) => text.replace(/"tree":"[0-9a-f]{64}"/, `"tree":"${digestOf('another')}"`),
    () => '[]',
  ];
  await inStore(async (store) => {
    const { key, tree } = await recordFiles(store, 'inputs', { f: 'f' });
    const good = fs.readFileSync(pathOf(store, key), 'utf8');
    for (const damage of damages) {
      fs.writeFileSync(pathOf(store, key), damage(good));
      assert.is(await store.lookup(key), undefined, `found after ${damage}`);
      assert.not.ok(fs.existsSync(pathOf(store, key)));
    }
    const other = resultKey('test', 'other inputs');
    fs.mkdirSync(join(pathOf(store, other), '..'), { recursive: true });
    fs.writeFileSync(pathOf(store, other), good);
    assert.is(await store.lookup(other), undefined);
    fs.writeFileSync(pathOf(store, key), good);
    assert.is((await store.lookup(key))?.tree, tree);
  });
});

test('a result is a hit only while its tree is there', async () => {
  await inStore(async (store) => {
    const { key, tree } = await recordFiles(store, 'inputs', { f: 'f' });
    const place = join(store.treePath(tree), '..');
    fs.renameSync(join(place, 'manifest.json'), join(place, 'kept'));
    assert.is(await store.lookup(key), undefined);
    fs.renameSync(join(place, 'kept'), join(place, 'manifest.json'));
    assert.is((await store.lookup(key))?.tree, tree);
    fs.rmSync(place, { recursive: true });
    assert.is(await store.lookup(key), undefined);
    assert.is((await store.lastResult('test', 'a test'))?.key, key);
  });
});

test('a lookup marks the result and its tree as used now', async () => {
  let now = Date.parse('2030-01-01');
  await inStore(
    async (store) => {
      const { key, tree } = await recordFiles(store, 'inputs', { f: 'f' });
      now = Date.parse('2031-01-01');
      await store.lookup(key);
      assert.is(fs.statSync(pathOf(store, key)).mtimeMs, now);
      assert.is(fs.statSync(join(store.treePath(tree), '..')).mtimeMs, now);
    },
    { now: () => now },
  );
});

test('a result whose tree is not there cannot be recorded, nor one under a key that is not its own', async () => {
  await inStore(async (store) => {
    const key = resultKey('test', 1);
    const result = {
      key,
      kind: 'test',
      inputs: 1,
      tree: digestOf('none'),
      seconds: 0,
      notes: [],
      commands: [],
      title: 't',
    };
    assert.is(failureOf(await store.record(result)).reason, 'store-damaged');
    const tree = await addFiles(store, { f: 'f' });
    try {
      await store.record({ ...result, tree, inputs: 2 });
      assert.unreachable('recorded');
    } catch (error) {
      assert.instance(error, TypeError);
    }
    assert.is(must(await store.size()).results, 0);
  });
});

test('sixty lookups take well under 100 ms of the processor', async () => {
  await inStore(async (store) => {
    const keys = [];
    for (let i = 0; i < 6; i += 1) keys.push((await recordFiles(store, { i }, { f: `${i}` })).key);
    const began = process.cpuUsage();
    for (let round = 0; round < 10; round += 1) for (const key of keys) assert.ok(await store.lookup(key));
    const { user, system } = process.cpuUsage(began);
    assert.ok(user + system < 100_000, `${user + system} µs`);
  });
});

test.run();
