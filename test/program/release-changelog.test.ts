import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { closeFakes } from '../oci/registry/fake-registry.ts';
import type { ImageWorld } from '../rig/image-world.ts';
import { at, lay, made, siteWorld } from '../rig/site-world.ts';
import { suite } from '../rig/suite.ts';
import { publish } from '../rig/world.ts';
import { kitPins, patchOf, toolPins } from '../rig/world-content.ts';

/** A world with the locks of two releases of one branch. */
const test = suite<{ world: ImageWorld }>('the changelog of a site');
const later = 'v1-30-eks-7';

test.before(async (context, defer) => {
  defer(closeFakes);
  const world = await siteWorld();
  await publish(world, 7, {
    ...toolPins(),
    ...kitPins(),
    'projects/org/tool/1-30/patches/0002-Fix-CVE-2024-24786.patch': patchOf(
      'cmd/tool/main.go',
      '// two',
      '// 2',
    ),
  });
  const imported = await world.run(['import', later]);
  assert.is(imported.code, 0, imported.stderr);
  context.world = world;
});

const plain = [...at, '--no-images', '--allow', 'different', '--reason', 'test'];

function changelogIn(world: ImageWorld, site: string, channel: string, number: number): string {
  const path = `kubernetes-${channel}/releases/${number}/CHANGELOG-v${channel}-eks-${number}.md`;
  return readFileSync(join(world.root, site, path), 'utf8');
}

test('a first release says that none before it is known', async ({ world }) => {
  const ran = await lay(world, 'first', ...plain);
  assert.is(ran.code, 0, ran.stderr);
  assert.match(ran.stderr, 'Its changelog says nothing of a release before it: no lock of one is at hand.');
  assert.match(
    changelogIn(world, 'first', '1-30', 5),
    /^# Changelog of `v1-30-eks-5`\n\nBuilt from .*`v1-30-eks-5`.* of EKS Distro\.\n\n## Changes\n\nNo release before it is known here\.\n$/,
  );
});

test('a later one what changed since the one before; again the same bytes; the report of the run says so too', async ({
  world,
}) => {
  const words = ['release', later, '--output', 'second', ...made, ...plain];
  const ran = await world.run(words);
  // Its program is none of those that were published.
  assert.is(ran.code, 1, ran.stderr);
  assert.match(ran.stderr, 'Its changelog says what changed since v1-30-eks-5.\n');
  const text = changelogIn(world, 'second', '1-30', 7);
  assert.match(text, /^# Changelog of `v1-30-eks-7`\n\nBuilt from /);
  const said = 'Changes from `v1-30-eks-5` (2024-05-01) to `v1-30-eks-7` (2024-06-01).';
  assert.match(text, `\n\n## Changes\n\n${said}\n\n1 number lies between the two.\n\n`);
  assert.match(text, '\n\n### Patches\n\n- `org/tool`\n');
  assert.match(text, 'CVE-2024-24786');
  assert.match((await world.run(words)).stderr, 'second has this very site already');
  const whole = await world.run(['build', later, '--output', 'programs']);
  assert.match(whole.stdout, `Since v1-30-eks-5: 1 project changed. eksd-rebuild diff v1-30-eks-5 ${later}`);
  const out = join(world.root, 'out', later);
  const { changes } = JSON.parse(readFileSync(join(out, 'report.json'), 'utf8'));
  assert.equal([changes.since, changes.projects], ['v1-30-eks-5', ['org/tool']]);
  const page = readFileSync(join(out, 'report.html'), 'utf8');
  assert.match(page, '<summary>Since v1-30-eks-5: 1 project changed</summary>');
  assert.match(page, 'Changes from `v1-30-eks-5` (2024-05-01)');
  const part = await world.run(['build', later, '--output', 'part', '--project', 'tool']);
  assert.not.match(part.stdout, 'Since v1-30-eks-5');
});

test("a release of one's own: where none is before it, what its patches change of what it was made from", async ({
  world,
}) => {
  const folder = join(world.root, 'patches', 'org', 'tool');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, '0009-Mend.patch'), patchOf('cmd/tool/main.go', '// two', '// mended'));
  const own = ['--channel', '1-30-acme', '--number', '3', '--allow', 'no-expectation'];
  const ran = await lay(world, 'own', ...plain, ...own);
  const built = await world.run(['build', 'v1-30-eks-5', '--output', 'mended']);
  rmSync(folder, { recursive: true });
  assert.match(
    built.stdout.replace(/\s+/g, ' '),
    'Patches of your own change 1 project. eksd-rebuild diff v1-30-eks-5 --own-patches says what.',
  );
  assert.is(ran.code, 0, ran.stderr);
  const text = changelogIn(world, 'own', '1-30-acme', 3);
  assert.match(text, /^# Changelog of `v1-30-acme-eks-3`\n\nBuilt from .*`v1-30-eks-5`/);
  assert.match(text, 'to `v1-30-eks-5` (2024-05-01) with 1 patch of its own.\n');
  assert.match(text, 'added, its own: ');
  assert.not.match(text, 'your own');
});

test('what is to begin from a release that nobody knows is not made: 2', async ({ world }) => {
  const ran = await lay(world, 'unknown', ...plain, '--since', 'v1-30-eks-1');
  assert.is(ran.code, 2);
  assert.match(ran.stderr, 'eksd-rebuild import v1-30-eks-1');
  assert.not.ok(existsSync(join(world.root, 'unknown')));
});

test.run();
