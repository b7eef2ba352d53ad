import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { ociDigestOf } from '../../orchestrator/oci/image/layout.ts';
import { closeFakes } from '../oci/registry/fake-registry.ts';
import { clusterRelease, clusterTag, clusterWorld } from '../rig/cluster-world.ts';
import { type ImageWorld, writesTo } from '../rig/image-world.ts';
import { suite } from '../rig/suite.ts';

/** kubeadm 1.30 asks for this tag of pause (`cluster/kubeadm-versions.ts`). */
const second = '3.9';
/** What an upgrade by kubeadm 1.30 can start from: the world's CoreDNS is newer than the one that it brings. */
const plainDns = 'v1.11.1';

const test = suite<{ world: ImageWorld }>('the tags that kubeadm asks for');

test.before(async (context, defer) => {
  defer(closeFakes);
  context.world = await clusterWorld();
});

function push(world: ImageWorld, prefix: string, ...words: readonly string[]) {
  const place = `${world.registry.host}/${prefix}`;
  return world.run(['push', clusterRelease, '--registry', place, '--project', 'org/tool', ...words]);
}

function cluster(world: ImageWorld, prefix: string, ...words: readonly string[]) {
  const place = `${world.registry.host}/${prefix}`;
  return world.run(['cluster', clusterRelease, '--registry', place, '--output', `${prefix}-files`, ...words]);
}

function tagsOf({ registry }: ImageWorld, repository: string): Readonly<Record<string, string>> {
  const tags = [...registry.tags].filter(
    ([name]) => name.startsWith(`${repository}:`) && !name.includes(':sha256-'),
  );
  return Object.fromEntries(tags.map(([name, digest]) => [name.slice(repository.length + 1), digest]));
}

test('a push says which tags are needed, and with --retag gives them', async ({ world }) => {
  const { host } = world.registry;
  const plain = await push(world, 'eks');
  assert.is(plain.code, 0, plain.stderr);
  assert.match(
    plain.stdout,
    `\nkubeadm asks for ${host}/eks/kubernetes/pause:${second}: the image with the tag ${clusterTag} needs this one too: give --retag.\n`,
  );
  assert.match(
    plain.stdout,
    `\na kubeadm upgrade starts from ${host}/eks/coredns/coredns:${plainDns}: the image with the tag ${clusterTag} needs this one too: give --retag.\n`,
  );
  assert.not.match(plain.stdout, `  :${second} `);
  const planned = await push(world, 'eks', '--retag');
  assert.match(planned.stdout, new RegExp(`\\n  :${clusterTag} +new\\n  :3\\.9 +new\\n`));
  assert.match(planned.stdout, `\n  :${clusterTag}  new\n  :${plainDns}  new\n`);
  assert.not.match(planned.stdout, /kubeadm asks|kubeadm upgrade/);
  assert.equal(writesTo(world), []);

  const pushed = await push(world, 'eks', '--retag', '--confirm');
  assert.is(pushed.code, 0, pushed.stderr);
  const tags = tagsOf(world, 'eks/kubernetes/pause');
  assert.equal(Object.keys(tags).sort(), [second, clusterTag]);
  assert.is(tags[second], tags[clusterTag]);
  const dns = tagsOf(world, 'eks/coredns/coredns');
  assert.equal(Object.keys(dns).sort(), [plainDns, clusterTag]);
  assert.is(dns[plainDns], dns[clusterTag]);
  assert.equal(Object.keys(tagsOf(world, 'eks/etcd-io/etcd')), [clusterTag]);
  const writes = writesTo(world).length;
  const again = await push(world, 'eks', '--retag', '--confirm');
  assert.is(again.code, 0, again.stderr);
  assert.is(writesTo(world).length, writes);
  const all = await cluster(world, 'eks');
  assert.equal(
    [all.code, all.stderr.split('\n').at(-2)],
    [0, `✔ ${host}/eks has all 8 images that are named.`],
  );
});

test('a push of other images has nothing to give a second tag', async ({ world }) => {
  const ran = await push(world, 'other', '--retag', '--image', 'etcd-io/etcd');
  assert.is(ran.code, 0, ran.stderr);
  assert.match(ran.stdout, '\nNo image of this push needs a further tag for kubeadm.\n');
});

