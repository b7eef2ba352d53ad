import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { closeFakes } from '../oci/registry/fake-registry.ts';
import { memoryRegistry } from '../oci/registry/memory-registry.ts';
import { type KubectlRan, kubernetesVersion } from '../rig/api-server.ts';
import { buildkitPrograms, startBuildkitds } from '../rig/buildkitd.ts';
import { writeCompiler } from '../rig/c-compiler.ts';
import { dnsRelease } from '../rig/dns-release.ts';
import { startDockerRegistry } from '../rig/docker-registry.ts';
import { imageSettingsFor, rootIn } from '../rig/kubernetes-release.ts';
import { kubeadmProgram, type OneNode, portOf, startOneNode } from '../rig/one-node.ts';
import { putProbeImage } from '../rig/probe-image.ts';
import { compileProgram, type Program, programAt } from '../rig/program.ts';
import { putLayout } from '../rig/put-layout.ts';
import { skopeo } from '../rig/skopeo.ts';
import { suite } from '../rig/suite.ts';

/** A cluster that stands on what was built and pushed here: what holds its pods together, and its DNS server. */
interface World {
  folder: string;
  root: string;
  program: Program;
  node: OneNode;
  /** `10.213.7.1:40001/eks`, where the release's images are. */
  place: string;
  /** An image that is of no release. */
  probe: string;
  /** The same, called like one that is. */
  stranger: string;
}

const test = suite<World>('a cluster of rebuilt images');

const release = 'v1-35-eks-5';
const tag = 'v1.35.4';
const [imageTag, dnsTag] = [`${tag}-eks-1-35-5`, 'v1.12.4-eks-1-35-5'];

test.before(async (context, defer) => {
  const folder = mkdtempSync(join(tmpdir(), 'cluster-smoke-'));
  defer(() => rmSync(folder, { recursive: true, force: true }));
  const { buildctl } = await buildkitPrograms();
  // Before the program takes its environment from this process.
  process.env['PATH'] = `${dirname(buildctl)}:${process.env['PATH']}`;
  const [daemon] = await startBuildkitds(defer, {});
  defer(closeFakes);
  const bases = await memoryRegistry();
  await putProbeImage(bases, join(folder, 'probe'));
  const compiler = writeCompiler(join(folder, 'compiler'));
  putLayout(bases, join(folder, 'compiler'), compiler, 'compiler', 'day');
  const sources = await dnsRelease(folder, tag);
  const settings = imageSettingsFor(bases, folder, compiler.digest);
  const root = rootIn(sources, folder, 'root', `${settings}builders:\n  linux/amd64: ${daemon?.address}\n`);
  const program = await compileProgram(folder);
  const registry = await startDockerRegistry({ folder: join(folder, 'registry') });
  defer(() => registry.kill());

  const only = ['--platform', 'linux/amd64'];
  const layout = join(folder, 'layout');
  const made = await program.runIn(root, [
    ...['images', release, ...only, '--output', layout],
    ...['--project', 'coredns/coredns', '--project', 'kubernetes/kubernetes'],
    ...['--image', 'coredns/coredns', '--image', 'kubernetes/pause'],
  ]);
  // Expectations are made up, and so all files differ. One platform alone is not pushed by this program.
  assert.is(made.code, 1, made.stdout + made.stderr);
  for (const name of [`coredns/coredns:${dnsTag}`, `kubernetes/pause:${imageTag}`])
    skopeo('copy', '--all', `oci:${layout}:${name}`, `docker://${registry.host}/eks/${name}`);

  const stranger = `docker://${registry.host}/elsewhere/coredns:1`;
  // Not from its registry, which is in this process, and would not answer.
  skopeo('copy', `oci:${join(folder, 'probe', 'layout')}`, stranger);

  const node = await startOneNode({
    pause: async (reach) => {
      context.place = `${await reach(portOf(registry.host))}/eks`;
      context.stranger = context.place.replace('/eks', '/elsewhere/coredns:1');
      context.probe = `${await reach(portOf(bases.host))}/probe:1`;
      return `${context.place}/kubernetes/pause:${imageTag}`;
    },
  });
  defer(() => node.stop());
  process.env['KUBECONFIG'] = node.api.kubeconfig;
  Object.assign(context, { folder, root, program: programIn(folder), node });
});

/** It takes its environment when it is made. */
function programIn(folder: string): Program {
  return programAt(folder, process.execPath, [join(folder, 'package', 'dist', 'cli.js')]);
}

function fine({ code, stdout, stderr }: KubectlRan): string {
  assert.is(code, 0, `${stdout}${stderr}`);
  return stdout;
}

function places({ place }: World): readonly string[] {
  return ['--registry', place, '--insecure', '--insecure-anywhere'];
}

function smoke(world: World) {
  return world.program.runIn(world.root, ['cluster', 'smoke', release, ...places(world)]);
}

