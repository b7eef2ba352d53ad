import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as assert from 'uvu/assert';
import { digestOf } from '../../orchestrator/core/digest.ts';
import { type ImageTree, readImageTree } from '../../orchestrator/oci/image/image-tree.ts';
import { closeFakes } from '../oci/registry/fake-registry.ts';
import { unwrap } from '../oci/registry/rig.ts';
import { imageBuilds, noBuilder, onBuildctl } from '../rig/fake-buildctl.ts';
import { forgetResults } from '../rig/forget-results.ts';
import { baseRepository, baseTag, changeTool, type ImageWorld, imageWorld } from '../rig/image-world.ts';
import { endsOf, reportOf } from '../rig/report.ts';
import { suite } from '../rig/suite.ts';
import { writeFiles } from '../rig/world.ts';
import { release } from '../rig/world-content.ts';

const test = suite<{ world: ImageWorld; silent: { isSilent: boolean } }>('images');

test.before(async (context, defer) => {
  defer(closeFakes);
  const silent = { isSilent: false };
  context.silent = silent;
  context.world = await imageWorld(() => (silent.isSilent ? 'break' : undefined));
});

/** From the first line of the images' table to the line that counts them. */
function table(text: string): string {
  return /^[✔✖!] {2}org.*?\n {2}\d+ images?, .*?\n/ms.exec(text)?.[0] ?? text;
}

/** The same, however its lines were broken. */
function flowing(text: string): string {
  return table(text).replace(/\s+/g, ' ');
}

function filesOf(folder: string): Readonly<Record<string, string>> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    files.map((file) => [file.slice(folder.length + 1), digestOf(readFileSync(file))]),
  );
}

/** The tree in the store that an image of the last run came to. */
async function treeOf(world: ImageWorld, node: string): Promise<ImageTree> {
  const tree = reportOf(world, release).nodes.find(({ id }) => id === node)?.tree ?? '';
  return unwrap(await readImageTree(join(world.cache, 'trees', tree.slice(0, 2), tree, 'content')));
}

test('every image of a release, of programs that are what was published', async ({ world }) => {
  const ran = await world.run(['images', release]);
  assert.is(ran.code, 0, ran.stderr);
  const { images = [] } = reportOf(world, release);
  const digests = images.map(({ image, digest = '' }) => `${image}@${digest}`);
  assert.is(
    table(ran.stdout),
    `✔  org/hammer:v2.0.0-eks-1-30-5  linux/amd64
   ${digests[0]}
✔  org/saw:v2.0.0-eks-1-30-5     linux/amd64
   ${digests[1]}
✔  org/tool:v1.0.0-eks-1-30-5    linux/amd64 linux/arm64
   ${digests[2]}
  3 images, 3 of them hold only what was published
`,
  );
  const base = world.registry.tags.get(`${baseRepository}:${baseTag}`) ?? '';
  const tool = images[2];
  assert.equal(tool?.base, {
    from: 'published',
    reference: `public.ecr.aws/eks-distro-build-tooling/eks-distro-minimal-base:${baseTag}@${base}`,
  });
  assert.equal(tool?.programs, [
    { project: 'org/tool', platform: 'linux/amd64', file: 'tool' },
    { project: 'org/tool', platform: 'linux/arm64', file: 'tool' },
  ]);
  assert.equal(
    images.map(({ standsOn, unverified, programs }) => [standsOn, unverified.length, programs.length]),
    [
      ['scratch', 0, 1],
      ['org/hammer', 0, 2],
      ['eks-distro-minimal-base', 0, 2],
    ],
  );
  assert.equal([...imageBuilds(world.folder)].sort(), [
    'linux/amd64 hammer',
    'linux/amd64 saw',
    'linux/amd64 tool',
    'linux/arm64 tool',
  ]);
});

test('an image of a platform holds the program that was built for it, and stands on that platform of its base', async ({
  world,
}) => {
  await world.run(['images', release]);
  const base = await treeOf(world, 'base-image eks-distro-minimal-base');
  const tool = await treeOf(world, 'image-index org/tool');
  for (const [at, image] of tool.images.entries()) {
    const [layer] = image.manifest.layers;
    const file = join(tool.folder, 'blobs', 'sha256', layer?.digest.slice('sha256:'.length) ?? '');
    const program = execFileSync('tar', ['-xOf', file, './tool'], { encoding: 'utf8' });
    assert.match(program, `go1.20.5 ${image.platform} `);
    assert.is(image.config.config?.Labels?.['base'], base.images[at]?.descriptor.digest);
  }
});

