import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import type { ClusterOptions } from '../../orchestrator/commands/cluster/cluster.ts';
import { suite } from '../rig/suite.ts';
import { run } from './ran.ts';

const test = suite<{ folder: string }>('the command cluster');

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'cluster-'));
  mkdirSync(join(context.folder, 'home'));
});

test.after.each(({ folder }) => {
  rmSync(folder, { recursive: true, force: true });
});

function readFile(folder: string, name: string): string {
  return readFileSync(join(folder, 'out', name), 'utf8');
}

test('both formats go to a folder, and what needs a second tag is said', async ({ folder }) => {
  assert.equal(await run(folder, { output: 'out' }), {
    code: 0,
    stdout: '',
    stderr:
      '4 files in out\n' +
      'kubeadm asks for registry.example.com/eks/kubernetes/pause:3.10.1: the image with the tag v1.34.0-rc.0-eks-1-34-2 needs this one too\n' +
      'a kubeadm upgrade starts from registry.example.com/eks/coredns/coredns:v1.12.1: the image with the tag v1.12.2-eks-1-34-2 needs this one too\n',
  });
  assert.equal(readdirSync(join(folder, 'out')).sort(), [
    'SHA256SUMS',
    'kops.env',
    'kops.yaml',
    'kubeadm.yaml',
  ]);
  assert.is(parse(readFile(folder, 'kubeadm.yaml')).kubernetesVersion, 'v1.34.0-rc.0-eks-1-34-2');
  const first = readFile(folder, 'SHA256SUMS').split('\n');
  assert.match(first[1] ?? '', /^[0-9a-f]{64} {2}kubernetes\/v1\.34\.0-rc\.0\/bin\/darwin\/amd64\/kubectl$/);
});

test('one format goes to standard output', async ({ folder }) => {
  const kubeadm = await run(folder, { format: ['kubeadm'] });
  assert.is(parse(kubeadm.stdout).kind, 'ClusterConfiguration');
  const kops = await run(folder, { format: ['kops'] });
  assert.is(parse(kops.stdout).kind, 'Cluster');
  assert.is(kops.stderr, 'With --output there are kops.env and SHA256SUMS, too.\n');
  assert.equal(readdirSync(folder), ['home']);
});

test('formats are left out like any other names', async ({ folder }) => {
  for (const format of [['!kops'], ['kube*'], ['kops', 'kubeadm', '!kops']]) {
    assert.is(parse((await run(folder, { format })).stdout).kind, 'ClusterConfiguration');
  }
  assert.is((await run(folder, { format: ['kops', 'kubeadm'], output: 'both' })).code, 0);
  assert.ok(readdirSync(join(folder, 'both')).includes('kops.yaml'));
});

test('kOps is told of a mirror only when asked to', async ({ folder }) => {
  const files = 'https://files.example.com/eks/';
  const { spec } = parse((await run(folder, { format: ['kops'], files })).stdout);
  assert.is(spec.kubernetesVersion, 'https://files.example.com/eks/kubernetes/v1.34.0-rc.0');
  assert.is(spec.assets, undefined);
  const mirrored = parse((await run(folder, { format: ['kops'], files, kopsMirror: true })).stdout);
  assert.equal(mirrored.spec.assets, {
    containerRegistry: 'registry.example.com/eks',
    fileRepository: 'https://files.example.com/eks',
  });
});

