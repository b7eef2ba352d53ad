import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { closeFakes } from '../../oci/registry/fake-registry.ts';
import { type MemoryRegistry, memoryRegistry } from '../../oci/registry/memory-registry.ts';
import { type Ran, runMain, testHost } from '../../rig/host.ts';
import { type ImageContent, writeImageLayout } from '../../rig/image-layout.ts';
import { putLayout } from '../../rig/put-layout.ts';
import { suite } from '../../rig/suite.ts';

const test = suite<{ folder: string; registry: MemoryRegistry }>('comparing images in registries');
test.before.each(async (context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'compare-anywhere-'));
  context.registry = await memoryRegistry();
  const { host } = context.registry;
  const settings = `mirrors: { public.ecr.aws/: ${host}/copies/ }
registries: { '${host}': { insecure: loopback } }
`;
  writeFileSync(join(context.folder, 'eksd-rebuild.yaml'), settings);
});
test.after.each(({ folder }) => {
  closeFakes();
  rmSync(folder, { recursive: true });
});

const layers = [[{ path: 'program', content: 'one' }]];
const [amd64, arm64]: readonly [ImageContent, ImageContent] = [{ layers }, { layers, architecture: 'arm64' }];

/** Writes an image to a folder, and puts it into the registry as `<repository>:v1`. Gives its digest. */
function put(
  folder: string,
  registry: MemoryRegistry,
  repository: string,
  ...images: readonly ImageContent[]
) {
  const layout = join(folder, repository.replaceAll('/', '-'));
  const root = writeImageLayout(layout, ...images);
  putLayout(registry, layout, root, repository, 'v1');
  return root.digest;
}

async function compare(folder: string, a: string, b: string, ...words: readonly string[]): Promise<Ran> {
  const host = testHost({ cwd: folder, packageFolder: folder, env: { PATH: '/nowhere', HOME: folder } });
  const ran = await runMain(['compare', 'image', a, b, '--cache', join(folder, 'cache'), ...words], host);
  assert.equal(readdirSync(join(folder, 'cache')), []);
  return ran;
}

/** The platforms that were compared. */
function platformsIn({ stdout }: Ran): readonly string[] {
  return JSON.parse(stdout).platforms.map(({ platform }: { platform: string }) => platform);
}

test('by tag, by digest, through a mirror, and against a folder', async ({ folder, registry }) => {
  const digest = put(folder, registry, 'copies/a/b', amd64, arm64);
  put(folder, registry, 'other', { layers: [[{ path: 'program', content: 'two' }]] }, arm64);
  const here = `${registry.host}/copies/a/b`;
  for (const [a, b] of [
    [`${here}:v1`, `${here}@${digest}`],
    ['public.ecr.aws/a/b:v1', 'copies-a-b'],
    ['./copies-a-b', `${here}:v0@${digest}`],
  ] as const) {
    const ran = await compare(folder, a, b, '--json');
    assert.equal([a, ran.code, ran.stderr], [a, 0, '']);
    assert.equal(platformsIn(ran), ['linux/amd64', 'linux/arm64']);
  }
  const other = await compare(folder, `${here}:v1`, `${registry.host}/other:v1`);
  assert.is(other.code, 1);
  assert.match(other.stdout, '/program');
});

test('without a tag it is the latest', async ({ folder, registry }) => {
  const digest = put(folder, registry, 'a', amd64, arm64);
  registry.tags.set('a:latest', digest);
  assert.is((await compare(folder, `${registry.host}/a`, 'a')).code, 0);
});

test('an image for one platform, with an index and without', async ({ folder, registry }) => {
  put(folder, registry, 'plain', arm64);
  put(folder, registry, 'both', amd64, arm64);
  const plain = `${registry.host}/plain:v1`;
  const ran = await compare(folder, plain, plain, '--json');
  assert.equal([ran.code, ran.stderr], [0, '']);
  assert.equal(platformsIn(ran), ['linux/arm64']);
  const both = `${registry.host}/both:v1`;
  const one = await compare(folder, plain, both, '--platform', 'linux/arm64', '--json');
  assert.equal([one.code, platformsIn(one)], [0, ['linux/arm64']]);
  assert.is((await compare(folder, plain, both)).code, 1, 'the other has more platforms');
  const without = await compare(folder, plain, both, '--platform', '!linux/amd64', '--json');
  assert.equal([without.code, platformsIn(without)], [0, ['linux/arm64']], without.stderr);
  const other = await compare(folder, both, both, '--platform', '!*/arm64', '--json');
  assert.equal([other.code, platformsIn(other)], [0, ['linux/amd64']], other.stderr);
  const none = await compare(folder, plain, both, '--platform', '!linux/*');
  assert.is(none.code, 2);
  assert.match(none.stderr, '--platform leaves nothing: from linux/arm64 it subtracts !linux/*.');
  const missing = await compare(folder, plain, both, '--platform', 'linux/amd64');
  assert.is(missing.code, 2);
  assert.match(missing.stderr, 'has no linux/amd64, only linux/arm64');
});

test('what is for Windows too is compared for Linux; what is only for Windows, for that', async ({
  folder,
  registry,
}) => {
  const windows = { layers, os: 'windows', others: { 'os.version': '10.0.20348.1' } };
  put(folder, registry, 'pause', amd64, windows);
  put(folder, registry, 'windows', windows, { ...windows, architecture: 'arm64' });
  const pause = await compare(folder, `${registry.host}/pause:v1`, `${registry.host}/pause:v1`, '--json');
  assert.equal([pause.code, platformsIn(pause)], [0, ['linux/amd64']]);
  const only = await compare(folder, `${registry.host}/windows:v1`, `${registry.host}/windows:v1`, '--json');
  assert.equal([only.code, platformsIn(only).length], [0, 2], only.stderr);
});

test('a path that is there comes before a registry of that name', async ({ folder, registry }) => {
  put(folder, registry, 'a', amd64);
  mkdirSync(join(folder, 'registry.example.com'));
  writeImageLayout(join(folder, 'registry.example.com', 'a'), amd64);
  assert.is((await compare(folder, 'registry.example.com/a', 'a')).code, 0);
});

test('what is not there is told: 2', async ({ folder, registry }) => {
  put(folder, registry, 'a', amd64);
  const { host } = registry;
  const cases: readonly (readonly [string, string])[] = [
    [`${host}/a:v2`, `There is no ${host}/a:v2.\n`],
    [`${host}/a@sha256:${'0'.repeat(64)}`, `There is no ${host}/a@sha256:${'0'.repeat(64)}.\n`],
    ['nothing', 'nothing'],
  ];
  for (const [name, said] of cases) {
    const ran = await compare(folder, name, 'a');
    assert.equal([name, ran.code, ran.stdout], [name, 2, '']);
    assert.match(ran.stderr, said);
  }
});

test.run();
