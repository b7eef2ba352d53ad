import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { makeOnce } from './make-once.ts';
import { suite } from './suite.ts';

const test = suite<{ folder: string }>('what is made once');

test.before.each((context, defer) => {
  context.folder = mkdtempSync(join(tmpdir(), 'make-once-'));
  defer(() => rmSync(context.folder, { recursive: true }));
});

test('the first makes it, and all others have that', async ({ folder }) => {
  const place = join(folder, 'below', 'made');
  let made = 0;
  const make = (into: string) => {
    made += 1;
    writeFileSync(join(into, 'file'), `${made}`);
  };
  assert.equal(await Promise.all([makeOnce(place, make), makeOnce(place, make)]), [place, place]);
  assert.is(made, 1);
  assert.equal(readdirSync(join(folder, 'below')), ['made']);
});

test('one that fails leaves nothing that the next takes for whole', async ({ folder }) => {
  const place = join(folder, 'made');
  const failing = makeOnce(place, (into) => {
    writeFileSync(join(into, 'half'), '');
    throw new Error('no room');
  });
  await failing.then(assert.unreachable, (error: Error) => assert.is(error.message, 'no room'));
  assert.not.ok(existsSync(place));
  await makeOnce(place, (into) => writeFileSync(join(into, 'whole'), ''));
  assert.equal(readdirSync(place), ['whole']);
});

test('neither does one that is killed', async ({ folder }) => {
  const place = join(folder, 'made');
  const code = `
    import { writeFileSync } from 'node:fs';
    import { makeOnce } from '${import.meta.dirname}/make-once.ts';
    await makeOnce(process.argv[1], (into) => {
      writeFileSync(into + '/half', '');
      process.kill(process.pid, 'SIGKILL');
    });`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code, place]);
  assert.equal(await once(child, 'exit'), [null, 'SIGKILL']);
  assert.ok(existsSync(`${place}.lock`));
  await makeOnce(place, (into) => writeFileSync(join(into, 'whole'), ''));
  assert.equal(readdirSync(place), ['whole']);
  assert.equal(readdirSync(folder), ['made']);
});

test.run();