test('a second time nothing is built, nor pulled, and the digests are the same', async ({ world }) => {
  await world.run(['images', release]);
  const [before, builds] = [reportOf(world, release).images, imageBuilds(world.folder).length];
  const asked = world.registry.lines().length;
  const ran = await world.run(['images', release]);
  assert.is(ran.code, 0);
  assert.is(imageBuilds(world.folder).length, builds);
  assert.equal(world.registry.lines().slice(asked), [`HEAD /v2/${baseRepository}/manifests/${baseTag}`]);
  assert.equal(reportOf(world, release).images, before);
});

test('--fresh builds them again: the same digests', async ({ world }) => {
  await world.run(['images', release]);
  const [before, builds] = [reportOf(world, release).images, imageBuilds(world.folder).length];
  const ran = await world.run(['images', release, '--fresh', '--image', 'hammer']);
  assert.is(ran.code, 0);
  assert.equal(imageBuilds(world.folder).slice(builds), ['linux/amd64 hammer']);
  assert.equal(reportOf(world, release).images, before?.slice(0, 1));
});

test('--image: what it stands on is made too, and not laid out', async ({ world }) => {
  const ran = await world.run(['images', release, '--image', 'saw', '--output', '../one']);
  assert.is(ran.code, 0);
  assert.match(ran.stderr, '1 image in ../one\n');
  assert.equal(
    reportOf(world, release).images?.map(({ image }) => image),
    ['org/hammer', 'org/saw'],
  );
  const index = JSON.parse(readFileSync(join(world.folder, 'one', 'index.json'), 'utf8'));
  assert.equal(
    index.manifests.map(({ annotations }: { annotations: object }) => Object.values(annotations)),
    [['org/saw:v2.0.0-eks-1-30-5']],
  );
  assert.not.ok(endsOf(reportOf(world, release)).some((end) => end.includes('org/tool')));
});

test('--output: the same bytes each time, as a folder and as a tar', async ({ world }) => {
  const places = ['first', 'deep/second', 'first.tar', 'deep/second.tar'];
  for (const place of places) {
    const ran = await world.run(['images', release, '--output', `../laid/${place}`]);
    assert.is(ran.code, 0, ran.stderr);
    assert.match(ran.stderr, `3 images in ../laid/${place}\n`);
  }
  const laid = join(world.folder, 'laid');
  const files = filesOf(join(laid, 'first'));
  assert.equal(filesOf(join(laid, 'deep/second')), files);
  assert.equal(readdirSync(laid).sort(), ['deep', 'first', 'first.tar'], 'nothing is left beside');
  assert.ok(readFileSync(join(laid, 'first.tar')).equals(readFileSync(join(laid, 'deep/second.tar'))));
  mkdirSync(join(laid, 'unpacked'));
  execFileSync('tar', ['-xf', join(laid, 'first.tar'), '-C', join(laid, 'unpacked')]);
  assert.equal(filesOf(join(laid, 'unpacked')), files);
  for (const [path, sum] of Object.entries(files)) {
    if (path.startsWith('blobs/')) assert.is(path, `blobs/sha256/${sum}`);
  }
});

test('what is in the way of an output is found before anything is done: 2', async ({ world }) => {
  writeFiles(world.folder, { 'mine/kept': 'kept', file: 'mine', 'folder.tar/kept': 'kept' });
  const cases: readonly (readonly [string, RegExp])[] = [
    [
      '../mine',
      /^\.\.\/mine is not empty\.\nName a folder that is empty or not there yet, or a file with \.tar\.\n$/,
    ],
    ['../file', /^Path "file" in .* is no folder; it was not used\.\n$/],
    ['../file/below', /^Path "below" in .* cannot be written \(ENOTDIR\); it was not used\.\n$/],
    ['../file/below.tar', /^Path "file" in .* is no folder; it was not used\.\n$/],
    ['../folder.tar', /^Path "folder\.tar" in .* is a folder; it was not used\.\n$/],
    ...['x.tar.gz', 'x.tgz', 'deep/x.TAR', 'x.zip', 'x.tar.zst'].map((name) => {
      const said = new RegExp(
        `^Images are not written as ${basename(name)}: .*\nName a file that ends in \\.tar, or a folder\\.\n$`,
      );
      return [`../${name}`, said] as const;
    }),
  ];
  for (const [output, said] of cases) {
    const ran = await world.run(['images', release, '--output', output]);
    assert.equal([output, ran.code, ran.stdout], [output, 2, '']);
    assert.match(ran.stderr, said);
  }
  assert.is(readFileSync(join(world.folder, 'mine', 'kept'), 'utf8'), 'kept');
});

test('an image that does not exist: 2, with the nearest', async ({ world }) => {
  const ran = await world.run(['images', release, '--image', 'org/hamer']);
  assert.equal([ran.code, ran.stdout], [2, '']);
  assert.is(
    ran.stderr,
    'There is no image "org/hamer". Nearest: org/hammer. The images of v1-30-eks-5 are org/hammer, org/saw, org/tool.\n',
  );
});

