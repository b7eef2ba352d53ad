import { type ChildProcess, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isDigest } from '../../orchestrator/core/digest.ts';
import { openStore } from '../../orchestrator/store/open-store.ts';
import { addFiles, inFolder, must, storeOptions } from '../store/fixture.ts';

const here = fileURLToPath(new URL('.', import.meta.url));

interface Writer {
  readonly process: ChildProcess;
  readonly ready: Promise<unknown>;
  readonly ended: Promise<unknown>;
  /** Everything that it said. */
  said: string;
}

function startWriter(root: string, seed: number): Writer {
  const child = spawn(process.execPath, ['--import', 'tsx', join(here, 'store-writer.ts'), root, `${seed}`], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise((resolve) => child.on('close', resolve));
  let isReady = (_: unknown): void => undefined;
  const ready = Promise.race([new Promise((resolve) => (isReady = resolve)), ended]);
  const writer: Writer = { process: child, ready, ended, said: '' };
  const hear = (text: unknown) => {
    writer.said += text;
    if (writer.said.includes('ready\n')) isReady(undefined);
  };
  child.stdout?.on('data', hear);
  child.stderr?.on('data', hear);
  return writer;
}

/** Every result of the store, whole: its tree is hashed again. */
async function inspect(root: string, what: string): Promise<number> {
  const store = must(await openStore(root, storeOptions()));
  assert.equal(must(await store.check()).dropped, [], what);
  let results = 0;
  for (const shard of fs.readdirSync(join(root, 'results'))) {
    for (const name of fs.readdirSync(join(root, 'results', shard))) {
      const key = name.replace('.json', '');
      const found = isDigest(key) ? await store.lookup(key) : undefined;
      assert.ok(found, `${what}: ${name} is no hit`);
      results += 1;
    }
  }
  await store.close();
  assert.equal(fs.readdirSync(join(root, 'tmp')), [], `${what}: left over`);
  return results;
}

test('kill -9 of two writers at 20 random moments: nothing in the store is damaged', async () => {
  await inFolder(async (folder) => {
    const root = join(folder, 'store');
    let results = 0;
    for (let round = 0; round < 20; round += 1) {
      const writers = [startWriter(root, 2 * round + 1), startWriter(root, 2 * round + 2)];
      try {
        for (const writer of writers) await writer.ready;
        await setTimeout(10 + Math.random() * 300);
      } finally {
        for (const writer of writers) writer.process.kill('SIGKILL');
        for (const writer of writers) await writer.ended;
      }
      for (const writer of writers) assert.is(writer.said, 'ready\n', `round ${round}`);
      results = await inspect(root, `round ${round}`);
    }
    assert.ok(results > 20, `only ${results} results were written`);
    const store = must(await openStore(root, storeOptions()));
    // What was used in this very moment stays.
    await setTimeout(20);
    must(await store.gc({ maxBytes: 0 }));
    assert.is(must(await store.size()).total, 0);
    await store.close();
  });
});

test('two processes that add the same tree at once: one is kept, both go on', async () => {
  await inFolder(async (folder) => {
    const root = join(folder, 'store');
    const first = must(await openStore(root, storeOptions()));
    const stores = [first, must(await openStore(root, storeOptions()))];
    const files = Object.fromEntries(
      Array.from({ length: 500 }, (_, index) => [`d/${index}`, `${index % 50}`]),
    );
    const writers = [startWriter(root, 5), startWriter(root, 5)];
    try {
      for (const writer of writers) await writer.ready;
      for (let round = 0; round < 10; round += 1) {
        const trees = await Promise.all(
          stores.map((store) => addFiles(store, { ...files, round: `${round}` })),
        );
        assert.is(new Set(trees).size, 1);
        for (const tree of trees) assert.is(must(await first.entries(tree)).length, 501);
      }
    } finally {
      for (const writer of writers) writer.process.kill('SIGKILL');
      for (const writer of writers) await writer.ended;
    }
    for (const writer of writers) assert.is(writer.said, 'ready\n');
    for (const store of stores) await store.close();
    await inspect(root, 'at the end');
  });
});

test.run();
