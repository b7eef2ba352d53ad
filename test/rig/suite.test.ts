import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { complaintOf } from './batch.ts';
import { suite } from './suite.ts';
import { writeFiles } from './world.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Files whose hooks fail, run by uvu itself. What they did is told by lines of their own. */
const files = {
  'hooks/a.test.ts': `const test = suite('a');
test.before((_, defer) => { defer(() => say('first')); defer(() => say('second')); throw new Error('no trust here'); });
test.before(() => say('the other before'));
test.before.each(() => say('each'));
test.after(() => { say('after'); throw new Error('because of it'); });
test('one', () => say('one'));
test('two', () => say('two'));
test.run();`,
  'hooks/b.test.ts': `const test = suite('b');
test.before(() => say('before'));
test.before.each((context, defer) => {
  defer(() => {
    say('end of ' + context.__test__);
    if (context.__test__ === 'three') throw new Error('the end of three is wrong, too');
  });
  if (context.__test__ === 'two') throw new Error('no server for two');
});
test.after.each((context) => say('after ' + context.__test__));
test('one', () => say('one'));
test('two', () => say('two'));
test('three', () => { throw new Error('three is wrong'); });
test.after(() => say('after all'));
test.run();`,
  'hooks/c.test.ts': `const test = suite('c');
test.before((_, defer) => { defer(() => say('end')); });
test.after(() => { throw new Error('it cannot be removed'); });
test('one', () => say('one'));
test('two', () => say('two'));
test.run();`,
  'hooks/d.test.ts': `const test = suite('d');
test.before((context, defer) => { context.made = 'made'; defer(() => say('first')); defer(() => say('second')); });
test.after(({ made }) => say('after what was ' + made));
test('one', ({ made }) => say('one, ' + made));
test.run();`,
};

/** What each file said, and all that uvu said. */
function runFiles() {
  const folder = mkdtempSync(join(tmpdir(), 'suite-'));
  try {
    const before = (name: string) =>
      `import { suite } from '${join(root, 'test/rig/suite.ts')}';\nconst say = (text) => console.log('\\n${name}: ' + text);\n`;
    const texts = Object.entries(files).map(([name, text]) => [name, before(name.slice(6, 7)) + text]);
    writeFiles(folder, Object.fromEntries(texts));
    const argv = ['--import', 'tsx', 'node_modules/uvu/bin.js', '--no-color', folder];
    const { FORCE_COLOR: _, ...env } = process.env;
    const ran = spawnSync(process.execPath, argv, { cwd: root, env, encoding: 'utf8' });
    const said = (name: string) =>
      [...ran.stdout.matchAll(/^([a-d]): (.*)$/gm)].filter(([, at]) => at === name);
    return { ...ran, said: (name: string) => said(name).map(([, , text]) => text) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const test = suite<ReturnType<typeof runFiles>>('hooks');
test.before((context) => {
  Object.assign(context, runFiles());
});

/** The first line of each failure's reason, in order. */
function reasons(output: string): readonly string[] {
  return [...output.matchAll(/ FAIL .*"(.*)"\n\s+(.*)\n/g)].map(([, name, reason]) => `${name}: ${reason}`);
}

test('where a "before" fails, no test and no "after" of its suite runs, and what it had made is ended, the last first', ({
  said,
  stdout,
}) => {
  assert.equal(said('a'), ['second', 'first']);
  assert.not.match(stdout, 'because of it');
});

test('a "before" of one test that fails fails that one alone', ({ said }) => {
  assert.equal(said('b'), [
    ...['before', 'one', 'after one', 'end of one', 'end of two', 'after three', 'end of three'],
    'after all',
  ]);
});

test('an "after" that fails fails the last test; what was deferred ends all the same, and the next file runs', ({
  said,
}) => {
  assert.equal(said('c'), ['one', 'two', 'end']);
  assert.equal(said('d'), ['one, made', 'after what was made', 'second', 'first']);
});

test('each failure is told with the error that came first', ({ stdout, status }) => {
  assert.equal(reasons(stdout), [
    'one: no trust here',
    'two: not run: the "before" of its suite failed',
    'two: no server for two',
    'three: three is wrong',
    'two: it cannot be removed',
  ]);
  assert.match(stdout, /Total: {5}8\n {2}Passed: {4}3\n/);
  assert.is(status, 1);
});

test('what is said once more of a batch is what failed first, and nothing that failed because of it', ({
  stdout,
}) => {
  const complaint = complaintOf(stdout);
  assert.equal(
    reasons(complaint).map((reason) => reason.split(': ')[1]),
    ['no trust here', 'no server for two', 'three is wrong', 'it cannot be removed'],
  );
  assert.not.match(complaint, /^[a-d]: /m);
  assert.match(
    complaintOf(`${stdout.slice(0, stdout.indexOf('Total:') - 2)}Killed`),
    /no trust here.*\nKilled\n$/s,
  );
  assert.is(complaintOf('tsx is not there'), 'tsx is not there\n');
});

test.run();