test('a base that cannot be had: that image is not made, the others are: 4', async ({ world, silent }) => {
  silent.isSilent = true;
  const ran = await world.run(['images', release, '--output', '../rest']);
  silent.isSilent = false;
  assert.is(ran.code, 4);
  assert.match(table(ran.stdout), /^✖ {2}org\/tool:v1\.0\.0-eks-1-30-5 {4}not made$/m);
  assert.match(
    flowing(ran.stdout),
    ` org/tool: The network failed while looking for ${baseRepository}:${baseTag}: `,
  );
  assert.match(table(ran.stdout), '  3 images, 2 of them hold only what was published\n');
  assert.match(ran.stderr, '2 images in ../rest\n');
  const { images = [], exitCode } = reportOf(world, release);
  assert.is(exitCode, 4);
  assert.equal(
    images.map(({ digest, failure }) => [digest === undefined, failure?.reason]),
    [
      [false, undefined],
      [false, undefined],
      [true, 'network'],
    ],
  );
});

test('a base that is not there: 2', async ({ world }) => {
  const name = `${baseRepository}:${baseTag}`;
  const digest = world.registry.tags.get(name) ?? '';
  world.registry.tags.delete(name);
  const ran = await world.run(['images', release]);
  world.registry.tags.set(name, digest);
  assert.is(ran.code, 2);
  assert.match(flowing(ran.stdout), ` org/tool: There is no ${world.registry.host}/${name}. `);
});

test('an image of the settings stands for the published one', async ({ world }) => {
  const digest = world.registry.tags.get(`${baseRepository}:${baseTag}`) ?? '';
  const reference = `${world.registry.host}/${baseRepository}@${digest}`;
  writeFileSync(
    join(world.folder, 'own.yaml'),
    `images: { bases: { eks-distro-minimal-base: '${reference}' } }\n`,
  );
  const asked = world.registry.lines().length;
  const ran = await world.run(['images', release, '--image', 'tool', '--settings', '../own.yaml']);
  assert.is(ran.code, 0);
  assert.equal(reportOf(world, release).images?.[0]?.base, { from: 'settings', reference });
  assert.equal(world.registry.lines().slice(asked), [], 'its digest is known, and it was pulled');
});

test('what stands on no base image is made whatever others stand on, and nobody is asked', async ({
  world,
}) => {
  const asked = world.registry.lines().length;
  const ran = await world.run(['images', release, '--image', 'hammer', '--base', 'al2']);
  assert.is(ran.code, 0, ran.stderr);
  assert.equal(world.registry.lines().slice(asked), []);
});

test('a build that fails: that image is not made, the others are: 3', async ({ world }) => {
  onBuildctl(
    world.folder,
    `for word; do case $word in context=/*) [ ! -e "\${word#*=}/saw" ] || { echo 'error: no luck' >&2; exit 1; } ;; esac; done`,
  );
  const ran = await world.run(['images', release, '--fresh']);
  onBuildctl(world.folder, ':');
  assert.is(ran.code, 3, ran.stdout);
  assert.match(table(ran.stdout), '  org/saw: buildctl build exited with 1: error: no luck\n');
  assert.equal(
    reportOf(world, release).images?.map(({ failure }) => failure?.reason),
    [undefined, 'command-failed', undefined],
  );
});

test('a program that is not what was published is told, and the image is made: 1', async ({ world }) => {
  changeTool(world);
  const ran = await world.run(['images', release]);
  assert.is(ran.code, 1);
  assert.match(
    table(ran.stdout),
    /^! {2}org\/tool:v1\.0\.0-eks-1-30-5 {4}linux\/amd64.*\n {3}org\/tool@sha256:[0-9a-f]{64}\n/m,
  );
  assert.match(table(ran.stdout), '  org/tool: tool for linux/amd64 is different\n');
  assert.match(table(ran.stdout), '  3 images, 2 of them hold only what was published\n');
  assert.equal(
    reportOf(world, release).images?.[2]?.unverified.map(({ platform, verdict }) => `${platform} ${verdict}`),
    ['linux/amd64 different', 'linux/arm64 different'],
  );
});

test('no builder at all: 4, and it is said what to do; of what was compiled already after the run', async ({
  world,
}) => {
  forgetResults(world.cache, (kind) => kind === 'image');
  onBuildctl(world.folder, noBuilder);
  const ran = await world.run(['images', release, '--image', 'hammer']);
  onBuildctl(world.folder, ':');
  assert.is(ran.code, 4);
  assert.match(ran.stdout, 'no builder is set for linux/amd64: "builders" of the settings, or BUILDKIT_HOST');
});

test.run();