/** Has a pod of one program run in a namespace. */
async function runPod({ node, folder, probe }: World, name: string, spec: object, namespace = 'default') {
  const pod = {
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace } },
    spec: { restartPolicy: 'Never', containers: [{ name: 'probe', image: probe, ...spec }] },
  };
  const file = join(folder, `${name}.json`);
  writeFileSync(file, JSON.stringify(pod));
  fine(await node.api.kubectl('apply', '-f', file));
}

test("kubeadm's CoreDNS, by the configuration that is made for it, answers a pod", async (world) => {
  const { node, program, root, folder } = world;
  const made = await program.runIn(root, [
    ...['cluster', release, ...places(world), '--format', 'kubeadm', '--offline'],
  ]);
  assert.is(made.code, 0, made.stderr);
  const config = join(folder, 'kubeadm.yaml');
  writeFileSync(config, made.stdout);
  const [first = '', ...inside] = node.space.inside;
  const words = [
    'init',
    'phase',
    'addon',
    'coredns',
    '--config',
    config,
    '--kubeconfig',
    node.api.kubeconfig,
  ];
  execFileSync(first, [...inside, await kubeadmProgram(), ...words], { stdio: 'pipe' });
  const { kubectl } = node.api;
  fine(await kubectl('-n', 'kube-system', 'rollout', 'status', 'deployment/coredns', '--timeout=180s'));
  await runPod(world, 'resolves', { args: ['resolve', 'kubernetes.default'] });
  fine(await kubectl('wait', '--for=jsonpath={.status.phase}=Succeeded', 'pod/resolves', '--timeout=60s'));
  assert.is(fine(await kubectl('logs', 'resolves')), 'kubernetes.default is [10.96.0.1]\n');
});

/** A kubelet looks for its images twice a minute, and then tells the API server what is new. */
async function untilNodeListsPause({ node }: World): Promise<void> {
  for (const last = performance.now() + 90_000; performance.now() < last; await setTimeout(2000)) {
    const listed = fine(await node.api.kubectl('get', 'node', '--output=jsonpath={..images[*].names}'));
    if (listed.includes('/kubernetes/pause@sha256:')) return;
  }
  throw new Error('the node does not list the image that its pods are held together by');
}

test('smoke finds the release: version, images by digest, DNS', async (world) => {
  await untilNodeListsPause(world);
  const ran = await smoke(world);
  assert.is(ran.code, 0, ran.stdout + ran.stderr);
  assert.equal(ran.stdout.trim().split('\n'), [
    `✔ The API server is ${kubernetesVersion}.`,
    '✔ 1 kubelet of that version.',
    `✔ 3 containers of the images of ${release}, by digest: coredns/coredns, kubernetes/pause`,
    `· Not seen to run: etcd-io/etcd, ${['apiserver', 'controller-manager', 'proxy', 'scheduler'].map((name) => `kubernetes/kube-${name}`).join(', ')}`,
    '✔ DNS: asked of 2 pods, kubernetes.default.svc.cluster.local is 10.96.0.1.',
  ]);
});

test('smoke finds another image in the place of one of the release, and a DNS that is not there', async (world) => {
  const { kubectl } = world.node.api;
  await runPod(world, 'other', { image: world.stranger }, 'kube-system');
  fine(await kubectl('-n', 'kube-system', 'scale', 'deployment/coredns', '--replicas=0'));
  fine(
    await kubectl(
      '-n',
      'kube-system',
      'wait',
      '--for=delete',
      'pod',
      '-l',
      'k8s-app=kube-dns',
      '--timeout=90s',
    ),
  );
  const ran = await smoke(world);
  assert.is(ran.code, 1, ran.stdout + ran.stderr);
  const elsewhere = `✖ kube-system/other runs ${world.stranger}, which is not from ${world.place}\n`;
  assert.match(ran.stdout, elsewhere);
  assert.match(ran.stdout, '✖ DNS: no pod of kube-system with k8s-app=kube-dns is ready.\n');
});

test('an API server that comes back has the same cluster; one that is gone is told as such', async (world) => {
  const { api } = world.node;
  fine(await api.kubectl('-n', 'kube-system', 'delete', 'pod', 'other', '--force', '--grace-period=0'));
  await api.restart();
  fine(await api.kubectl('wait', '--for=condition=Ready', 'node/node', '--timeout=60s'));
  fine(await api.kubectl('-n', 'kube-system', 'scale', 'deployment/coredns', '--replicas=1'));
  fine(await api.kubectl('-n', 'kube-system', 'rollout', 'status', 'deployment/coredns', '--timeout=90s'));
  const back = await smoke(world);
  assert.is(back.code, 0, back.stdout + back.stderr);
  const elsewhere = join(world.folder, 'elsewhere');
  const text = readFileSync(api.kubeconfig, 'utf8').replace(':6443', ':6444');
  writeFileSync(elsewhere, text);
  process.env['KUBECONFIG'] = elsewhere;
  const gone = await smoke({ ...world, program: programIn(world.folder) });
  assert.is(gone.code, 4, gone.stdout + gone.stderr);
  assert.match(gone.stderr, 'The cluster failed while asking for its version');
});

test.run();
