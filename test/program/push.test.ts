import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as assert from 'uvu/assert';
import type { Descriptor, ImageIndex, ImageManifest } from '../../orchestrator/core/oci.ts';
import { ociDigestOf } from '../../orchestrator/oci/image/layout.ts';
import { closeFakes } from '../oci/registry/fake-registry.ts';
import { onBuildctl } from '../rig/fake-buildctl.ts';
import { changeTool, type ImageWorld, imageWorld, keepTool, writesTo } from '../rig/image-world.ts';
import { reportOf } from '../rig/report.ts';
import { isStatement } from '../rig/statement-schema.ts';
import { suite } from '../rig/suite.ts';
import { release } from '../rig/world-content.ts';

const test = suite<{ world: ImageWorld }>('push');

test.before(async (context, defer) => {
  defer(closeFakes);
  context.world = await imageWorld();
  // Nothing listens there.
  writeFileSync(
    join(context.world.folder, 'unreachable.yaml'),
    'mirrors: { public.ecr.aws/: 127.0.0.1:1/ }\n',
  );
});

const repositories = ['org/hammer', 'org/saw', 'org/tool'];

function push(world: ImageWorld, prefix: string, ...words: readonly string[]) {
  return world.run(['push', release, '--registry', `${world.registry.host}/${prefix}`, ...words]);
}

/** What is said after the run's own summary. */
function closing(text: string): string {
  return text.slice(text.lastIndexOf('differs.\n') + 'differs.\n'.length);
}

/** The record of what was pushed below a prefix. */
function recordFile({ root, registry }: ImageWorld, prefix: string): string {
  const place = `${registry.host.replace(':', '-')}+${prefix.replaceAll('/', '+')}`;
  return join(root, 'out', release, `push-${place}.json`);
}

function recordOf(world: ImageWorld, prefix: string) {
  return JSON.parse(readFileSync(recordFile(world, prefix), 'utf8'));
}

/** The text of the provenance of an image, by the way that whoever has the image goes. */
function provenanceIn({ registry }: ImageWorld, repository: string, tag: string): string {
  const digest = registry.tags.get(`${repository}:${tag}`) ?? '';
  const read = (name: string) => registry.content.get(`${repository}@${name}`)?.toString('utf8') ?? '{}';
  const listed = registry.tags.get(`${repository}:${digest.replace(':', '-')}`) ?? '';
  const { manifests = [] } = JSON.parse(read(listed)) as Partial<ImageIndex>;
  const [referrer] = manifests.filter((each) => each.artifactType === 'application/vnd.in-toto+json');
  const manifest = JSON.parse(read(referrer?.digest ?? '')) as ImageManifest;
  assert.is(manifest.subject?.digest, digest);
  return read(manifest.layers[0]?.digest ?? '');
}

test('without --confirm a plan is printed, and nothing is written', async ({ world }) => {
  const ran = await push(world, 'plan');
  assert.is(ran.code, 0, ran.stderr);
  const digests = reportOf(world, release).images?.map(({ digest = '' }) => digest) ?? [];
  const { host } = world.registry;
  const [hammer, saw, tool] = repositories.map((name, at) => `${host}/plan/${name}@${digests[at]}`);
  const wide = (text = '') => text.padEnd(hammer?.length ?? 0);
  assert.is(
    closing(ran.stdout),
    `
${wide(hammer)}  0.0 MB to upload
  :v2.0.0-eks-1-30-5  new
${wide(saw)}  0.0 MB to upload
  :v2.0.0-eks-1-30-5  new
${wide(tool)}  0.0 MB to upload
  :v1.0.0-eks-1-30-5  new
3 images: 0.0 MB to upload, 0.0 MB to mount from other repositories, 0.0 MB there already
Nothing was pushed: give --confirm to do this.
`,
  );
  assert.equal(writesTo(world), []);
  assert.not.ok(existsSync(recordFile(world, 'plan')));
});

