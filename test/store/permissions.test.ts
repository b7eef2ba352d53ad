import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { digestOf } from '../../orchestrator/core/digest.ts';
import { openStore } from '../../orchestrator/store/open-store.ts';
import { resultKey } from '../../orchestrator/store/result-key.ts';
import { failureOf, inFolder, must, recordFiles, storeOptions, writeFiles } from './fixture.ts';

/** Permissions do not bind root: then the body runs as nobody, to whom `folder` is given. */
async function unprivileged(folder: string, body: () => Promise<void>): Promise<void> {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) {
    execFileSync('chown', ['-R', '65534:65534', folder]);
    process.setegid?.(65534);
    process.seteuid?.(65534);
  }
  try {
    await body();
  } finally {
    if (isRoot) {
      process.seteuid?.(0);
      process.setegid?.(0);
    }
  }
}

test('folders and files without permissions, as in a module cache, are taken in and removed all the same', async () => {
  await inFolder(async (folder) => {
    await unprivileged(folder, async () => {
      const store = must(await openStore(join(folder, 'store'), storeOptions()));
      const fill = (output: string) => {
        writeFiles(output, { 'm/pkg/a.go': 'a', 'm/pkg/run': '*run', 'm/secret': 's' });
        fs.chmodSync(join(output, 'm/secret'), 0o200);
        fs.chmodSync(join(output, 'm/pkg'), 0o555);
        fs.chmodSync(join(output, 'm'), 0o111);
        return output;
      };
      const tree = must(await store.addTree(fill(must(await store.temporaryFolder()))));
      assert.is(must(await store.entries(tree)).length, 3);
      const left = fill(must(await store.temporaryFolder()));
      await store.removeTemporary(left);
      assert.not.ok(fs.existsSync(left));
      await store.close();
    });
  });
});

test('two results of the same files are recorded at once', async () => {
  await inFolder(async (folder) => {
    await unprivileged(folder, async () => {
      const store = must(await openStore(join(folder, 'store'), storeOptions()));
      const other = must(await openStore(join(folder, 'store'), storeOptions()));
      const recorded = [store, store, other].map((each, at) => recordFiles(each, at, { f: 'f' }));
      for (const { key, tree } of await Promise.all(recorded))
        assert.is((await store.lookup(key))?.tree, tree);
      await Promise.all([store.close(), other.close()]);
    });
  });
});

test('a store that cannot be written can be read; the first write says why not', async () => {
  await inFolder(async (folder) => {
    const root = join(folder, 'store');
    const first = must(await openStore(root, storeOptions()));
    const { key, tree } = await recordFiles(first, 1, { f: 'f' });
    const output = join(folder, 'output');
    writeFiles(output, { g: 'g' });
    await first.close();
    await unprivileged(folder, async () => {
      execFileSync('chmod', ['-R', 'a-w', root]);
      const store = must(await openStore(root, storeOptions()));
      assert.is((await store.lookup(key))?.tree, tree);
      assert.is(fs.readFileSync(join(store.treePath(tree), 'f'), 'utf8'), 'f');
      assert.equal(must(await store.recheck(tree, 'content')), []);
      assert.ok(must(await store.size()).total > 0);
      const readOnly = { reason: 'read-only', path: root };
      const other = {
        key: resultKey('test', 2),
        kind: 'test',
        inputs: 2,
        tree,
        seconds: 0,
        notes: [],
        commands: [],
        title: '',
      };
      assert.equal(failureOf(await store.temporaryFolder()), readOnly);
      assert.equal(failureOf(await store.addTree(output)), readOnly);
      assert.equal(failureOf(await store.record(other)), readOnly);
      assert.equal(failureOf(await store.gc({ maxBytes: 0 })), readOnly);
      assert.equal(failureOf(await store.check()), readOnly);
      assert.is(await store.withLock('name', new AbortController().signal, async () => 1), 1);
      await store.close();
      const none = must(await openStore(join(root, 'below'), storeOptions()));
      assert.is(await none.lookup(digestOf('none')), undefined);
      assert.is(failureOf(await none.temporaryFolder()).reason, 'read-only');
      await none.close();
      execFileSync('chmod', ['-R', 'u+w', root]);
    });
  });
});

test.run();
