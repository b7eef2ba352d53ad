import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { ociDigestOf } from '../../orchestrator/oci/image/layout.ts';
import { closeFakes } from '../oci/registry/fake-registry.ts';
import { goCalls } from '../rig/fake-go.ts';
import type { ImageWorld } from '../rig/image-world.ts';
import { at, lay, manifestIn, siteWorld } from '../rig/site-world.ts';
import { suite } from '../rig/suite.ts';
import { writeFiles } from '../rig/world.ts';
import { patchOf, release } from '../rig/world-content.ts';

const test = suite<{ world: ImageWorld }>('release-own');

test.before(async (context, defer) => {
  defer(closeFakes);
  context.world = await siteWorld();
});

test("a channel of one's own: names, paths, tags of images, where they are", async ({ world }) => {
  const place = `${world.registry.host}/eks`;
  const own = ['--channel', '1-30-acme', '--number', '7', '--registry', place, '--date', '2025-01-31'];
  const ran = await lay(world, 'own', ...at, ...own);
  assert.is(ran.code, 0, ran.stderr);
  assert.match(ran.stderr, `3 images not at ${place} yet: eks/org/hammer:v2.0.0-eks-1-30-acme-7, `);
  const manifest = manifestIn(
    join(world.root, 'own'),
    'kubernetes-1-30-acme/kubernetes-1-30-acme-eks-7.yaml',
  );
  assert.equal([manifest.channel, manifest.number, manifest.date], ['1-30-acme', 7, '2025-01-31T00:00:00Z']);
  const [image] = manifest.components.flatMap(({ assets }) => assets.filter(({ type }) => type === 'Image'));
  assert.ok(image?.type === 'Image');
  assert.is(image.image.uri, `${place}/org/hammer:v2.0.0-eks-1-30-acme-7`);
  const folder = 'own/kubernetes-1-30-acme/releases/7/artifacts/kit/v2.0.0/bin/linux/amd64';
  assert.is(
    readFileSync(join(world.root, folder, 'tool.docker_tag'), 'utf8').trim(),
    'v1.0.0-eks-1-30-acme-7',
  );
});

test('images that were pushed: by the record; another image in the registry is refused', async ({
  world,
}) => {
  const { registry } = world;
  const place = `${registry.host}/pushed`;
  assert.is((await world.run(['push', release, '--registry', place, '--confirm'])).code, 0);
  const questions = () => registry.lines().filter((line) => line.includes('/pushed/')).length;
  const asked = questions();
  const ran = await lay(world, 'pushed', ...at, '--registry', place);
  assert.is(ran.code, 0, ran.stderr);
  assert.not.match(ran.stderr, ' yet: ');
  assert.is(questions(), asked, 'the record says it');
  rmSync(join(world.root, 'out'), { recursive: true });
  const again = await lay(world, 'pushed', ...at, '--registry', place);
  assert.match(again.stderr, 'has this very site already');
  assert.is(questions(), asked + 3, 'the registry says it');
  const [name, other] = ['pushed/org/saw:v2.0.0-eks-1-30-5', Buffer.from('{}')];
  registry.content.set(`pushed/org/saw@${ociDigestOf(other)}`, other);
  registry.tags.set(name, ociDigestOf(other));
  const refused = await lay(world, 'pushed', ...at, '--registry', place);
  assert.is(refused.code, 2);
  assert.match(
    refused.stderr,
    `Nothing is laid out: the registry has other images.\n  ${registry.host}/${name} is there as `,
  );
});

/** Tags of a repository in the world's registry, without those of statements about images. */
function tagsOf({ registry }: ImageWorld, repository: string): readonly string[] {
  return [...registry.tags.keys()]
    .filter((name) => name.startsWith(`${repository}:`))
    .map((name) => name.slice(repository.length + 1))
    .filter((tag) => !tag.startsWith('sha256-'))
    .sort();
}

test("a channel of one's own is pushed by its names, beside upstream's, and its site has them by the record", async ({
  world,
}) => {
  const place = `${world.registry.host}/both`;
  const own = ['--channel', '1-30-acme', '--number', '7', '--registry', place];
  const push = ['push', release, '--confirm'];
  assert.is((await world.run([...push, '--registry', place])).code, 0);
  const pushed = await world.run([...push, ...own, '--tag', '{tag}-eks-{branch}-latest']);
  assert.is(pushed.code, 0, pushed.stderr);
  assert.match(pushed.stdout, 'nothing had to be uploaded');
  assert.equal(tagsOf(world, 'both/org/saw'), [
    ...['v2.0.0-eks-1-30-5', 'v2.0.0-eks-1-30-acme-7', 'v2.0.0-eks-1-30-acme-latest'],
  ]);
  const ran = await lay(world, 'both', ...at, ...own);
  assert.is(ran.code, 0, ran.stderr);
  assert.not.match(ran.stderr, ' yet: ');
});

