import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { closeFakes, type FakeAnswer } from '../oci/registry/fake-registry.ts';
import { imageBuilds, noBuilder, onBuildctl } from '../rig/fake-buildctl.ts';
import { forgetGoCalls, goCalls } from '../rig/fake-go.ts';
import { forgetResults } from '../rig/forget-results.ts';
import { baseRepository, baseTag, type ImageWorld, imageWorld, writesTo } from '../rig/image-world.ts';
import { suite } from '../rig/suite.ts';
import { writeFiles } from '../rig/world.ts';
import { release } from '../rig/world-content.ts';

/** What is known before the wait is said before it. */
const test = suite<{
  world: ImageWorld;
  answers: { to: (line: string) => FakeAnswer | 'break' | undefined };
}>('what is asked for ahead');

test.before.each(async (context, defer) => {
  defer(closeFakes);
  const answers = { to: (_: string): FakeAnswer | 'break' | undefined => undefined };
  context.answers = answers;
  context.world = await imageWorld(({ method, path }) => answers.to(`${method} ${path}`));
  forgetResults(context.world.cache, (kind) => kind === 'go-build');
  forgetGoCalls(context.world.folder);
});

function compiled({ folder }: ImageWorld): readonly string[] {
  return goCalls(folder).filter((call) => call.includes(' build '));
}

function push(world: ImageWorld, ...words: readonly string[]) {
  return world.run(['push', release, '--registry', `${world.registry.host}/eks`, ...words]);
}

test('a builder: nothing is compiled for images that none can make', async ({ world }) => {
  onBuildctl(world.folder, noBuilder);
  for (const words of [
    ['images', release],
    ['images', release, '--image', 'hammer', '--fresh'],
  ]) {
    const ran = await world.run(words);
    assert.equal([ran.code, ran.stdout, compiled(world)], [4, '', []]);
    assert.match(ran.stderr, /^Nothing is compiled: org\/hammer.* cannot be made\.\n/);
    assert.match(ran.stderr, '"builders" of the settings, or BUILDKIT_HOST');
  }
  onBuildctl(world.folder, ':');
  const ran = await world.run(['images', release]);
  assert.is(ran.code, 0, ran.stderr);
  assert.ok(compiled(world).length > 0);
  forgetGoCalls(world.folder);
  onBuildctl(world.folder, noBuilder);
  const again = await world.run(['images', release, '--image', 'hammer', '--fresh']);
  assert.equal([again.code, again.stdout, compiled(world)], [4, '', []]);
  // Nobody is asked where all is there.
  const asked = join(world.folder, 'asked');
  onBuildctl(world.folder, `: > ${asked}`);
  assert.is((await world.run(['images', release])).code, 0);
  assert.not.ok(existsSync(asked));
});

test('a base: without it nothing is compiled for what stands on it, and the others are made', async ({
  world,
  answers,
}) => {
  answers.to = () => 'break';
  const alone = await world.run(['images', release, '--image', 'tool']);
  assert.equal([alone.code, alone.stdout, compiled(world)], [4, '', []]);
  assert.match(alone.stderr, `The network failed while looking for ${baseRepository}:${baseTag}: `);
  assert.match(alone.stderr, 'images.bases.eks-distro-minimal-base of the settings');
  const pushed = await push(world);
  assert.equal([pushed.code, pushed.stdout, compiled(world)], [4, '', []]);
  assert.match(pushed.stderr, /^Nothing is compiled: org\/tool cannot be made\.\n/);
  const all = await world.run(['images', release]);
  assert.is(all.code, 4);
  assert.match(all.stderr, 'org/tool will not be made: The network failed while looking for ');
  assert.match(all.stdout, '  3 images, 2 of them hold only what was published\n');
});

test('a base that is named by its digest, and is not there', async ({ world }) => {
  const reference = `${world.registry.host}/none@sha256:${'0'.repeat(64)}`;
  writeFileSync(
    join(world.folder, 'own.yaml'),
    `images: { bases: { eks-distro-minimal-base: '${reference}' } }\n`,
  );
  const ran = await world.run(['images', release, '--image', 'tool', '--settings', '../own.yaml']);
  assert.equal([ran.code, ran.stdout, compiled(world)], [2, '', []]);
  assert.match(ran.stderr, `There is no ${world.registry.host}/none`);
});

