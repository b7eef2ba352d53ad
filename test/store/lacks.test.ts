import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resultKey } from '../../orchestrator/store/result-key.ts';
import { inStore, must } from './fixture.ts';

const key = resultKey('modules', 'inputs');
const shard = (root: string) => join(root, 'lacks', key.slice(0, 2));

test('what could not be had is kept under its key, until it is forgotten', async () => {
  await inStore(async (store) => {
    assert.is(await store.lackOf(key), undefined);
    await store.setLack(key, 'a.b/gone@v1.0.0');
    assert.is((await store.lackOf(key))?.what, 'a.b/gone@v1.0.0');
    assert.is(await store.lackOf(resultKey('modules', 'others')), undefined);
    await store.setLack(key, 'a.b/other@v1.0.0');
    assert.is((await store.lackOf(key))?.what, 'a.b/other@v1.0.0');
    assert.ok(must(await store.size()).results > 0);
    await store.setLack(key, undefined);
    await store.setLack(key, undefined);
    assert.is(await store.lackOf(key), undefined);
  });
});

test('a folder, a link or a long text in its place is no hint', async () => {
  await inStore(async (store, folder) => {
    const place = join(shard(store.root), key);
    fs.mkdirSync(place, { recursive: true });
    assert.is(await store.lackOf(key), undefined);
    fs.rmdirSync(place);
    fs.writeFileSync(join(folder, 'elsewhere'), 'a.b/c@v1.0.0');
    fs.symlinkSync(join(folder, 'elsewhere'), place);
    assert.is(await store.lackOf(key), undefined);
    fs.unlinkSync(place);
    fs.writeFileSync(place, 'x'.repeat(1001));
    assert.is(await store.lackOf(key), undefined);
  });
});

test('gc takes what was not asked for again for as long as results are kept', async () => {
  await inStore(async (store) => {
    await store.setLack(key, 'a.b/gone@v1.0.0');
    must(await store.gc({ keepDays: 1 }));
    assert.is((await store.lackOf(key))?.what, 'a.b/gone@v1.0.0');
    const old = new Date(Date.now() - 2 * 86_400_000);
    fs.utimesSync(join(shard(store.root), key), old, old);
    must(await store.gc({ keepDays: 1 }));
    assert.is(await store.lackOf(key), undefined);
    await store.setLack(key, 'a.b/gone@v1.0.0');
    assert.is((await store.lackOf(key))?.what, 'a.b/gone@v1.0.0');
  });
});

test.run();
