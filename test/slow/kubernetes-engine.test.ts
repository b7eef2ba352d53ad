import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { closeFakes } from '../oci/registry/fake-registry.ts';
import { memoryRegistry } from '../oci/registry/memory-registry.ts';
import { startDockerRegistry } from '../rig/docker-registry.ts';
import { type OneNode, portOf, startOneNode } from '../rig/one-node.ts';
import { putProbeImage } from '../rig/probe-image.ts';
import { compileProgram, type Program, programAt } from '../rig/program.ts';
import { programImage } from '../rig/program-image.ts';
import { startProxy } from '../rig/proxy.ts';
import { skopeo } from '../rig/skopeo.ts';
import { suite } from '../rig/suite.ts';

interface World {
  folder: string;
  program: Program;
  node: OneNode;
  image: string;
}

/** The sample in pods of the image that this project makes, on a node with a real kubelet. */
const test = suite<World>('the sample in real pods');

const settled = '✔ identical / comparable / all: ';

test.before(async (context, defer) => {
  context.folder = mkdtempSync(join(tmpdir(), 'kubernetes-engine-'));
  const { folder } = context;
  defer(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }));
  // Pods are another user.
  chmodSync(folder, 0o755);
  defer(closeFakes);
  const images = await memoryRegistry();
  await putProbeImage(images, join(folder, 'probe'));
  const registry = await startDockerRegistry({ folder: join(folder, 'registry') });
  defer(() => registry.kill());
  const layout = await programImage();
  skopeo('copy', '--override-arch', 'amd64', `oci:${layout}`, `docker://${registry.host}/eksd-rebuild:1`);
  context.node = await startOneNode({
    pause: async (reach) => {
      context.image = `${await reach(portOf(registry.host))}/eksd-rebuild:1`;
      return `${await reach(portOf(images.host))}/probe:1`;
    },
  });
  const { api, space } = context.node;
  defer(() => context.node.stop());
  process.env['KUBECONFIG'] = api.kubeconfig;
  // What fetches goes this way: pods have no other out of their network. A password is nothing for the settings.
  const proxy = await startProxy();
  defer(() => proxy.close());
  const way = proxy.url.replace(/127\.0\.0\.1:\d+/, await space.reach(Number(new URL(proxy.url).port)));
  const secret = ['create', 'secret', 'generic', 'way', `--from-literal=HTTPS_PROXY=${way}`];
  const made = await api.kubectl(...secret);
  assert.is(made.code, 0, made.stderr);
  context.program = await compileProgram(folder);
});

/** A folder to run in, whose settings name a store that pods share. @param store below the world's folder. */
function rootWith({ folder, image }: World, name: string, store: string): string {
  const [root, shared] = [join(folder, name), join(folder, store)];
  for (const each of [root, shared]) mkdirSync(each, { recursive: true });
  chmodSync(shared, 0o777);
  // Whom this machine trusts, pods are to trust: a mirror that it fetches from may have an authority of its own.
  const certificates = join(folder, 'certificates');
  mkdirSync(certificates, { recursive: true });
  copyFileSync('/etc/ssl/certs/ca-certificates.crt', join(certificates, 'all.crt'));
  writeFileSync(
    join(root, 'eksd-rebuild.yaml'),
    `store: { remote: ${shared} }
kubernetes:
  image: ${image}
  requests: { cpu: 100m, memory: 2Gi }
  secret: way
  environment: { SSL_CERT_FILE: /certificates/all.crt }
  volumes:
    - { at: ${shared}, hostPath: ${shared} }
    - { at: /certificates, hostPath: ${certificates}, readOnly: true }
`,
  );
  return root;
}

/** The program as it is, with a cache of its own. */
function another({ folder }: World, root: string): Program {
  return programAt(root, process.execPath, [join(folder, 'package', 'dist', 'cli.js')]);
}

const verify = ['verify', 'sample', '--on', 'kubernetes'];

/** How many pods there have been. */
async function podsMade({ node }: World): Promise<number> {
  const events = ['get', 'events', '--field-selector', 'reason=SuccessfulCreate', '-o', 'name'];
  return (await node.api.kubectl(...events)).stdout.split('\n').length;
}

test('pods make what this machine would, and nothing is left of them', async (world) => {
  const ran = await another(world, rootWith(world, 'first', 'shared')).runIn(
    join(world.folder, 'first'),
    verify,
  );
  assert.is(ran.code, 0, ran.stdout + ran.stderr);
  assert.match(ran.stdout, settled);
  assert.is((await world.node.api.kubectl('get', 'jobs', '-o', 'name')).stdout, '');
  assert.ok((await podsMade(world)) > 1);
});

test('another machine builds nothing', async (world) => {
  const before = await podsMade(world);
  const root = rootWith(world, 'second', 'shared');
  const ran = await another(world, root).runIn(root, verify);
  assert.is(ran.code, 0, ran.stdout + ran.stderr);
  assert.match(ran.stdout, settled);
  assert.is(await podsMade(world), before);
});

test('a pod that is taken away and an API server that is killed change nothing of what is said', async (world) => {
  const { kubectl, restart } = world.node.api;
  const root = rootWith(world, 'third', 'shared-too');
  const running = another(world, root).runIn(root, verify);
  const one = ['get', 'pods', '--field-selector', 'status.phase=Running', '-o', 'name'];
  let pod = '';
  for (let waited = 0; waited < 120 && pod === ''; waited++) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    pod = (await kubectl(...one)).stdout.split('\n')[0] ?? '';
  }
  assert.is.not(pod, '');
  await kubectl('delete', pod, '--force', '--grace-period=0');
  await restart();
  const ran = await running;
  assert.is(ran.code, 0, ran.stdout + ran.stderr);
  assert.match(ran.stdout, settled);
});

test.run();
