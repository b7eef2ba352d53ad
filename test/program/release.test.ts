import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { digestOf } from '../../orchestrator/core/digest.ts';
import type { ManifestAsset } from '../../orchestrator/publish/manifest/release.ts';
import { closeFakes } from '../oci/registry/fake-registry.ts';
import { onBuildctl } from '../rig/fake-buildctl.ts';
import { goCalls, onGo } from '../rig/fake-go.ts';
import type { ImageWorld } from '../rig/image-world.ts';
import { sha256, sha512 } from '../rig/manifests.ts';
import { reportOf } from '../rig/report.ts';
import { at, lay, made, manifestIn, pathsIn, siteWorld } from '../rig/site-world.ts';
import { suite } from '../rig/suite.ts';
import { release } from '../rig/world-content.ts';

const test = suite<{ world: ImageWorld }>('release');

test.before(async (context, defer) => {
  defer(closeFakes);
  context.world = await siteWorld();
});

/** SHA-256 of all files below a folder. */
function contentIn(folder: string): readonly string[] {
  return pathsIn(folder).map((path) => `${digestOf(readFileSync(join(folder, path)))} ${path}`);
}

const files = 'kubernetes-1-30/releases/5/artifacts';
const withSums = (path: string) => [path, `${path}.sha256`, `${path}.sha512`];
const lists = (folder: string) => ['SHA256SUM', 'SHA512SUM'].flatMap((name) => withSums(`${folder}/${name}`));

test('the whole site of a release, as upstream lays it out, and a second time nothing new', async ({
  world,
}) => {
  const ran = await lay(world, 'site', ...at);
  assert.is(ran.code, 0, ran.stderr);
  const site = join(world.root, 'site');
  const images = ['amd64', 'arm64'].flatMap((arch) => {
    const file = `kit/v2.0.0/bin/linux/${arch}/tool`;
    return [...withSums(`${file}.tar`), `${file}.docker_tag`, `${file}.docker_image_name`];
  });
  const programs = [
    'bin/linux/amd64/hammer',
    'bin/linux/amd64/saw',
    'bin/windows/amd64/hammer.exe',
    'bin/windows/amd64/saw.exe',
  ];
  assert.equal(
    pathsIn(site),
    [
      ...[
        ...programs.flatMap((path) => withSums(`kit/v2.0.0/${path}`)),
        ...images,
        ...['amd64', 'arm64'].flatMap((arch) => withSums(`tool/v1.0.0/tool-linux-${arch}-v1.0.0.tar.gz`)),
        ...lists('kit/v2.0.0'),
        ...lists('tool/v1.0.0'),
      ].map((path) => `${files}/${path}`),
      'kubernetes-1-30/kubernetes-1-30-eks-5.yaml',
      'kubernetes-1-30/releases/5/CHANGELOG-v1-30-eks-5.md',
      'releasechannels/1-30.yaml',
      'crds/releasechannels.distro.eks.amazonaws.com-v1alpha1.yaml',
      'crds/releases.distro.eks.amazonaws.com-v1alpha1.yaml',
    ].sort(),
  );
  for (const [folder, list] of [
    ['kit/v2.0.0', 'SHA256SUM'],
    ['tool/v1.0.0', 'SHA256SUM'],
  ] as const) {
    execFileSync('sha256sum', ['--strict', '--quiet', '-c', list], { cwd: join(site, files, folder) });
  }
  const manifest = manifestIn(site);
  const assets = manifest.components.flatMap(({ assets: each }): readonly ManifestAsset[] => each);
  for (const asset of assets) {
    if (asset.type !== 'Archive') continue;
    const path = asset.archive.uri.replace('https://releases.example/eks/', '');
    const content = readFileSync(join(site, path), 'latin1');
    const bytes = Buffer.from(content, 'latin1') as unknown as string;
    assert.equal([asset.archive.sha256, asset.archive.sha512], [sha256(bytes), sha512(bytes)]);
  }
  assert.equal(
    manifest.components.map(({ name, gitTag, assets: each }) => [
      name,
      gitTag,
      each.map((asset) => asset.name),
    ]),
    [
      ['kit', 'v2.0.0', [...programs, 'hammer-image', 'saw-image']],
      [
        'tool',
        'v1.0.0',
        [
          ...['bin/linux/amd64/tool.tar', 'bin/linux/arm64/tool.tar', 'tool-image'],
          ...['tool-linux-amd64-v1.0.0.tar.gz', 'tool-linux-arm64-v1.0.0.tar.gz'],
        ],
      ],
    ],
  );
  const { images: reported = [] } = reportOf(world, release);
  assert.equal(
    assets.flatMap((asset) => (asset.type === 'Image' ? [[asset.image.uri, asset.image.imageDigest]] : [])),
    reported.map(({ image, tag, digest }) => [`public.ecr.aws/eks-distro/${image}:${tag}`, digest]),
  );
  const verdicts = JSON.parse(manifest.annotations['eksd-rebuild/verdicts'] ?? '');
  assert.equal(Object.keys(verdicts), ['identical', 'none']);
  assert.ok(verdicts.none.every((name: string) => name.includes('.docker_')));
  assert.is(manifest.annotations['eksd-rebuild/release'], release);
  assert.is(manifest.annotations['eksd-rebuild/left-out'], '["org/bare"]');
  assert.is(manifest.date, '2024-05-01T10:00:00Z');
  assert.match(ran.stderr, 'kubernetes-1-30-eks-5: 45 files and 3 images in site\n');

  const calls = goCalls(world.folder).length;
  const again = await lay(world, 'site', ...at);
  assert.is(again.code, 0);
  assert.match(
    again.stderr,
    'kubernetes-1-30-eks-5: site has this very site already: 45 files and 3 images\n',
  );
  const other = await lay(world, '../other', ...at);
  assert.is(other.code, 0);
  assert.equal(contentIn(join(world.folder, 'other')), contentIn(site));
  assert.is(goCalls(world.folder).length, calls);
});