test('what is there gets its tag later: planned, given, and given once', async ({ world }) => {
  const { host } = world.registry;
  assert.is((await push(world, 'later', '--confirm')).code, 0);
  const name = `${host}/later/kubernetes/pause:${second}`;
  const lacking = `✖ ${host}/later lacks 1 of 8 images that are named:\n  ${name}\n`;
  const before = writesTo(world).length;
  const plain = await cluster(world, 'later');
  assert.is(plain.code, 1);
  assert.ok(plain.stderr.endsWith(lacking), plain.stderr);
  assert.match(
    plain.stderr,
    `kubeadm asks for ${name}: the image with the tag ${clusterTag} needs this one too\n`,
  );

  const planned = await cluster(world, 'later', '--retag');
  assert.is(planned.code, 1);
  const both = `✖ ${host}/later lacks 2 of 9 images that are named:\n  ${name}\n  ${host}/later/coredns/coredns:${plainDns}\n`;
  assert.match(planned.stderr, /\n {2}:v1\.30\.1-eks-1-30-6 +there *\n {2}:3\.9 +new *\n/);
  assert.match(planned.stderr, `No tag was given: give --confirm to do this.\n${both}`);
  assert.is(writesTo(world).length, before);

  const given = await cluster(world, 'later', '--retag', '--confirm');
  assert.is(given.code, 0, given.stderr);
  assert.equal(writesTo(world).slice(before).sort(), [
    `PUT /v2/later/coredns/coredns/manifests/${plainDns}`,
    `PUT /v2/later/kubernetes/pause/manifests/${second}`,
  ]);
  const kubeadm = readFileSync(join(world.root, 'later-files', 'kubeadm.yaml'), 'utf8');
  assert.match(kubeadm, `\n  imageTag: ${plainDns}\n`);
  const tags = tagsOf(world, 'later/kubernetes/pause');
  assert.is(tags[second], tags[clusterTag]);

  const again = await cluster(world, 'later', '--retag', '--confirm');
  assert.is(again.code, 0);
  assert.is(writesTo(world).length, before + 2);
});

test('a second tag that is there with another image is moved only with --overwrite', async ({ world }) => {
  const { registry } = world;
  assert.is((await push(world, 'there', '--confirm')).code, 0);
  const other = Buffer.from('{}');
  registry.content.set(`there/kubernetes/pause@${ociDigestOf(other)}`, other);
  registry.tags.set(`there/kubernetes/pause:${second}`, ociDigestOf(other));
  const before = writesTo(world).length;
  for (const ran of [
    await push(world, 'there', '--retag', '--confirm'),
    await cluster(world, 'there', '--retag', '--confirm'),
  ]) {
    assert.is(ran.code, 2);
    assert.match(ran.stderr, `pause:${second} is there as ${ociDigestOf(other)}, not as sha256:`);
    assert.match(ran.stderr, '\nTags are moved only with --overwrite.\n');
  }
  assert.is(writesTo(world).length, before);
  const moved = await cluster(world, 'there', '--retag', '--confirm', '--overwrite');
  assert.is(moved.code, 0, moved.stderr);
  const tags = tagsOf(world, 'there/kubernetes/pause');
  assert.is(tags[second], tags[clusterTag]);
});

test('where the image itself is not there, that is said, and nothing is written', async ({ world }) => {
  const before = writesTo(world).length;
  const ran = await cluster(world, 'none', '--retag', '--confirm');
  assert.is(ran.code, 1);
  assert.match(
    ran.stderr,
    `the image with the tag ${clusterTag} needs this one too, and is not there itself\n`,
  );
  assert.match(ran.stderr, 'lacks 9 of 9 images');
  assert.is(writesTo(world).length, before);
});

test('an image that configuration names by digest has to be there with that digest', async ({ world }) => {
  assert.is((await push(world, 'pinned', '--confirm', '--retag')).code, 0);
  const report = ['--report', `out/${clusterRelease}/report.json`, '--format', 'kops'];
  const fine = await cluster(world, 'pinned', ...report);
  assert.is(fine.code, 0, fine.stderr);
  const { registry } = world;
  const tag = `pinned/coredns/coredns:${clusterTag}`;
  registry.content.delete(`pinned/coredns/coredns@${registry.tags.get(tag)}`);
  const other = Buffer.from('{}');
  registry.content.set(`pinned/coredns/coredns@${ociDigestOf(other)}`, other);
  registry.tags.set(tag, ociDigestOf(other));
  const gone = await cluster(world, 'pinned', ...report);
  assert.is(gone.code, 1);
  assert.match(gone.stderr, `lacks 1 of 6 images that are named:\n  ${registry.host}/${tag}\n`);
  assert.match(gone.stderr, 'What kOps takes from https://distro.eks.amazonaws.com/');
  // kubeadm takes no digest: what is behind its tags is held against the report.
  const kubeadm = await cluster(world, 'pinned', ...report.slice(0, 2), '--format', '!kops');
  assert.is(kubeadm.code, 1);
  assert.match(
    kubeadm.stderr,
    `has other images by these tags than the report:\n  ${registry.host}/${tag} is ${ociDigestOf(other)}, not sha256:`,
  );
});

test('a registry that is out of reach is its own kind of trouble; the files are there all the same', async ({
  world,
}) => {
  const words = [
    'cluster',
    clusterRelease,
    '--registry',
    '127.0.0.1:1/x',
    '--insecure',
    '--format',
    'kubeadm',
  ];
  const ran = await world.run(words);
  assert.is(ran.code, 4);
  assert.match(ran.stdout, 'kind: ClusterConfiguration\n');
  const offline = await world.run([...words, '--offline']);
  assert.is(offline.code, 0);
});

test.run();