test('digests and sums are read from a report of the same release', async ({ folder }) => {
  const digest = `sha256:${'d'.repeat(64)}`;
  const report = {
    release: { name: 'v1-34-eks-2' },
    projects: [
      {
        name: 'kubernetes/kubernetes',
        files: [
          { platform: 'linux/amd64', name: 'kubelet', verdict: 'identical', found: 'f'.repeat(64) },
          { platform: 'linux/amd64', name: 'kubectl', verdict: 'build-failed' },
        ],
      },
    ],
    images: [
      { image: 'coredns/coredns', tag: 'v1.12.2-eks-1-34-2', digest, platforms: [] },
      { image: 'etcd-io/etcd', tag: 'v3.5.16-eks-1-34-2', platforms: [] },
    ],
  };
  writeFileSync(join(folder, 'report.json'), JSON.stringify(report));
  const ran = await run(folder, { output: 'out', report: 'report.json' });
  assert.is(ran.code, 0);
  assert.match(ran.stderr, 'Named by their tags alone, for the report has no digest of them: ');
  assert.match(ran.stderr, 'registry.example.com/eks/kubernetes/kube-proxy:v1.34.0-rc.0-eks-1-34-2');
  assert.not.match(
    ran.stderr,
    'alone, for the report has no digest of them: registry.example.com/eks/coredns',
  );
  assert.is(
    parse(readFile(folder, 'kops.yaml')).spec.kubeDNS.coreDNSImage,
    `registry.example.com/eks/coredns/coredns:v1.12.2-eks-1-34-2@${digest}`,
  );
  const sums = readFile(folder, 'SHA256SUMS');
  assert.match(sums, `\n${'f'.repeat(64)}  kubernetes/v1.34.0-rc.0/bin/linux/amd64/kubelet\n`);
  assert.match(sums, '54 as published, 1 as rebuilt.\n');
});

test('what cannot be is refused', async ({ folder }) => {
  writeFileSync(join(folder, 'text'), 'no report');
  writeFileSync(
    join(folder, 'other.json'),
    JSON.stringify({ release: { name: 'v1-30-eks-5' }, projects: [] }),
  );
  const lines = (name: string, project = 'kubernetes/kubernetes', platform = 'linux/amd64') =>
    JSON.stringify({
      release: { name: 'v1-34-eks-2' },
      projects: [{ name: project, files: [{ platform, name, found: 'f'.repeat(64) }] }],
    });
  writeFileSync(join(folder, 'line.json'), lines('kubelet\n0  /etc/passwd'));
  writeFileSync(join(folder, 'above.json'), lines('kubelet', 'kubernetes/kubernetes', '../../..'));
  writeFileSync(join(folder, 'deep.json'), `{"projects":${'['.repeat(100_000)}${']'.repeat(100_000)}}`);
  const refused: readonly (readonly [Partial<ClusterOptions>, string])[] = [
    ...['line', 'above', 'deep'].map(
      (name) => [{ format: ['kops'], report: `${name}.json` }, `${name}.json is no report.json.`] as const,
    ),
    [{}, 'Two formats do not go to standard output.'],
    [{ format: ['kops'], registry: 'eks' }, '--registry eks has no registry in front.'],
    [{ format: ['kops'], files: 'files.example.com' }, '--files files.example.com is no URL'],
    [{ format: ['kops'], files: 's3://bucket/eks' }, '--files s3://bucket/eks is no URL'],
    [{ format: ['kubeadm'], retag: true }, '--retag asks the registry, and --offline asks nobody.'],
    [{ format: ['kops'], insecure: true }, '--insecure would show everything'],
    [{ format: ['helm'] }, '--format helm names no tool that this is for.'],
    [{ format: ['!k*'] }, '--format leaves nothing: from kubeadm, kops it subtracts !k*.'],
    [{ format: ['!kops'], files: 'https://files.example.com' }, '--files does nothing for kubeadm'],
    [{ format: ['kubeadm'], kopsMirror: true }, '--kops-mirror does nothing for kubeadm.'],
    [{ format: ['kops'], retag: true, offline: false }, '--retag does nothing for kOps'],
    [{ confirm: true }, '--confirm does nothing without --retag.'],
    [{ overwrite: true }, '--overwrite does nothing without --retag.'],
    [{ format: ['kops'], report: 'text' }, 'text is no report.json.'],
    [{ format: ['kops'], report: 'missing.json' }, 'missing.json is no report.json.'],
    [{ format: ['kops'], report: 'other.json' }, 'other.json is the report of v1-30-eks-5.'],
  ];
  for (const [options, message] of refused) {
    const ran = await run(folder, options);
    assert.is(ran.code, 2, message);
    assert.match(ran.stderr, message);
    assert.is(ran.stdout, '');
  }
  const output = await run(folder, { output: 'text' });
  assert.is.not(output.code, 0);
  assert.is(readFileSync(join(folder, 'text'), 'utf8'), 'no report');
});

test.run();
