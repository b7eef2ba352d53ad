import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { suite } from '../rig/suite.ts';
import { newWorld, publish, type World, writeFiles } from '../rig/world.ts';
import { kitPins, patchOf, release, toolPins } from '../rig/world-content.ts';

/** A world with the locks of two releases; no test changes it. */
const test = suite<{ world: World }>('diff');
const later = 'v1-30-eks-6';

test.before(async (context) => {
  const world = await newWorld();
  await publish(world, 6, {
    ...toolPins({ go: '1.20.6' }),
    ...kitPins(),
    'projects/org/tool/1-30/GIT_TAG': 'v1.0.0\n',
    'projects/org/tool/1-30/patches/0002-Fix-CVE-2024-24786.patch': patchOf(
      'cmd/tool/main.go',
      '// two',
      '// 2',
    ),
    'projects/org/bare/1-30/GIT_TAG': null,
    EKS_DISTRO_MINIMAL_BASE_TAG_FILE: '2024-05-01\n',
  });
  const imported = await world.run(['import', later]);
  assert.is(imported.code, 0, imported.stderr);
  // Nothing but locks and recipes is needed from here on.
  rmSync(join(world.folder, 'git'), { recursive: true });
  rmSync(world.cache, { recursive: true });
  context.world = world;
});

test('what changed, on a terminal', async ({ world }) => {
  const ran = await world.run(['diff', release, later]);
  assert.is(ran.stderr, '');
  assert.is(ran.code, 0);
  assert.is(
    ran.stdout,
    `Changes from v1-30-eks-5 (2024-05-01) to v1-30-eks-6 (2024-06-01)
3 projects, 2 of them changed. Of 7 programs: 4 with the same bytes, 2 changed, 1 gone.

Versions
  project   v1-30-eks-5  v1-30-eks-6
  org/bare  v3.0.0

Patches
  org/tool
      added: Change a line (CVE-2024-24786)

Go
  1.20.5 eks-go to 1.20.6 eks-go: org/tool

Base images
  base image               v1-30-eks-5  v1-30-eks-6
  eks-distro-minimal-base  2024-04-01   2024-05-01

Published files
  org/bare: 1 gone
  org/tool: 2 changed
  the same bytes in both: all of org/kit
`,
  );
});

test('the same as Markdown', async ({ world }) => {
  const { stdout } = await world.run(['diff', release, later, '--markdown']);
  assert.is(
    stdout,
    `## Changes from \`v1-30-eks-5\` (2024-05-01) to \`v1-30-eks-6\` (2024-06-01)

3 projects, 2 of them changed. Of 7 programs: 4 with the same bytes, 2 changed, 1 gone.

### Versions

| project | v1-30-eks-5 | v1-30-eks-6 |
| --- | --- | --- |
| \`org/bare\` | \`v3.0.0\` |  |

### Patches

- \`org/tool\`
  - added: \`Change a line\` (CVE-2024-24786)

### Go

- \`1.20.5\` eks-go to \`1.20.6\` eks-go: \`org/tool\`

### Base images

| base image | v1-30-eks-5 | v1-30-eks-6 |
| --- | --- | --- |
| \`eks-distro-minimal-base\` | \`2024-04-01\` | \`2024-05-01\` |

### Published files

- \`org/bare\`: 1 gone
- \`org/tool\`: 2 changed
- the same bytes in both: all of \`org/kit\`
`,
  );
});

test('as JSON, with a schema number, and the way back with sides exchanged', async ({ world }) => {
  const json = async (...words: readonly string[]) =>
    JSON.parse((await world.run(['diff', ...words, '--json'])).stdout);
  const [there, back] = [await json(release, later), await json(later, release)];
  assert.equal([there.schema, there.order, back.order, there.differs], [1, 'later', 'earlier', true]);
  assert.equal([there.before, there.after], [back.after, back.before]);
  assert.is(
    (await world.run(['diff', release, later, '--json'])).stdout,
    `${JSON.stringify(there, null, 2)}\n`,
  );
});

test('the way back is called so', async ({ world }) => {
  const { stdout } = await world.run(['diff', later, release]);
  assert.match(stdout, `This is the way back: ${release} is the older release.\n`);
});

test('a release with itself: no difference, and exit code 0', async ({ world }) => {
  assert.equal(await world.run(['diff', release, release]), {
    code: 0,
    stderr: '',
    stdout: `Changes from ${release} (2024-05-01) to ${release} (2024-05-01)\nNo difference: it is one release.\n`,
  });
  const json = JSON.parse((await world.run(['diff', release, release, '--json'])).stdout);
  assert.equal([json.differs, json.baseImages, json.gos], [false, [], []]);
});

test('patches of the user own, against none', async () => {
  const world = await newWorld();
  const none = await world.run(['diff', release, '--own-patches']);
  assert.match(none.stdout, 'No difference: it is one release.\n');
  writeFiles(world.root, {
    'patches/org/tool/0001-mine.patch': patchOf('cmd/tool/main.go', '// two', '// 3').replace(
      'Change a line',
      'Bump `x/net` | for <b>CVE-2026-11111</b>',
    ),
  });
  const ran = await world.run(['diff', release, '--own-patches']);
  assert.equal([ran.code, ran.stderr], [0, '']);
  assert.match(ran.stdout, `to ${release} (2024-05-01) with 1 patch of your own\n`);
  assert.match(ran.stdout, 'added, your own: Bump `x/net` | for <b>CVE-2026-11111</b>\n');
  assert.match(ran.stdout, 'org/tool: 2 not known, for patches of your own change them\n');
  const markdown = await world.run(['diff', release, release, '--own-patches', '--markdown']);
  assert.match(markdown.stdout, '- added, your own: ``Bump `x/net` | for <b>CVE-2026-11111</b>``\n');
  writeFiles(world.root, { 'patches/org/tol/0001-mine.patch': 'x' });
  const stray = await world.run(['diff', release, '--own-patches']);
  assert.equal([stray.code, stray.stdout], [2, '']);
  assert.match(
    stray.stderr,
    'patches/org/tol: error: no project of the release, and no recipe, has this name',
  );
});

test('releases that are not there, or not named, are told as elsewhere', async ({ world }) => {
  const unknown = await world.run(['diff', 'v1-30-eks-55', 'v1-31-eks-1']);
  assert.equal([unknown.code, unknown.stdout], [2, '']);
  const plan = await world.run(['plan', 'v1-30-eks-55']);
  assert.ok(unknown.stderr.startsWith(plan.stderr), unknown.stderr);
  assert.match(unknown.stderr, 'run "eksd-rebuild import v1-31-eks-1" first.');
  const alone = await world.run(['diff', release]);
  assert.equal([alone.code, alone.stdout], [2, '']);
  assert.match(alone.stderr, 'There is no second release to compare with.');
  const both = await world.run(['diff', release, later, '--json', '--markdown']);
  assert.is(both.code, 2);
  const many = await world.run(['diff', release, later, later]);
  assert.is(many.code, 2);
});

test('a lock that was edited by hand is not compared', async () => {
  const world = await newWorld();
  const file = join(world.root, 'releases', `${release}.lock.yaml`);
  writeFiles(world.root, {
    [`releases/${release}.lock.yaml`]: readFileSync(file, 'utf8').replace('v2.0.0', 'v2.0.1'),
  });
  const ran = await world.run(['diff', release, release]);
  assert.equal([ran.code, ran.stdout], [2, '']);
  assert.match(ran.stderr, 'the lock was edited by hand');
});

test.run();
