import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import type { Explanation } from '../../orchestrator/verdict/verify/explanation.ts';
import { faults } from '../faults/catalogue.ts';
import { type FaultyRelease, layFaultyWorld } from '../faults/world.ts';
import { type Ran, runMain, testHost } from '../rig/host.ts';
import { suite } from '../rig/suite.ts';
import { warmCache } from '../rig/warm.ts';

interface Context {
  folder: string;
  root: string;
  faulty: FaultyRelease;
  run: (...words: readonly string[]) => Promise<Ran>;
}

/** A program of the sample that upstream built in a clean checkout, and what go says of it. */
const test = suite<Context>('explain by what go says of the published program');

test.before(async (context, defer) => {
  context.folder = mkdtempSync(join(tmpdir(), 'published-text-'));
  defer(() => rmSync(context.folder, { recursive: true }));
  const chosen = faults.filter(({ name }) => name === 'a clean checkout');
  const cache = join(context.folder, 'cache');
  await warmCache(cache);
  const { root, releases } = await layFaultyWorld(context.folder, chosen, join(cache, 'go-build'));
  const [faulty] = releases;
  if (faulty === undefined) throw new Error('the catalogue has changed');
  const { PATH = '', HOME = '', GOPROXY, GOSUMDB } = process.env;
  const host = testHost({
    cwd: root,
    packageFolder: fileURLToPath(new URL('../../', import.meta.url)),
    env: {
      ...{ PATH, HOME, EKSD_REBUILD_CACHE: cache },
      ...(GOPROXY === undefined ? {} : { GOPROXY }),
      ...(GOSUMDB === undefined ? {} : { GOSUMDB }),
    },
  });
  Object.assign(context, { root, faulty });
  context.run = (...words) => runMain(words, host);
  const imported = await context.run('import', faulty.release);
  assert.is(imported.code, 0, imported.stderr);
  const text = execFileSync('go', ['version', '-m', faulty.file], { encoding: 'utf8' });
  writeFileSync(join(root, 'said.txt'), text);
});
function explain({ run, faulty }: Context, published: string, ...words: readonly string[]): Promise<Ran> {
  const of = [`linux/amd64/${faulty.name}`, '--project', `sample/${faulty.fault.build.project}`];
  return run(
    'explain',
    faulty.release,
    ...of,
    '--platform',
    'linux/amd64',
    '--published',
    published,
    ...words,
  );
}

const differs = `: 1 line differs
  vcs.modified: published false, `;
const clean = '    the stamp of a checkout that is not modified makes it so: {"stamp":"clean"}\n';

test('without a build, the plan is enough; the program says what its text says', async (context) => {
  const text = await explain(context, 'said.txt', '--no-build');
  assert.is(text.code, 1, text.stderr);
  assert.match(text.stdout, `against the plan${differs}planned true\n`);
  assert.match(text.stdout, clean);
  const program = await explain(context, context.faulty.file, '--no-build');
  assert.is(program.code, 1);
  const told = (ran: Ran) => ran.stdout.replace(/\(.*?\)/, '');
  assert.is(told(program), told(text));
});

test('with builds, what the text speaks for is all that is tried, and is confirmed', async (context) => {
  const ran = await explain(context, 'said.txt');
  assert.is(ran.code, 1, ran.stderr);
  const report = JSON.parse(
    readFileSync(join(context.root, 'out', context.faulty.release, 'report.json'), 'utf8'),
  );
  const files = report.projects.flatMap((each: { files: readonly object[] }) => each.files);
  const [file] = files.filter(({ name }: { name: string }) => name === context.faulty.name);
  const { confidence, override, tried, evidence } = file.explanation as Explanation;
  assert.equal([confidence, override], ['confirmed', { stamp: 'clean' }]);
  assert.is(tried.length, 1);
  assert.match(
    evidence.join('\n'),
    'One is stamped as modified, the other as clean: built true, published false.',
  );
});

test('then it is compared with our own build', async (context) => {
  const ran = await explain(context, 'said.txt', '--no-build');
  assert.is(ran.code, 1);
  assert.match(ran.stdout, `against our own build${differs}built true\n`);
  assert.match(ran.stdout, clean);
  assert.not.match(ran.stdout, 'not known before it is built');
});

test.run();
