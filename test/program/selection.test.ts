import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { closeFakes } from '../oci/registry/fake-registry.ts';
import { type ImageWorld, imageWorld } from '../rig/image-world.ts';
import { reportOf, verdictsOf } from '../rig/report.ts';
import { suite } from '../rig/suite.ts';
import { release } from '../rig/world-content.ts';

const test = suite<{ world: ImageWorld }>('what a command line leaves out');

test.before(async (context, defer) => {
  defer(closeFakes);
  context.world = await imageWorld();
});

/** The projects of the last report. */
function projects(world: ImageWorld): readonly string[] {
  return reportOf(world, release).projects.map(({ name }) => name);
}

test('two exclusions leave neither, in whatever order; summary, report and page name them', async ({
  world,
}) => {
  const [bare, tool] = ['!org/bare', '!tool'];
  for (const words of [
    ['--project', bare, '--project', tool],
    ['--project', tool, '--project', bare],
  ]) {
    const ran = await world.run(['verify', release, ...words]);
    assert.is(ran.code, 0, ran.stderr);
    assert.equal(projects(world), ['org/kit']);
    assert.match(ran.stdout, '\n· Left out: projects org/bare, org/tool.\n');
    assert.equal(reportOf(world, release).leftOut, {
      projects: ['org/bare', 'org/tool'],
      platforms: [],
      images: [],
    });
    const page = readFileSync(join(world.root, 'out', release, 'report.html'), 'utf8');
    assert.match(page, '<p>Left out: projects org/bare, org/tool.</p>');
  }
});

test('an exclusion takes from what is named, before it or after', async ({ world }) => {
  for (const words of [
    ['--project', 'org/*', '--project', '!org/kit'],
    ['--project', '!org/kit', '--project', 'org/*'],
  ]) {
    assert.is((await world.run(['verify', release, ...words])).code, 0);
    assert.equal(projects(world), ['org/bare', 'org/tool']);
  }
  const named = await world.run(['verify', release, '--project', 'tool']);
  assert.not.match(named.stdout, 'Left out');
  assert.not.ok('leftOut' in reportOf(world, release));
});

test('platforms are left out by name and by glob', async ({ world }) => {
  const words = ['--platform', '!windows/*', '--platform', '!linux/arm64'];
  const ran = await world.run(['verify', release, ...words]);
  assert.is(ran.code, 0, ran.stderr);
  assert.match(ran.stdout, '\n· Left out: platforms linux/arm64, windows/amd64.\n');
  assert.equal(
    verdictsOf(reportOf(world, release)).map((line) => line.split(' ')[1]),
    Array(4).fill('linux/amd64'),
  );
});

test('a project whose image others stand on is made, and not called left out', async ({ world }) => {
  const ran = await world.run(['images', release, '--image', '!tool', '--image', '!hammer']);
  assert.is(ran.code, 0, ran.stderr);
  assert.equal(reportOf(world, release).leftOut, { projects: [], platforms: [], images: ['org/tool'] });
  assert.equal(
    reportOf(world, release).images?.map(({ image }) => image),
    ['org/hammer', 'org/saw'],
  );
});

test('a plan says what it leaves out, for people and for programs', async ({ world }) => {
  const words = ['plan', release, '--project', '!org/kit', '--project', '!org/bare'];
  const shown = await world.run(words);
  assert.match(shown.stdout, '\n\nLeft out: projects org/bare, org/kit.\n\n');
  assert.not.match(shown.stdout, 'go-build org/kit');
  const { leftOut } = JSON.parse((await world.run([...words, '--json'])).stdout);
  assert.equal(leftOut.projects, ['org/bare', 'org/kit']);
});

test('files are left out of a search the same way', async ({ world }) => {
  const words = ['explain', release, '--budget', '0.01'];
  const none = await world.run([...words, '!tool', '!bare', '!hammer', '!saw', '!*.exe']);
  assert.is(none.code, 2);
  assert.match(none.stderr, 'FILE leaves nothing: from org/bare/linux/amd64/bare, ');
  const some = await world.run([...words, '!linux/*/tool', '!bare']);
  assert.is(some.code, 0, some.stderr);
});

const refused: readonly (readonly [words: readonly string[], message: string])[] = [
  [
    ['--project', '!org/*'],
    '--project leaves nothing: from org/bare, org/kit, org/tool it subtracts !org/*.\n',
  ],
  [
    ['--project', 'kit', '--project', '!org/kit'],
    '--project leaves nothing: from org/kit it subtracts !org/kit.\n',
  ],
  [['--platform', '!*/*'], '--platform leaves nothing: from linux/amd64, linux/arm64, windows/amd64 it'],
  [['--project', '!org/kot'], 'There is no project "org/kot". Nearest: org/kit. '],
  [['--platform', '!linux/arm'], 'There is no platform "linux/arm".'],
];
for (const [words, message] of refused) {
  test(`refused: ${words.join(' ')}`, async ({ world }) => {
    const ran = await world.run(['verify', release, ...words]);
    assert.equal([ran.code, ran.stdout], [2, '']);
    assert.match(ran.stderr, message);
  });
}

test.run();
