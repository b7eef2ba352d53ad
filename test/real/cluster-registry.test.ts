import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { closeFakes } from '../oci/registry/fake-registry.ts';
import { clusterRelease, clusterTag, clusterWorld } from '../rig/cluster-world.ts';
import { type DockerRegistry, startDockerRegistry } from '../rig/docker-registry.ts';
import type { ImageWorld } from '../rig/image-world.ts';
import { skopeo } from '../rig/skopeo.ts';
import { suite } from '../rig/suite.ts';

const test = suite<{ world: ImageWorld; server: DockerRegistry }>('a cluster from a real registry');

test.before(async (context, defer) => {
  defer(closeFakes);
  context.world = await clusterWorld();
  context.server = await startDockerRegistry({ folder: join(context.world.folder, 'registry') });
  defer(() => context.server.kill());
});

interface Context {
  readonly world: ImageWorld;
  readonly server: DockerRegistry;
}

function push({ world, server }: Context, prefix: string, ...words: readonly string[]) {
  const place = ['--registry', `${server.host}/${prefix}`, '--insecure'];
  return world.run(['push', clusterRelease, ...place, '--project', 'org/tool', '--confirm', ...words]);
}

function cluster({ world, server }: Context, prefix: string, ...words: readonly string[]) {
  const place = ['--registry', `${server.host}/${prefix}`, '--insecure', '--output', 'files'];
  return world.run(['cluster', clusterRelease, ...place, ...words]);
}

function digestOf({ server }: Context, name: string): string {
  const image = `docker://${server.host}/${name}`;
  return skopeo('inspect', '--no-tags', '--format', '{{.Digest}}', image).trim();
}

function writes({ server }: Context): readonly string[] {
  const asked = server.requests().filter(({ method }) => method !== 'GET' && method !== 'HEAD');
  return asked.map(({ method, path }) => `${method} ${path}`);
}

test('after a push none is missing; one that is deleted is named', async (context) => {
  const { server } = context;
  const pushed = await push(context, 'eks', '--retag');
  assert.is(pushed.code, 0, pushed.stderr);
  const all = await cluster(context, 'eks');
  assert.is(all.code, 0, all.stderr);
  assert.match(all.stderr, `✔ ${server.host}/eks has all 8 images that are named.\n`);
  const digest = digestOf(context, `eks/kubernetes/pause:${clusterTag}`);
  assert.is(digestOf(context, 'eks/kubernetes/pause:3.9'), digest);

  const proxy = `http://${server.host}/v2/eks/kubernetes/kube-proxy/manifests/`;
  const proxyDigest = digestOf(context, `eks/kubernetes/kube-proxy:${clusterTag}`);
  const deleted = await fetch(`${proxy}${proxyDigest}`, { method: 'DELETE' });
  assert.is(deleted.status, 202);
  const ran = await cluster(context, 'eks');
  assert.is(ran.code, 1);
  assert.match(
    ran.stderr,
    `✖ ${server.host}/eks lacks 1 of 8 images that are named:\n  ${server.host}/eks/kubernetes/kube-proxy:${clusterTag}\n`,
  );
});

test('what was left out of a push is named; a second tag is one write, once', async (context) => {
  const { server } = context;
  const kubernetes = await push(context, 'part', '--image', 'kubernetes/*');
  assert.is(kubernetes.code, 0, kubernetes.stderr);
  const place = `${server.host}/part`;
  const lacks = (names: readonly string[], all = 8) =>
    `✖ ${place} lacks ${names.length} of ${all} images that are named:\n${names.map((name) => `  ${place}/${name}\n`).join('')}`;
  const others = [`etcd-io/etcd:${clusterTag}`, `coredns/coredns:${clusterTag}`];
  const ran = await cluster(context, 'part');
  assert.is(ran.code, 1);
  assert.ok(ran.stderr.endsWith(lacks(['kubernetes/pause:3.9', ...others])), ran.stderr);

  const before = writes(context).length;
  const tagged = await cluster(context, 'part', '--retag', '--confirm');
  assert.is(tagged.code, 1);
  const plain = ['coredns/coredns:v1.11.1'];
  const still = [...others.slice(0, 1), ...plain, ...others.slice(1)];
  assert.ok(tagged.stderr.endsWith(lacks(still, 9)), tagged.stderr);
  assert.equal(writes(context).slice(before), ['PUT /v2/part/kubernetes/pause/manifests/3.9']);
  const digest = digestOf(context, `part/kubernetes/pause:${clusterTag}`);
  assert.is(digestOf(context, 'part/kubernetes/pause:3.9'), digest);
  await cluster(context, 'part', '--retag', '--confirm');
  assert.is(writes(context).length, before + 1);
});

test('what kops.yaml says of archives of images makes one of what the registry has', async (context) => {
  const { world, server } = context;
  const pushed = await push(context, 'archives');
  assert.is(pushed.code, 0, pushed.stderr);
  await cluster(context, 'archives');
  const text = readFileSync(join(world.root, 'files', 'kops.yaml'), 'utf8');
  const file = join(world.folder, 'kube-apiserver.tar');
  const words = (/^# +skopeo (copy .*)$/m.exec(text)?.[1] ?? '')
    .replaceAll('<image>.tar', file)
    .replaceAll('<image>', 'kube-apiserver')
    .replaceAll('<tag>', clusterTag)
    .replaceAll('<arch>', 'arm64');
  skopeo(...words.split(' '));
  const [image] = JSON.parse(execFileSync('tar', ['-xOf', file, 'manifest.json'], { encoding: 'utf8' }));
  assert.equal(image.RepoTags, [`${server.host}/archives/kubernetes/kube-apiserver:${clusterTag}`]);
  const config = JSON.parse(execFileSync('tar', ['-xOf', file, image.Config], { encoding: 'utf8' }));
  assert.is(config.architecture, 'arm64');
});

test.run();