test('the settings name the channel of push, images and release alike', async ({ world }) => {
  const place = `${world.registry.host}/set`;
  const settings = { 'own.yaml': 'release: { channel: "{branch}-acme", firstNumber: 40 }\n' };
  writeFiles(world.root, settings);
  const by = ['--settings', 'own.yaml'];
  const made = await world.run(['images', release, ...by, '--output', 'layout', '--image', 'saw']);
  assert.is(made.code, 0, made.stderr);
  const index = JSON.parse(readFileSync(join(world.root, 'layout', 'index.json'), 'utf8'));
  assert.match(JSON.stringify(index), 'org/saw:v2.0.0-eks-1-30-acme-40');
  const push = ['push', release, ...by, '--registry', place, '--image', 'saw', '--confirm'];
  assert.is((await world.run(push)).code, 0);
  assert.is((await world.run([...push, '--number', '41'])).code, 0);
  assert.equal(tagsOf(world, 'set/org/saw'), ['v2.0.0-eks-1-30-acme-40', 'v2.0.0-eks-1-30-acme-41']);
  const below = await world.run([...push, '--number', '39']);
  assert.match(below.stderr, '--number takes the number of a release from 40 to 999999999, not "39".');
  assert.is(below.code, 2);
});

test("own patches never go under upstream's name, and nothing is built for that", async ({ world }) => {
  const patch = 'patches/org/tool/0001-three.patch';
  writeFiles(world.root, { [patch]: patchOf('cmd/tool/main.go', '// two', '// three') });
  const calls = goCalls(world.folder).length;
  const ran = await lay(world, 'patched', ...at);
  const elsewhere = await lay(world, 'patched', '--channel', '1-30-acme', '--number', '1');
  const pushed = await world.run([
    'push',
    release,
    '--registry',
    `${world.registry.host}/own`,
    '--image',
    'tool',
  ]);
  assert.is(goCalls(world.folder).length, calls);
  assert.equal([ran.code, elsewhere.code, pushed.code], [2, 2, 2]);
  assert.match(pushed.stderr, `With patches of your own (${patch}) this is not upstream's release 1-30 5.\n`);
  assert.match(pushed.stderr, 'Give it a name and a number of your own: --channel 1-30-NAME --number N.');
  assert.match(ran.stderr, `With patches of your own (${patch}) this is not upstream's release 1-30 5.\n`);
  assert.match(ran.stderr, '--channel 1-30-NAME --number N --base-uri URL');
  assert.match(
    elsewhere.stderr,
    "Upstream's releases are at distro.eks.amazonaws.com, and not 1-30-acme 1.\n",
  );
  const own = [...at, '--channel', '1-30-acme', '--number', '1', '--registry', `${world.registry.host}/own`];
  const refused = await lay(world, 'patched', ...own);
  assert.is(refused.code, 2);
  assert.match(
    refused.stderr,
    `Nothing is laid out:
  kit/v2.0.0/bin/linux/amd64/tool.tar holds `,
  );
  assert.match(refused.stderr, 'goes only with --allow no-expectation --reason TEXT.\n');
  assert.not.ok(existsSync(join(world.root, 'patched')));
  const allowed = await lay(
    world,
    'patched',
    ...own,
    '--allow',
    'no-expectation',
    '--reason',
    'a fix of ours',
  );
  assert.is(allowed.code, 0, allowed.stderr);
  // What no own patch is in keeps upstream's name.
  const others = ['push', release, '--registry', `${world.registry.host}/others`, '--image', 'saw'];
  assert.is((await world.run(others)).code, 0);
  rmSync(join(world.root, 'patches'), { recursive: true });
  const { annotations } = manifestIn(
    join(world.root, 'patched'),
    'kubernetes-1-30-acme/kubernetes-1-30-acme-eks-1.yaml',
  );
  assert.equal(JSON.parse(annotations['eksd-rebuild/allowed'] ?? ''), [
    { verdict: 'no-expectation', reason: 'a fix of ours' },
  ]);
  assert.equal(Object.keys(JSON.parse(annotations['eksd-rebuild/own-patches'] ?? '')), [patch]);
  const verdicts = JSON.parse(annotations['eksd-rebuild/verdicts'] ?? '');
  assert.ok(verdicts['no-expectation'].includes('tool/v1.0.0/tool-linux-amd64-v1.0.0.tar.gz'));
  assert.ok(verdicts['no-expectation'].includes('org/tool:v1.0.0-eks-1-30-acme-1'));
  assert.ok(verdicts.identical.includes('kit/v2.0.0/bin/linux/amd64/saw'));
  assert.equal(
    JSON.parse(annotations['eksd-rebuild/unverified'] ?? '')['tool/v1.0.0/tool-linux-amd64-v1.0.0.tar.gz'],
    ['tool for linux/amd64 (no-expectation)'],
  );
});

test.run();
