import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { bytesAt, watching } from '../../../orchestrator/tool/file/watch.ts';
import { suite } from '../../rig/suite.ts';

const test = suite<{ folder: string }>('watching what programs leave');
test.before.each((context, defer) => {
  context.folder = mkdtempSync(join(tmpdir(), 'watch-'));
  defer(() => rmSync(context.folder, { recursive: true }));
});

const period = 5;

test('what is there is told while it grows, and no more once it is over', async ({ folder }) => {
  const told: number[] = [];
  const tell = (bytes: number) => void told.push(bytes);
  const result = await watching(
    () => bytesAt(folder),
    tell,
    async () => {
      while (told.length === 0) await setTimeout(period);
      mkdirSync(join(folder, 'deep'));
      writeFileSync(join(folder, 'deep', 'file'), '12345');
      while (told.at(-1) !== 5) await setTimeout(period);
      writeFileSync(join(folder, 'other'), '1234567');
      while (told.at(-1) !== 12) await setTimeout(period);
      return 'done';
    },
    period,
  );
  assert.is(result, 'done');
  assert.is(told[0], 0);
  const count = told.length;
  await setTimeout(6 * period);
  assert.is(told.length, count);
});

test('a look that fails tells nothing, one that comes too late neither, and what fails fails', async () => {
  const told: string[] = [];
  const tell = (seen: string) => void told.push(seen);
  const fails = () => Promise.reject(new Error('gone'));
  await watching(fails, tell, () => setTimeout(6 * period), period);
  const late = async () => {
    await setTimeout(6 * period);
    return 'late';
  };
  await watching(late, tell, () => setTimeout(2 * period), period);
  await setTimeout(8 * period);
  assert.equal(told, []);
  const failed = await watching(late, tell, fails, period).catch(String);
  assert.is(failed, 'Error: gone');
});

test('a file has its own bytes, and what is not there has none', async ({ folder }) => {
  writeFileSync(join(folder, 'file'), '123');
  assert.equal([await bytesAt(join(folder, 'file')), await bytesAt(join(folder, 'none'))], [3, 0]);
});

test.run();
