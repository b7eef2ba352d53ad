import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import type { ClusterOptions } from '../../orchestrator/commands/cluster/cluster.ts';
import { clusterManifest, digestOfImage, sumOf, tagsOf130 } from '../rig/cluster-manifest.ts';
import { suite } from '../rig/suite.ts';
import { artifacts, release, run, runBy, upstreams } from './ran.ts';

const test = suite<{ folder: string }>('the command cluster, by a manifest');

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'cluster-'));
  mkdirSync(join(context.folder, 'home'));
});

test.after.each(({ folder }) => {
  rmSync(folder, { recursive: true, force: true });
});

function textOf(folder: string, name: string): string {
  return readFileSync(join(folder, 'out', name), 'utf8');
}

/** Upstream's sums, as the lock has them. */
async function lockedSums(folder: string): Promise<ReadonlyMap<string, string>> {
  await run(folder, { output: 'locked' }, release);
  const lines = readFileSync(join(folder, 'locked', 'SHA256SUMS'), 'utf8')
    .split('\n')
    .slice(1, -1);
  return new Map(lines.map((line) => line.split('  ').reverse() as [string, string]));
}

test("upstream's manifest says where files and images are, with sums and digests", async ({ folder }) => {
  const sums = await lockedSums(folder);
  const ran = await runBy(folder, clusterManifest({ ...upstreams, sums }));
  assert.is(ran.code, 0, ran.stderr);
  const { spec } = parse(textOf(folder, 'kops.yaml'));
  assert.is(spec.kubernetesVersion, `${artifacts}/kubernetes/v1.30.1`);
  const named = (name: string, tag: string) =>
    `public.ecr.aws/eks-distro/${name}:${tag}-eks-1-30-5@${digestOfImage(name)}`;
  assert.is(spec.kubeAPIServer.image, named('kubernetes/kube-apiserver', 'v1.30.1'));
  assert.is(spec.kubeDNS.coreDNSImage, named('coredns/coredns', 'v1.11.1'));
  assert.is(spec.kubelet.podInfraContainerImage, named('kubernetes/pause', 'v1.30.1'));
  const kubeadm = parse(textOf(folder, 'kubeadm.yaml'));
  assert.is(kubeadm.imageRepository, 'public.ecr.aws/eks-distro/kubernetes');
  assert.is(kubeadm.kubernetesVersion, 'v1.30.1-eks-1-30-5');
  assert.equal(kubeadm.etcd.local, {
    ...{ imageRepository: 'public.ecr.aws/eks-distro/etcd-io', imageTag: 'v3.5.13-eks-1-30-5' },
  });
  const plugins = 'plugins/v1.4.0/cni-plugins-linux-amd64-v1.4.0.tar.gz';
  const environment = textOf(folder, 'kops.env');
  assert.match(environment, `\nexport CNI_VERSION_URL=${artifacts}/${plugins}\n`);
  assert.match(environment, `\nexport CNI_ASSET_HASH_STRING=sha256:${sumOf(plugins)}\n`);
  assert.match(
    environment,
    `\n# export CNI_ASSET_HASH_STRING=sha256:${sumOf(plugins.replaceAll('amd64', 'arm64'))}\n`,
  );
  assert.not.match(environment, 'CNI_PROGRAMS');
  const kubelet = 'kubernetes/v1.30.1/bin/linux/arm64/kubelet';
  assert.match(textOf(folder, 'SHA256SUMS'), '15 as the manifest says, ');
  assert.match(textOf(folder, 'SHA256SUMS'), `\n${sums.get(kubelet)}  ${kubelet}\n`);
  assert.match(textOf(folder, 'SHA256SUMS'), `\n${sumOf(plugins)}  ${plugins}\n`);
  const tar = 'kubernetes/v1.30.1/bin/linux/amd64/kube-proxy.tar';
  assert.match(textOf(folder, 'kops.yaml'), `#   bin/linux/amd64/kube-proxy.tar ${sumOf(tar)}\n`);
});

test('what the manifest does not have, and kOps names or takes, is told', async ({ folder }) => {
  const sums = await lockedSums(folder);
  const whole = clusterManifest({ ...upstreams, sums });
  const ran = await runBy(
    folder,
    whole.replaceAll(/ {4}- arch:(?:(?!\n {4}-)[\s\S])*name: bin\/linux\/arm64\/kubectl\n.*\n.*/g, ''),
  );
  assert.is(ran.code, 0, ran.stderr);
  assert.match(
    ran.stderr,
    'kubernetes-1-30-eks-5 does not have 1 file that kOps takes: kubernetes/v1.30.1/bin/linux/arm64/kubectl\n',
  );
  assert.match(
    ran.stderr,
    /\nOf 2 images that kubernetes-1-30-eks-5 does not have, the tags are those of the lock: .*metrics-server/,
  );
  assert.match(ran.stderr, 'Named by their tags alone, for the manifest has no digest of them: ');
});

