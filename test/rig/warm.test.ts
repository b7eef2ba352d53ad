import { chmodSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { digestOfFolder } from '../../orchestrator/tool/tar/folder-digest.ts';
import { forgetResults } from './forget-results.ts';
import { copyStore } from './warm.ts';
import { newWorld, warmWorld } from './world.ts';
import { release } from './world-content.ts';

function filesBelow(folder: string): readonly string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

test('a copy of a store is a store, and what the program does to it reaches no other one', async () => {
  const [from, world] = [await warmWorld(), await newWorld()];
  const cache = join(world.folder, 'copy');
  copyStore(from.cache, cache);
  const before = await digestOfFolder(from.cache);
  const env = { ...world.host.env, EKSD_REBUILD_CACHE: cache };
  const run = async (...argv: readonly string[]) => {
    const ran = await world.run(argv, { env });
    assert.is(ran.code, 0, ran.stdout + ran.stderr);
    return ran.stdout;
  };
  assert.match(await run('plan', release), / 0 to do\n$/);
  const [blob = ''] = filesBelow(join(cache, 'blobs'));
  assert.is(statSync(blob).ino, statSync(blob.replace(cache, from.cache)).ino);
  // Built again, checked, found wanting, and thrown away.
  forgetResults(cache, (kind) => kind !== 'toolchain');
  await run('verify', release);
  await run('verify', release, '--fresh', '--recheck');
  await run('cache', 'check');
  await run('cache', 'gc', '--max-size', '0');
  assert.is.not(await digestOfFolder(cache), before);
  assert.is(await digestOfFolder(from.cache), before);
});

for (const [what, damage] of [
  ['writes into', (blob: string) => writeFileSync(blob, 'damaged')],
  ['lets others write into', (blob: string) => chmodSync(blob, 0o666)],
] as const) {
  test(`a blob that somebody else ${what} is found`, async () => {
    const [from, world] = [await warmWorld(), await newWorld()];
    const cache = join(world.folder, 'copy');
    copyStore(from.cache, cache);
    const blob = filesBelow(join(cache, 'blobs')).find((file) => statSync(file).size > 0) ?? '';
    const { atime, mtime } = statSync(blob);
    damage(blob);
    utimesSync(blob, atime, mtime);
    const checked = await from.run(['cache', 'check']);
    assert.is.not(checked.code, 0, checked.stdout);
  });
}

test.run();
