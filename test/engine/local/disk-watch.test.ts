import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { watchDisk } from '../../../orchestrator/engine/local/disk-watch.ts';
import { atOnce } from '../../../orchestrator/tool/process/process.ts';
import { suite } from '../../rig/suite.ts';

const test = suite<{ folder: string }>('the room that tasks take');
const mebibyte = 2 ** 20;
const none = new AbortController().signal;

test.before.each((context, defer) => {
  context.folder = mkdtempSync(join(tmpdir(), 'room-'));
  defer(() => rmSync(context.folder, { recursive: true }));
});

/** A folder with a file of so many bytes in it. */
function written(folder: string, name: string, bytes: number): string {
  const made = join(folder, name);
  mkdirSync(join(made, 'deep'), { recursive: true });
  writeFileSync(join(made, 'deep', 'file'), Buffer.alloc(bytes, 1));
  return made;
}

/** A file system on which so much is free at each look, and of the last so much at all others. */
function fileSystem(...free: readonly number[]) {
  let at = -1;
  return async () => {
    at = Math.min(at + 1, free.length - 1);
    return { free: free[at] ?? 0, total: 100 * mebibyte };
  };
}

test('who has written most is stopped, where that is more than what is left; the others go on', async ({
  folder,
}) => {
  const disk = watchDisk('/', fileSystem(50 * mebibyte, 2 * mebibyte));
  const small = disk.enter([written(folder, 'small', mebibyte)], none);
  const large = disk.enter([written(folder, 'large', 3 * mebibyte), join(folder, 'not-there')], none);
  for (let tries = 0; tries < 100 && !large.signal.aborted; tries += 1) await setTimeout(20);
  assert.is(large.signal.reason, atOnce);
  const { written: bytes = 0, left } = large.stopped() ?? {};
  assert.ok(bytes >= 3 * mebibyte && bytes < 4 * mebibyte, String(bytes));
  assert.is(left, 2 * mebibyte);
  // Nobody else, before its room has come back.
  await setTimeout(300);
  assert.not(small.signal.aborted);
  large.leave();
  small.leave();
});

test('a disk that others fill stops nobody', async ({ folder }) => {
  const disk = watchDisk('/', fileSystem(2 * mebibyte));
  const task = disk.enter([written(folder, 'small', mebibyte)], none);
  await setTimeout(300);
  assert.not(task.signal.aborted);
  assert.is(task.stopped(), undefined);
  task.leave();
});

test('nor is one let go on whose files are not to be seen', async ({ folder }) => {
  const disk = watchDisk('/', fileSystem(50 * mebibyte, mebibyte));
  const task = disk.enter([written(folder, 'small', 1)], none);
  for (let tries = 0; tries < 100 && !task.signal.aborted; tries += 1) await setTimeout(20);
  assert.is(task.signal.reason, atOnce);
  task.leave();
});

test('an interruption is one', async ({ folder }) => {
  const interruption = new AbortController();
  const task = watchDisk('/', fileSystem(50 * mebibyte)).enter([folder], interruption.signal);
  interruption.abort();
  assert.ok(task.signal.aborted);
  assert.is(task.stopped(), undefined);
  task.leave();
});

test.run();