test('--confirm: images, their tags, provenance and a record; and a second time nothing', async ({
  world,
}) => {
  const { registry } = world;
  const ran = await push(world, 'eks', '--confirm', '--tag', 'mine-{branch}.{number}');
  assert.is(ran.code, 0, ran.stderr);
  assert.match(ran.stdout, `\n✔ ${registry.host}: 3 images, 0.0 MB uploaded\n`);
  const { images = [] } = reportOf(world, release);
  for (const { image, tag, digest = '', platforms } of images) {
    const repository = `eks/${image}`;
    for (const name of [tag, 'mine-1-30.5']) assert.is(registry.tags.get(`${repository}:${name}`), digest);
    const index = JSON.parse(`${registry.content.get(`${repository}@${digest}`)}`) as ImageIndex;
    assert.equal(
      index.manifests.map((each) => each.digest),
      platforms.map((each) => each.digest),
    );
    for (const [at, { digest: manifest }] of index.manifests.entries()) {
      const { config, layers } = JSON.parse(
        `${registry.content.get(`${repository}@${manifest}`)}`,
      ) as ImageManifest;
      const pulled = layers.map((layer) => ({ digest: layer.digest, size: layer.size }));
      assert.equal(platforms[at]?.layers, pulled);
      for (const each of [config, ...layers] as readonly Descriptor[]) {
        const content = registry.content.get(`${repository}@${each.digest}`);
        assert.is(content && ociDigestOf(content), each.digest);
      }
    }
    const provenance = JSON.parse(provenanceIn(world, repository, tag));
    isStatement(provenance);
    assert.equal(isStatement.errors ?? [], []);
    assert.equal(provenance.subject[0], { name: image, digest: { sha256: digest.slice(7) } });
    assert.is(provenance.subject.length, platforms.length + 1);
    assert.is('urn:eksd-rebuild:allowed' in provenance.predicate, false);
  }
  const record = recordOf(world, 'eks');
  const name = basename(recordFile(world, 'eks'));
  assert.match(ran.stderr, `Record: out/${release}/${name}\n`);
  assert.equal(
    [record.schema, record.release, record.lock, record.allowed, record.registries.length],
    [1, release, reportOf(world, release).release.lock, [], 1],
  );
  assert.equal(
    record.registries[0].images.map((each: { repository: string; digest: string }) => [
      each.repository,
      each.digest,
    ]),
    images.map(({ image, digest }) => [`eks/${image}`, digest]),
  );
  assert.equal(
    record.registries[0].images.map((each: { platforms: unknown }) => each.platforms),
    images.map(({ platforms }) => platforms.map(({ platform, digest }) => ({ platform, digest }))),
  );
  assert.equal(
    Object.keys(record.registries[0].provenance).sort(),
    repositories.map((each) => `eks/${each}`),
  );

  const writes = writesTo(world).length;
  const again = await push(world, 'eks', '--confirm', '--tag', 'mine-{branch}.{number}');
  assert.is(again.code, 0);
  assert.equal(writesTo(world).slice(writes), []);
  assert.match(again.stdout, `\n✔ ${registry.host}: 3 images, nothing had to be uploaded\n`);
  assert.match(
    closing(again.stdout),
    /eks\/org\/tool@sha256:[0-9a-f]{64} +nothing to upload\n {2}:v1\.0\.0-eks-1-30-5 {2}there\n/,
  );
});

test('only what was asked for goes, not what it stands on', async ({ world }) => {
  const ran = await push(world, 'part', '--confirm', '--image', 'saw');
  assert.is(ran.code, 0, ran.stderr);
  assert.match(ran.stdout, ': 1 image, ');
  assert.equal(
    [...new Set(writesTo(world).filter((line) => line.includes('/part/')))].filter(
      (line) => !line.includes('/org/saw/'),
    ),
    [],
  );
  assert.ok(world.registry.tags.has('part/org/saw:v2.0.0-eks-1-30-5'));
});

test('an image with a file that is not identical is refused; allowed with a reason, that is told', async ({
  world,
}) => {
  changeTool(world);
  const before = writesTo(world).length;
  const refused = await push(world, 'own', '--confirm');
  assert.is(refused.code, 2);
  assert.match(
    refused.stderr,
    `Nothing is pushed:
  ${world.registry.host}/own/org/tool holds tool for linux/amd64 (different), tool for linux/arm64 (different)
What is not identical goes only with --allow different --reason TEXT.
`,
  );
  const wordless = await push(world, 'own', '--confirm', '--allow', 'different');
  assert.equal([wordless.code, wordless.stdout], [2, '']);
  const other = await push(world, 'own', '--confirm', '--allow', 'explained', '--reason', 'x');
  assert.is(other.code, 2);
  assert.is(writesTo(world).length, before);

  const ran = await push(world, 'own', '--confirm', '--allow', 'different', '--reason', 'a fix of ours');
  keepTool(world);
  assert.is(ran.code, 1, 'a file of the run differs all the same');
  assert.match(
    closing(ran.stdout),
    /own\/org\/tool@sha256:[0-9a-f]{64} +\d.* 2 files allowed: a fix of ours\n/,
  );
  const allowed = [{ verdict: 'different', reason: 'a fix of ours' }];
  const record = recordOf(world, 'own');
  assert.equal(record.allowed, allowed);
  assert.equal(
    record.registries[0].images.map((each: { allowed?: { reason: string } }) => each.allowed?.reason),
    [undefined, undefined, 'a fix of ours'],
  );
  const predicate = (name: string, tag: string) =>
    JSON.parse(provenanceIn(world, `own/${name}`, tag)).predicate;
  const tool = predicate('org/tool', 'v1.0.0-eks-1-30-5');
  assert.equal(tool['urn:eksd-rebuild:allowed'], allowed);
  assert.equal(
    tool.runDetails.byproducts.map((each: { annotations: { verdict: string } }) => each.annotations.verdict),
    ['different', 'different'],
  );
  assert.not.ok('urn:eksd-rebuild:allowed' in predicate('org/saw', 'v2.0.0-eks-1-30-5'));
});

