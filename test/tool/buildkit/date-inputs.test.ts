import { lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dateInputs } from '../../../orchestrator/tool/buildkit/date-inputs.ts';

const epoch = 1_700_000_000;

async function timesOf(work: string): Promise<readonly number[]> {
  const folder = mkdtempSync(join(tmpdir(), 'date-inputs-'));
  const [context, dockerfile] = [join(folder, 'context'), join(folder, 'dockerfile')];
  for (const path of [join(context, 'a', 'b'), dockerfile]) mkdirSync(path, { recursive: true });
  writeFileSync(join(context, 'a', 'b', 'file'), '');
  symlinkSync('nowhere', join(context, 'link'));
  writeFileSync(join(dockerfile, 'Dockerfile'), '');
  await dateInputs({ context, dockerfile, work, epoch });
  const names = ['context', 'context/a', 'context/a/b/file', 'context/link', 'dockerfile/Dockerfile'];
  const times = names.map((name) => lstatSync(join(folder, name)).mtimeMs / 1000);
  rmSync(folder, { recursive: true });
  return times;
}

test('all that a build sends has one time, later than the source’s, that no other build has', async () => {
  const [first, other] = [await timesOf('/work/1'), await timesOf('/work/2')];
  assert.is(new Set(first).size, 1);
  assert.ok((first[0] ?? 0) > epoch);
  assert.ok((other[0] ?? 0) > epoch);
  assert.is.not(first[0], other[0]);
  assert.equal(await timesOf('/work/1'), first);
});

test.run();