test('files and images may be elsewhere: sums and digests stay those of the manifest', async ({ folder }) => {
  const sums = await lockedSums(folder);
  const options = { files: 'https://files.example.com/eks', registry: 'registry.example.com:5000/eks' };
  const elsewhere = { baseUri: 'https://other.example', registry: 'other.example/images' };
  const ran = await runBy(folder, clusterManifest({ ...upstreams, ...elsewhere, sums }), options);
  assert.is(ran.code, 0, ran.stderr);
  const { spec } = parse(textOf(folder, 'kops.yaml'));
  assert.is(spec.kubernetesVersion, 'https://files.example.com/eks/kubernetes/v1.30.1');
  const pause = `registry.example.com:5000/eks/kubernetes/pause:v1.30.1-eks-1-30-5@${digestOfImage('kubernetes/pause')}`;
  assert.is(spec.kubelet.podInfraContainerImage, pause);
  assert.not.match(textOf(folder, 'kops.env'), 'other.example');
});

test("a release of one's own that was made of this one has tags and files of its own", async ({ folder }) => {
  const own = {
    ...{ channel: '1-30-acme', number: 7, baseUri: 'https://releases.example/eks', tags: tagsOf130 },
    registry: 'registry.example:5000/eks',
  };
  const annotations = { 'eksd-rebuild/release': release };
  const allowHost = ['releases.example', 'registry.example:5000'];
  const ran = await runBy(folder, clusterManifest({ ...own, annotations }), { allowHost });
  // Its programs may have patches that the lock does not know.
  assert.is(ran.code, 0, ran.stderr);
  const kubeadm = parse(textOf(folder, 'kubeadm.yaml'));
  assert.is(kubeadm.kubernetesVersion, 'v1.30.1-eks-1-30-acme-7');
  assert.is(kubeadm.imageRepository, 'registry.example:5000/eks/kubernetes');
  assert.match(
    ran.stderr,
    'a kubeadm upgrade starts from registry.example:5000/eks/coredns/coredns:v1.11.1:',
  );
  const { spec } = parse(textOf(folder, 'kops.yaml'));
  const url = 'https://releases.example/eks/kubernetes-1-30-acme/releases/7/artifacts/kubernetes/v1.30.1';
  assert.is(spec.kubernetesVersion, url);
  const other = await runBy(folder, clusterManifest(own), { allowHost, output: 'other' });
  assert.is(other.code, 2);
  assert.match(other.stderr, /release\.yaml:5:9: error: this is not of v1-30-eks-5, which was asked for/);
});

test("sums that are not the lock's are told, and the exit code is that of a difference", async ({
  folder,
}) => {
  const ran = await runBy(folder, clusterManifest(upstreams));
  assert.is(ran.code, 1);
  const kubelet = 'kubernetes/v1.30.1/bin/linux/amd64/kubelet';
  assert.match(ran.stderr, '✖ kubernetes-1-30-eks-5 has other sums of 5 files than lock or report:\n');
  assert.match(ran.stderr, `  ${kubelet} is ${sumOf(kubelet)}, and by the lock `);
  assert.match(textOf(folder, 'SHA256SUMS'), `\n${sumOf(kubelet)}  ${kubelet}\n`);
});

test('a tag of its own, and what kubeadm makes of it, are told', async ({ folder }) => {
  const sums = await lockedSums(folder);
  const text = clusterManifest({ ...upstreams, sums }).replace('kube-proxy:v1.30.1-', 'kube-proxy:v1.30.0-');
  const ran = await runBy(folder, text);
  assert.match(
    ran.stderr,
    'kubernetes/kube-proxy has the tag v1.30.0-eks-1-30-5 in kubernetes-1-30-eks-5, and v1.30.1-eks-1-30-5 by the lock\n',
  );
  assert.match(
    ran.stderr,
    'kubeadm asks for public.ecr.aws/eks-distro/kubernetes/kube-proxy:v1.30.1-eks-1-30-5, and the release has',
  );
  assert.match(
    parse(textOf(folder, 'kops.yaml')).spec.kubeProxy.image,
    'kube-proxy:v1.30.0-eks-1-30-5@sha256:',
  );
});

test('without a registry or a manifest nothing says where images are; an idle option is refused', async ({
  folder,
}) => {
  const none = await run(folder, { registry: undefined } as unknown as Partial<ClusterOptions>, release);
  assert.equal([none.code, none.stderr.split('\n')[0]], [2, none.stderr.split('\n')[0]]);
  assert.match(none.stderr, 'Nothing says where the images are.');
  assert.match(none.stderr, '--manifest');
  const idle = await run(folder, { allowHost: ['a.example'] }, release);
  assert.match(idle.stderr, '--allow-host does nothing without --manifest.');
});

test('a report of other images than the manifest is refused', async ({ folder }) => {
  const digest = `sha256:${'d'.repeat(64)}`;
  const images = [{ image: 'coredns/coredns', tag: 'v1.11.1-eks-1-30-5', digest, platforms: [] }];
  writeFileSync(
    join(folder, 'report.json'),
    JSON.stringify({ release: { name: release }, projects: [], images }),
  );
  const ran = await runBy(folder, clusterManifest(upstreams), { report: 'report.json' });
  assert.is(ran.code, 2);
  assert.match(
    ran.stderr,
    'The report has another digest of coredns/coredns:v1.11.1-eks-1-30-5 than kubernetes-1-30-eks-5.',
  );
});

test.run();