test('a tag that is there with another image is moved only with --overwrite', async ({ world }) => {
  const { registry } = world;
  const [name, other] = ['there/org/tool:v1.0.0-eks-1-30-5', Buffer.from('{}')];
  registry.content.set(`there/org/tool@${ociDigestOf(other)}`, other);
  registry.tags.set(name, ociDigestOf(other));
  const before = writesTo(world).length;
  const refused = await push(world, 'there', '--confirm');
  assert.is(refused.code, 2);
  assert.match(refused.stdout, `would be moved from ${ociDigestOf(other)}\n`);
  assert.match(
    refused.stderr,
    `  ${registry.host}/${name} is there as ${ociDigestOf(other)}, not as sha256:`,
  );
  assert.match(refused.stderr, '\nTags are moved only with --overwrite.\n');
  assert.is(writesTo(world).length, before);
  const moved = await push(world, 'there', '--confirm', '--overwrite');
  assert.is(moved.code, 0, moved.stderr);
  assert.is(registry.tags.get(name), reportOf(world, release).images?.[2]?.digest);
});

test('where an image could not be made nothing goes; the others do where they are named', async ({
  world,
}) => {
  onBuildctl(world.folder, 'case "$*" in *linux/arm64*) exit 1 ;; esac');
  const before = writesTo(world).length;
  const ran = await push(world, 'less', '--confirm', '--fresh');
  assert.is(ran.code, 3, 'that of the build which failed');
  assert.match(
    ran.stderr,
    'Nothing is pushed: org/tool could not be made.\nSay which images are to be pushed by --image or --project.\n',
  );
  assert.match(ran.stderr, 'buildctl');
  assert.is(writesTo(world).length, before);
  const rest = await push(world, 'less', '--confirm', '--fresh', '--project', 'kit');
  onBuildctl(world.folder, ':');
  assert.is(rest.code, 0, rest.stderr);
  assert.match(rest.stdout, ': 2 images, ');
});

test('where a base is out of reach nothing goes, by the code of that: 4', async ({ world }) => {
  const ran = await world.run([
    ...['push', release, '--registry', `${world.registry.host}/less`, '--confirm'],
    ...['--settings', '../unreachable.yaml'],
  ]);
  assert.is(ran.code, 4, ran.stderr);
  assert.match(ran.stderr, 'Nothing is pushed: org/tool could not be made.\n');
  assert.match(ran.stderr, 'The network failed');
});

test('pushes below two prefixes have a record each', async ({ world }) => {
  for (const prefix of ['team/a', 'team-a']) {
    assert.is((await push(world, prefix, '--confirm', '--image', 'hammer')).code, 0);
  }
  for (const prefix of ['team/a', 'team-a']) {
    const { registries } = recordOf(world, prefix);
    assert.is(registries[0].images[0].repository, `${prefix}/org/hammer`);
  }
});

test('two images with the same content have a provenance of their own each', async ({ world }) => {
  const recipe = join(world.root, 'projects', 'org', 'kit', 'project.yaml');
  const before = readFileSync(recipe, 'utf8');
  writeFileSync(recipe, `${before}  - { name: org/twin, programs: [hammer], licenses: no }\n`);
  const ran = await push(world, 'twins', '--confirm', '--image', 'org/hammer', '--image', 'org/twin');
  writeFileSync(recipe, before);
  assert.is(ran.code, 0, ran.stderr);
  const names = ['org/hammer', 'org/twin'];
  const digests = names.map((name) => world.registry.tags.get(`twins/${name}:v2.0.0-eks-1-30-5`));
  assert.is(digests[0], digests[1]);
  assert.equal(
    names.map(
      (name) => JSON.parse(provenanceIn(world, `twins/${name}`, 'v2.0.0-eks-1-30-5')).subject[0].name,
    ),
    names,
  );
});

test('whoever builds it elsewhere gets the same provenance, byte for byte', async ({ world }) => {
  const other = await imageWorld();
  const later = { now: () => Date.now() + 1e10, hostName: 'other.example' };
  const words = (host: string) => ['push', release, '--registry', `${host}/twice`, '--confirm'];
  await push(world, 'twice', '--confirm');
  const ran = await other.run(words(other.registry.host), later);
  assert.is(ran.code, 0, ran.stderr);
  for (const { image, tag } of reportOf(world, release).images ?? []) {
    const [here, there] = [world, other].map((each) => provenanceIn(each, `twice/${image}`, tag));
    assert.is(here, there);
    for (const place of [world.folder, other.folder, '127.0.0.1']) assert.not.match(here ?? '', place);
  }
});

test.run();