test('a project without a recipe is told to be left out', async ({ world }) => {
  const ran = await world.run(['release', release, '--output', 'bare', ...at]);
  assert.is(ran.code, 0, ran.stderr);
  assert.is(manifestIn(join(world.root, 'bare')).annotations['eksd-rebuild/left-out'], '["org/bare"]');
});

test('without a folder it goes where all that comes of the release goes', async ({ world }) => {
  const ran = await world.run(['release', release, ...at, '--no-images']);
  assert.is(ran.code, 0, ran.stderr);
  assert.match(ran.stderr, `in ${join('out', release, 'site')}\n`);
  assert.is(manifestIn(join(world.root, 'out', release, 'site')).number, 5);
});

test('with some of the images only, the files of all projects are there', async ({ world }) => {
  const ran = await lay(world, 'some', ...at, '--image', 'saw');
  assert.is(ran.code, 0, ran.stderr);
  const paths = pathsIn(join(world.root, 'some'));
  assert.ok(paths.includes(`${files}/tool/v1.0.0/tool-linux-amd64-v1.0.0.tar.gz`));
  assert.not.ok(paths.includes(`${files}/kit/v2.0.0/bin/linux/amd64/tool.tar`));
  const images = manifestIn(join(world.root, 'some')).components.flatMap(({ assets }) => {
    return assets.flatMap(({ type, name }) => (type === 'Image' ? [name] : []));
  });
  assert.equal(images, ['saw-image']);
});

test('nothing of this machine is in it', async ({ world }) => {
  const texts = pathsIn(join(world.root, 'site')).map((path) => {
    return readFileSync(join(world.root, 'site', path), 'latin1');
  });
  assert.not.ok(texts.some((text) => text.includes(world.folder)));
});

test('where something could not be made nothing is laid out, and the former site stays: 3', async ({
  world,
}) => {
  await lay(world, 'kept', ...at);
  const before = pathsIn(join(world.root, 'kept'));
  onGo(world.folder, 'build', '[ $GOARCH = amd64 ] || exit 1');
  const ran = await lay(world, 'kept', ...at, '--fresh');
  onGo(world.folder, 'build', ':');
  assert.is(ran.code, 3);
  assert.match(ran.stderr, 'Nothing is laid out: ');
  assert.match(ran.stderr, 'tool/v1.0.0/tool-linux-arm64-v1.0.0.tar.gz');
  onBuildctl(world.folder, 'exit 1');
  const images = await lay(world, 'kept', ...at, '--fresh');
  onBuildctl(world.folder, ':');
  assert.is(images.code, 4, images.stderr);
  assert.equal(pathsIn(join(world.root, 'kept')), before);
});

test('archives alone, without an image or a builder', async ({ world }) => {
  onBuildctl(world.folder, 'exit 1');
  const ran = await lay(world, 'plain', ...at, '--no-images');
  onBuildctl(world.folder, ':');
  assert.is(ran.code, 0, ran.stderr);
  const types = manifestIn(join(world.root, 'plain')).components.flatMap(({ assets }) =>
    assets.map(({ type }) => type),
  );
  assert.equal([...new Set(types)], ['Archive']);
  assert.not.ok(
    pathsIn(join(world.root, 'plain')).some((path) => path.includes('.tar.sha') && !path.includes('.tar.gz')),
  );
});

test('what would be lost, or is not asked for rightly, is refused before anything is built: 2', async ({
  world,
}) => {
  mkdirSync(join(world.root, 'taken'));
  writeFileSync(join(world.root, 'taken', 'mine'), 'mine');
  const calls = goCalls(world.folder).length;
  const wrong: readonly (readonly [words: readonly string[], message: string])[] = [
    [['--output', 'taken'], 'taken is not empty, and holds no site.\n'],
    [['--output', 'new', '--platform', 'linux/amd64'], 'A manifest names the files of all platforms'],
    [['--output', 'new', '--allow', 'different'], '--allow takes a --reason.\n'],
    [['--output', 'new', '--reason', 'x'], '--reason does nothing without --allow.\n'],
    [['--output', 'new', '--no-images', '--image', 'saw'], '--image does nothing beside --no-images.\n'],
    [
      ['--output', 'new', '--number', '6'],
      "1-30 6 is a release of upstream's, and v1-30-eks-5 is another one.\n",
    ],
    [['--number', '6'], "1-30 6 is a release of upstream's, and v1-30-eks-5 is another one.\n"],
  ];
  for (const [words, message] of wrong) {
    const ran = await world.run(['release', release, ...made, ...words, '--fresh']);
    assert.equal([ran.code, ran.stdout], [2, ''], message);
    assert.match(ran.stderr, message);
  }
  assert.is(goCalls(world.folder).length, calls);
  assert.not.ok(existsSync(join(world.root, 'new')));
});

test.run();
