import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { linesToTry } from '../docs/trials.ts';
import type { Program } from '../rig/program.ts';
import { suite } from '../rig/suite.ts';
import { warmProgram } from '../rig/warm.ts';

/** The lines of the documentation, and the examples of help, that are about the sample, by the program as it is installed. */
const test = suite<{ program: Program }>('documentation on the sample');

test.before(async (context, defer) => {
  const folder = mkdtempSync(join(tmpdir(), 'documentation-'));
  defer(() => rmSync(folder, { recursive: true }));
  context.program = await warmProgram(folder);
});

/** What makes a site comes before what looks at it. */
const lines = [...linesToTry('the sample')].sort(
  (a, b) => Number(a[1] === 'check') - Number(b[1] === 'check'),
);

test('there are such lines of what builds', () => {
  const names = lines.map(([name, next]) => (next === 'check' ? 'release check' : name));
  const wanted = ['attest', 'build', 'explain', 'release', 'release check', 'verify'];
  assert.equal(
    wanted.filter((name) => !names.includes(name)),
    [],
  );
});

for (const words of lines) {
  test(words.join(' '), async ({ program }) => {
    const ran = await program.run(words);
    assert.is(ran.code, 0, ran.stdout.slice(-2000) + ran.stderr);
    assert.ok(ran.stdout.length > 0, 'and says something');
    const output = words[words.indexOf('--output') + 1] ?? '';
    if (words.includes('--output')) assert.ok(existsSync(join(program.folder, 'empty', output)), output);
  });
}

test.run();
