import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openStore } from '../../orchestrator/store/open-store.ts';
import { resultKey } from '../../orchestrator/store/result-key.ts';
import { failureOf, inFolder, inStore, leaveDeadLease, must, recordFiles, storeOptions } from './fixture.ts';

test('a store that another version wrote is refused, and stays as it is', async () => {
  await inFolder(async (folder) => {
    const root = join(folder, 'deep/store');
    const store = must(await openStore(root, storeOptions()));
    await store.close();
    fs.writeFileSync(join(root, 'version'), 'eksd-rebuild store 9\nand more\n');
    assert.equal(failureOf(await openStore(root, storeOptions())), {
      reason: 'store-version',
      path: root,
      found: 'eksd-rebuild store 9',
      expected: 'eksd-rebuild store 1',
    });
    fs.rmSync(join(root, 'version'));
    assert.is(failureOf(await openStore(root, storeOptions())).reason, 'store-version');
    assert.equal(fs.readdirSync(join(root, 'leases')), []);
  });
});

test("a folder of someone else's is refused, whatever is called in it as ours is; an empty one is taken", async () => {
  for (const names of [['git'], ['go-build', 'links'], ['version'], ['notes.txt'], ['blobs', 'trees']]) {
    await inFolder(async (folder) => {
      for (const name of names) fs.mkdirSync(join(folder, name));
      const failure = failureOf(await openStore(folder, storeOptions()));
      assert.is(failure.reason, 'usage');
      assert.not.match(JSON.stringify(failure), /delete/i);
      assert.equal(fs.readdirSync(folder), names);
    });
  }
  await inFolder(async (folder) => {
    // What a new file system has, and who was killed in the first moment.
    fs.mkdirSync(join(folder, 'lost+found'));
    fs.writeFileSync(join(folder, 'version.77-0123456789ab'), '');
    await must(await openStore(folder, storeOptions())).close();
  });
});

test('who only looks makes nothing, and finds nothing where nothing is', async () => {
  await inFolder(async (folder) => {
    const root = join(folder, 'none');
    const store = must(await openStore(root, storeOptions({ isForLooking: true })));
    assert.is(store.isThere, false);
    assert.is(await store.lookup(resultKey('test', 'inputs')), undefined);
    assert.is(await store.lastResult('test', 'a test'), undefined);
    assert.is(failureOf(await store.temporaryFolder()).reason, 'read-only');
    await store.close();
    assert.not.ok(fs.existsSync(root));
    await must(await openStore(root, storeOptions())).close();
    const found = must(await openStore(root, storeOptions({ isForLooking: true })));
    assert.is(found.isThere, true);
    await found.close();
  });
});

test('a link in the place of one of its folders is refused, a file likewise', async () => {
  for (const name of ['blobs', 'trees', 'results', 'titles', 'locks', 'leases', 'tmp']) {
    await inStore(async (store, folder) => {
      await store.close();
      fs.mkdirSync(join(folder, 'elsewhere'));
      fs.rmSync(join(store.root, name), { recursive: true });
      fs.symlinkSync(join(folder, 'elsewhere'), join(store.root, name));
      const failure = failureOf(await openStore(store.root, storeOptions()));
      assert.match(JSON.stringify(failure), new RegExp(`unsafe-path.*"path":"${name}".*is a symbolic link`));
      assert.equal(fs.readdirSync(join(folder, 'elsewhere')), []);
      fs.unlinkSync(join(store.root, name));
      fs.writeFileSync(join(store.root, name), '');
      assert.is(failureOf(await openStore(store.root, storeOptions())).reason, 'unsafe-path');
    });
  }
});

test('what a killed process left behind goes at the next open; what a live one has stays', async () => {
  await inStore(async (store) => {
    const live = must(await store.temporaryFolder());
    leaveDeadLease(store.root, '77-dead');
    fs.mkdirSync(join(store.root, 'tmp/77-dead.1/a/b'), { recursive: true });
    fs.writeFileSync(join(store.root, 'tmp/77-dead.1/a/b/f'), '');
    fs.chmodSync(join(store.root, 'tmp/77-dead.1/a/b'), 0o555);
    fs.mkdirSync(join(store.root, 'tmp/no-lease-at-all.1'));
    const later = must(await openStore(store.root, storeOptions()));
    await later.close();
    assert.equal(
      fs.readdirSync(join(store.root, 'tmp')).map((name) => join(store.root, 'tmp', name)),
      [live],
    );
    assert.is(fs.readdirSync(join(store.root, 'leases')).length, 1, "only the live one's lease is left");
    await store.removeTemporary(live);
    assert.not.ok(fs.existsSync(live));
  });
});

test('two that open it at once share it', async () => {
  await inFolder(async (folder) => {
    const root = join(folder, 'store');
    const [first, second] = await Promise.all([
      openStore(root, storeOptions()),
      openStore(root, storeOptions()),
    ]);
    const { key } = await recordFiles(must(first), 'inputs', { f: 'f' });
    assert.ok(await must(second).lookup(key));
    await must(first).close();
    await must(second).close();
    assert.equal(fs.readdirSync(join(root, 'leases')), []);
  });
});

test('where a file is, no store is opened, and no check of it is advised', async () => {
  await inFolder(async (folder) => {
    fs.writeFileSync(join(folder, 'file'), '');
    for (const [root, detail] of [
      ['file', 'is no folder'],
      ['file/below', 'lies below what is no folder'],
    ] as const) {
      const failure = failureOf(await openStore(join(folder, root), storeOptions()));
      assert.is(failure.reason === 'unsafe-path' && failure.detail, detail);
      assert.match(JSON.stringify(failure), 'use another folder');
    }
    fs.mkdirSync(join(folder, 'real'));
    fs.symlinkSync('real', join(folder, 'link'));
    await must(await openStore(join(folder, 'link'), storeOptions())).close();
  });
});

test.run();
