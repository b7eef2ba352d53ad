import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Digest } from '../../orchestrator/core/digest.ts';
import type { Failure } from '../../orchestrator/core/failure.ts';
import { openStore } from '../../orchestrator/store/open-store.ts';
import { resultKey } from '../../orchestrator/store/result-key.ts';
import {
  failureOf,
  inFolder,
  must,
  recordFiles,
  storeOptions,
  type TestStore,
  writeFiles,
} from '../store/fixture.ts';

/** Runs the body with a file system of 4 MB in memory; only root can mount one. */
async function inSmallFileSystem(body: (folder: string) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', folder]);
    try {
      await body(folder);
    } finally {
      execFileSync('umount', ['-l', folder]);
    }
  });
}

function canMount(): boolean {
  const folder = fs.mkdtempSync('/tmp/eksd-mount-');
  const isMounted = spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', folder]).status === 0;
  if (isMounted) spawnSync('umount', ['-l', folder]);
  fs.rmdirSync(folder);
  return isMounted;
}

const onMount = canMount() ? test : test.skip;

onMount('a full disk: a failure that says so, nothing damaged, and gc makes room', async () => {
  await inSmallFileSystem(async (folder) => {
    const root = join(folder, 'store');
    const full = { reason: 'disk-full', path: root };
    const options = storeOptions();
    const store = must(await openStore(root, options));
    const kept = await recordFiles(store, 'kept', { f: 'k'.repeat(100_000) });

    const output = must(await store.temporaryFolder());
    writeFiles(output, { small: 'small' });
    fs.writeFileSync(join(folder, 'ballast'), Buffer.alloc(1));
    fill(join(folder, 'ballast'));
    const added = await store.addTree(output);
    assert.equal(added.ok ? await recordIt(store, added.value) : added.error, full);
    const temporary = await store.temporaryFolder();
    if (!temporary.ok) assert.equal(temporary.error, full);

    const later = must(await openStore(root, options));
    assert.ok(await later.lookup(kept.key), 'what was there is still had');
    assert.equal(must(await later.check()).dropped, []);
    await store.close();
    // What was used in this very moment stays.
    await setTimeout(20);
    assert.ok(must(await later.gc({ maxBytes: 0 })).freed.store >= 100_000);
    await later.close();

    const after = must(await openStore(root, options));
    await recordFiles(after, 'after', { f: 'a'.repeat(50_000) });
    await after.close();
  });
});

/** Writes to a file until the disk is full to the last page. */
function fill(path: string): void {
  const descriptor = fs.openSync(path, 'a');
  try {
    for (;;) fs.writeSync(descriptor, Buffer.alloc(4096));
  } catch (error) {
    assert.match(String(error), 'ENOSPC');
  } finally {
    fs.closeSync(descriptor);
  }
}

async function recordIt(store: TestStore, tree: Digest): Promise<Failure> {
  const inputs = 'full';
  const key = resultKey('test', inputs);
  return failureOf(
    await store.record({ key, kind: 'test', inputs, tree, seconds: 0, notes: [], commands: [], title: 't' }),
  );
}

test.run();
