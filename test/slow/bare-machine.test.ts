import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { type BareMachine, type BareRun, makeBareMachine } from '../rig/bare-machine.ts';
import { suite } from '../rig/suite.ts';

/** A machine as README asks for it, and this repository's HEAD. Each test leaves more on it than the one before. */
const test = suite<{ machine: BareMachine }>('a bare Debian 12');

test.before(async (context, defer) => {
  context.machine = await makeBareMachine(fileURLToPath(new URL('../../', import.meta.url)), defer);
});

const figures = ({ seconds }: BareRun): void => void process.stdout.write(`\n  in ${seconds} s\n`);
const ending = ({ output }: BareRun): string => output.slice(-3000);

test('"make" installs, builds and verifies the sample, with empty caches', async ({ machine }) => {
  const ran = await machine.run('make');
  figures(ran);
  assert.is(ran.code, 0, ending(ran));
  assert.match(
    ran.output,
    /identical \/ comparable \/ all: (\d+) \/ \1 \/ \d+\. No comparable file differs\./,
  );
});

test('unit tests need nothing more', async ({ machine }) => {
  const ran = await machine.run('npm', 'run', '--silent', 'unit');
  figures(ran);
  assert.match(ran.output.trimEnd().split('\n').at(-1) ?? '', /^[1-9]\d* passed, 0 failed$/);
});

test('"make test" names what is missing, with one line that installs it', async ({ machine }) => {
  const ran = await machine.run('make', 'test');
  const lines = ran.output.split('\n');
  assert.is.not(ran.code, 0);
  assert.ok(lines.includes("  trust (Debian's p11-kit)"), ending(ran));
  assert.is(lines.filter((line) => line.startsWith('apt-get install ')).length, 1);
  assert.ok(lines.includes('0 passed, 1 failed'));
  assert.not.match(ran.output, /^\s+at /m);
});

test('".ci/run" installs it, and all tests pass', async ({ machine }) => {
  const ran = await machine.run('bash', '.ci/run');
  figures(ran);
  assert.match(ran.output.trimEnd().split('\n').at(-1) ?? '', /^[1-9]\d* passed, 0 failed$/, ending(ran));
  assert.is(ran.code, 0);
});

test.run();