test('only what images stand on is asked for, and nothing that the settings name', async ({ world }) => {
  const asked = () => world.registry.lines().filter((line) => line.startsWith('HEAD '));
  writeFiles(world.root, {
    'projects/org/tool/project.yaml': `schema: 1
description: One program
builds:
  - programs:
      - package: ./cmd/tool
    stamps:
      main.version: '{tag}'
images:
  - name: org/tool
    base: { minimal: eks-distro-minimal-base, standard: eks-distro-base }
    programs: [tool]
    licenses: no
`,
  });
  assert.is((await world.run(['images', release, '--image', 'tool'])).code, 0);
  assert.ok(asked().every((line) => line.includes('eks-distro-minimal-base')));
  const before = asked().length;
  const digest = world.registry.tags.get(`${baseRepository}:${baseTag}`) ?? '';
  const own = `images: { base: al2, bases: { eks-distro-minimal-base: '${world.registry.host}/${baseRepository}@${digest}' } }\n`;
  writeFileSync(join(world.folder, 'own.yaml'), own);
  const ran = await world.run(['images', release, '--image', 'tool', '--settings', '../own.yaml']);
  assert.is(ran.code, 0, ran.stderr);
  assert.equal(asked().slice(before), []);
});

test('the registry: whether it is there, lets one in, and takes anything', async ({ world, answers }) => {
  const refusals: readonly (readonly [
    words: readonly string[],
    pattern: RegExp,
    answer: FakeAnswer | 'break',
  ])[] = [
    [[], /\/v2\/eks\//, 'break'],
    [[], /^HEAD \/v2\/eks\//, { status: 403, body: '{"errors":[{"code":"DENIED"}]}' }],
    [['--confirm'], /^POST \/v2\/eks\//, { status: 403, body: '{"errors":[{"code":"DENIED"}]}' }],
    [['--confirm'], /^POST \/v2\/eks\//, { status: 405, body: '{"errors":[{"code":"UNSUPPORTED"}]}' }],
  ];
  for (const [words, pattern, answer] of refusals) {
    answers.to = (line) => (pattern.test(line) ? answer : undefined);
    const ran = await push(world, ...words);
    assert.equal(
      [ran.code === 0, ran.stdout, compiled(world), imageBuilds(world.folder)],
      [false, '', [], []],
    );
    assert.ok(ran.stderr.length > 0);
  }
  answers.to = () => undefined;
  const plan = await push(world);
  assert.is(plan.code, 0, plan.stderr);
  assert.equal(
    writesTo(world),
    ['POST /v2/eks/org/hammer/blobs/uploads/', 'POST /v2/eks/org/hammer/blobs/uploads/'],
    'those that were refused, and no plan writes',
  );
});

test('what an explanation takes', async ({ world }) => {
  const cases: readonly (readonly [words: readonly string[], code: number, said: RegExp])[] = [
    [['--published', 'none'], 2, /^There is no file or folder none\.\n/],
    [
      ['--published', `http://${world.registry.host}/none`],
      4,
      /^none is not in http[^ ]+none: the server answered 404\./,
    ],
    [['--published', 'http://127.0.0.1:1/none'], 4, /^The network failed while fetching http/],
    [['--published', '.', '--diffoscope'], 4, /^The program diffoscope is not on the PATH\./],
  ];
  const bare = { env: { ...world.host.env, PATH: join(world.folder, 'goroot', 'bin') } };
  for (const [words, code, said] of cases) {
    const given = words.includes('--diffoscope') ? bare : {};
    const ran = await world.run(['explain', release, ...words], given);
    assert.equal([words.join(' '), ran.code, ran.stdout, compiled(world)], [words.join(' '), code, '', []]);
    assert.match(ran.stderr, said);
  }
});

test.run();
