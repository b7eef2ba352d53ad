import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Lock } from '../../../orchestrator/config/lock/lock.ts';
import { asDigest } from '../../../orchestrator/core/digest.ts';
import { projectsIn } from '../../../orchestrator/core/names.ts';
import type { ArchiveNode, ImageTarNode } from '../../../orchestrator/plan/archive/node-archive.ts';
import type { BaseChoice } from '../../../orchestrator/plan/images.ts';
import { type Plan, planRelease } from '../../../orchestrator/plan/plan.ts';
import { committedLock, committedRecipes } from '../../rig/committed-releases.ts';

const recipes = committedRecipes();
const digest = `sha256:${'9'.repeat(64)}` as const;
const reference = { host: 'registry.example.com', repository: 'any', digest } as const;
const base: BaseChoice = { kind: 'pulled', from: 'published', reference };

const dockerfiles = new Map(
  [...recipes].flatMap(([project, { images }]) =>
    images.map(({ dockerfile }) => {
      const text = readFileSync(join('projects', project, dockerfile), 'utf8');
      return [`${project} ${dockerfile}`, text] as const;
    }),
  ),
);
const bases = new Map(
  [...recipes.values()].flatMap(({ images }) =>
    images.flatMap(({ base: on }) =>
      on === undefined || 'image' in on
        ? []
        : [on.minimal, on.standard ?? on.minimal].map((name) => [name, base] as const),
    ),
  ),
);

/** A committed lock, as if all that only the network says were known. @param day another one than the lock's, of the pins. */
function known(release: string, day?: string): Lock {
  const lock = committedLock(release);
  const { releaseCommit, tag } = lock.upstream;
  const date = day && `${day}T12:00:00Z`;
  const projects = Object.entries(lock.projects).map(([name, project]) => {
    const { kubernetes } = project;
    const go = kubernetes && {
      kubernetes: { ...kubernetes, go: { ...kubernetes.go, state: 'known' as const } },
    };
    const patches = project.patches.map((patch) => ({ ...patch, sha256: asDigest('f'.repeat(64)) }));
    return [name, { ...project, commit: 'c'.repeat(40), patches, ...go }] as const;
  });
  return {
    ...lock,
    upstream: {
      ...lock.upstream,
      ...(date && releaseCommit ? { releaseCommit: { ...releaseCommit, date } } : {}),
      ...(date && tag ? { tag: { ...tag, date } } : {}),
    },
    projects: Object.fromEntries(projects),
  };
}

function planOf(release: string, day?: string): Plan {
  const lock = known(release, day);
  return planRelease({
    lock,
    recipes,
    projects: projectsIn(lock.projects).filter((name) => recipes.has(name)),
    isSelected: () => true,
    userPatches: new Map(),
    images: {
      isWanted: () => true,
      ...{ dockerfiles, bases },
      compilers: new Map(
        ['linux/amd64', 'linux/arm64'].map((platform) => [
          platform as 'linux/amd64',
          { reference, gcc: 'gcc', on: platform as 'linux/amd64' },
        ]),
      ) as never,
    },
    archives: { registry: { host: 'public.ecr.aws', prefix: 'eks-distro' } },
  });
}

/** `a{b,c}d{e,f}` stands for four. */
function expand(text: string): readonly string[] {
  const [, before = '', inside = '', after = ''] = /^([^{]*)\{([^}]*)\}(.*)$/.exec(text) ?? [];
  return inside === '' ? [text] : inside.split(',').flatMap((each) => expand(`${before}${each}${after}`));
}

const linux = 'linux/{amd64,arm64}';
const servers = 'kube-apiserver,kube-controller-manager,kube-scheduler,kube-proxy';

/** What upstream's `expected_artifacts` and `expected_images` name (measured: the same at all releases), but for sums. */
function expectedOf(
  tags: Readonly<Record<'kubernetes' | 'etcd' | 'cni' | 'iam' | 'aws', string>>,
): readonly string[] {
  const { kubernetes, etcd, cni, iam, aws } = tags;
  const folder = `kubernetes/${kubernetes}`;
  return [
    `${folder}/ATTRIBUTION.txt`,
    `${folder}/bin/${linux}/{${servers},kubectl,kubelet,kubeadm}`,
    `${folder}/bin/windows/amd64/{kube-proxy,kubeadm,kubectl,kubelet}.exe`,
    `${folder}/bin/darwin/amd64/kubectl`,
    `${folder}/kubernetes-client-{darwin-amd64,linux-amd64,linux-arm64,windows-amd64}.tar.gz`,
    `${folder}/kubernetes-node-{linux-amd64,linux-arm64,windows-amd64}.tar.gz`,
    `${folder}/kubernetes-server-linux-{amd64,arm64}.tar.gz`,
    `${folder}/kubernetes-src.tar.gz`,
    `${folder}/bin/${linux}/{${servers},pause,etcd,coredns}.{tar,docker_tag,docker_image_name}`,
    `etcd/${etcd}/etcd-linux-{amd64,arm64}-${etcd}.tar.gz`,
    `plugins/${cni}/cni-plugins-linux-{amd64,arm64}-${cni}.tar.gz`,
    `aws-iam-authenticator/${iam}/aws-iam-authenticator-{linux-amd64,linux-arm64,darwin-amd64,windows-amd64}-${iam}.tar.gz`,
    `cloud-provider-aws/${aws}/cloud-provider-aws-linux-{amd64,arm64}-${aws}.tar.gz`,
  ]
    .flatMap(expand)
    .sort();
}

function tagsOf({ projects }: Lock) {
  const tag = (name: string) => projects[name]?.tag ?? '';
  return {
    kubernetes: tag('kubernetes/kubernetes'),
    etcd: tag('etcd-io/etcd'),
    cni: tag('containernetworking/plugins'),
    iam: tag('kubernetes-sigs/aws-iam-authenticator'),
    aws: tag('kubernetes/cloud-provider-aws'),
  };
}

const releases = [
  'v1-22-eks-28',
  'v1-24-eks-36',
  'v1-27-eks-41',
  'v1-30-eks-5',
  'v1-30-eks-39',
  'v1-33-eks-11',
];
for (const release of releases) {
  test(`${release} has the files that upstream's lists name`, () => {
    const { files, unplannedFiles } = planOf(release);
    assert.equal(unplannedFiles, []);
    const without = release === 'v1-22-eks-28' ? /^cloud-provider-aws\// : /^$/;
    const expected = expectedOf(tagsOf(known(release)));
    assert.equal(
      files.map(({ path }) => path).filter((path) => !without.test(path)),
      expected.filter((path) => !without.test(path)),
    );
  });
}

const sums = (plan: Plan, project: string) =>
  plan.files.filter((file) => file.project === project && file.hasSums).length;

test('sums of programs, archives and tars, and of nothing else', () => {
  const plan = planOf('v1-30-eks-5');
  // 94 lines: ATTRIBUTION.txt, 29 files with two sums each, SHA256SUM and SHA512SUM with theirs; 56 of images, of which 10 tars.
  assert.is(sums(plan, 'kubernetes/kubernetes'), (94 - 1 - 6) / 3 + (56 - 6 - 20) / 3);
  assert.is(sums(plan, 'etcd-io/etcd'), 2 + 2);
  assert.is(sums(plan, 'coredns/coredns'), 2);
});

/** How many files and images of a plan a manifest has, by component. */
function countOf(plan: Plan): Readonly<Record<string, readonly [archives: number, images: number]>> {
  const count: Record<string, [number, number]> = {};
  const add = (name: string | undefined, at: 0 | 1): void => {
    if (name === undefined) return;
    count[name] ??= [0, 0];
    count[name][at] += 1;
  };
  for (const { asset } of plan.files) add(asset?.component, 0);
  for (const { asset } of plan.images) add(asset?.component, 1);
  return count;
}

test("a manifest's components, with as many assets as upstream's", () => {
  assert.equal(countOf(planOf('v1-30-eks-5')), {
    kubernetes: [37, 5],
    'cni-plugins': [2, 0],
    etcd: [2, 1],
    'aws-iam-authenticator': [4, 1],
    coredns: [0, 1],
    'metrics-server': [0, 1],
    'external-attacher': [0, 1],
    'external-provisioner': [0, 1],
    'external-resizer': [0, 1],
    livenessprobe: [0, 1],
    'node-driver-registrar': [0, 1],
    'external-snapshotter': [0, 3],
  });
});

test('kube-proxy is a component of its own since September 2025', () => {
  const { kubernetes, 'kube-proxy': proxy } = countOf(planOf('v1-33-eks-11', '2025-09-18'));
  // Linux twice and windows, and its tar twice.
  assert.equal(
    [kubernetes, proxy],
    [
      [32, 4],
      [5, 1],
    ],
  );
  assert.is(countOf(planOf('v1-33-eks-11', '2025-09-04'))['kube-proxy'], undefined);
});

test('names and descriptions as published manifests have them', () => {
  const assets = planOf('v1-30-eks-5').files.flatMap(({ asset }) => (asset === undefined ? [] : [asset]));
  const said = new Map(assets.map(({ name, description, os, arch }) => [name, [description, os, arch?.[0]]]));
  const table: Readonly<Record<string, readonly (string | undefined)[]>> = {
    'kubernetes-client-windows-amd64.tar.gz': [
      'Kubernetes client tarball for windows/amd64',
      'windows',
      'amd64',
    ],
    'kubernetes-src.tar.gz': ['Kubernetes source tarball', undefined, undefined],
    'bin/windows/amd64/kubelet.exe': ['kubelet.exe binary for windows/amd64', 'windows', 'amd64'],
    'bin/linux/arm64/kube-proxy.tar': ['kube-proxy linux/arm64 OCI image tar', 'linux', 'arm64'],
    'etcd-linux-arm64-v3.5.13.tar.gz': ['etcd tarball for linux/arm64', 'linux', 'arm64'],
  };
  for (const [name, row] of Object.entries(table)) assert.equal(said.get(name), row, name);
  assert.not.ok(
    [...said.keys()].some((name) => /pause|coredns|etcd\.tar|ATTRIBUTION|cloud-provider/.test(name)),
  );
});

/** Members of the server archive of a platform, and the format of the tars of its release. */
function serverOf(plan: Plan) {
  const nodes = [...plan.graph.nodes.values()];
  const server = nodes.find((each): each is ArchiveNode => {
    return each.kind === 'archive' && each.file === 'kubernetes-server-linux-arm64.tar.gz';
  });
  const tars = nodes.filter((each): each is ImageTarNode => each.kind === 'image-tar');
  const formats = tars
    .filter(({ platform }) => platform === 'linux/arm64')
    .map(({ file, format }) => [file, format]);
  return {
    members: server?.members.map(({ to }) => to.replace('server/bin/', '')).sort(),
    formats: Object.fromEntries(formats) as Readonly<Record<string, string>>,
    tars,
  };
}

const plain = ['ATTRIBUTION.txt', 'LICENSES', 'kubeadm', 'kubelet', ...servers.split(',')];

test('the server archive gets kubectl and tars, and the tars docker’s format, in June 2024', () => {
  const before = serverOf(planOf('v1-30-eks-5'));
  assert.equal(before.members, [...plain].sort());
  assert.equal([...new Set(Object.values(before.formats))], ['oci']);
  const after = serverOf(planOf('v1-30-eks-39'));
  const tarred = servers.split(',').flatMap((name) => [`${name}.tar`, `${name}.docker_tag`]);
  assert.equal(after.members, [...plain, 'kubectl', ...tarred].sort());
  assert.equal(after.formats, {
    ...{ 'kube-apiserver': 'docker', 'kube-controller-manager': 'docker', 'kube-scheduler': 'docker' },
    ...{ 'kube-proxy': 'docker', pause: 'oci', etcd: 'oci', coredns: 'oci' },
  });
});

test('etcd has an attribution for each of its modules since 3.5', () => {
  const attributionsOf = (release: string) => {
    const { nodes } = planOf(release).graph;
    const archive = [...nodes.values()].find((each): each is ArchiveNode => {
      return each.kind === 'archive' && each.file.startsWith('etcd-linux-arm64-');
    });
    const texts = archive?.members.filter(({ to }) => to.endsWith('ATTRIBUTION.txt')) ?? [];
    return texts.map(({ from, to }) => [to, from.replace('licenses etcd-io/etcd ', '')]);
  };
  assert.equal(attributionsOf('v1-20-eks-22'), [['ATTRIBUTION.txt', 'linux/arm64']]);
  assert.equal(attributionsOf('v1-30-eks-5'), [
    ['ATTRIBUTION.txt', 'server linux/arm64'],
    ['ETCDCTL_ATTRIBUTION.txt', 'etcdctl linux/arm64'],
  ]);
});

test('tars are called as buildctl was told to: the moving tag while it was, pause by the tags of its own', () => {
  const named = (release: string, file: string) => {
    const found = serverOf(planOf(release)).tars.find((each) => each.file === file);
    const prefix = 'public.ecr.aws/eks-distro/kubernetes/';
    return [found?.names, found?.told.split(',')].map((names) =>
      names?.map((name) => name.replace(prefix, '')),
    );
  };
  assert.equal(named('v1-30-eks-5', 'kube-proxy'), [
    ['kube-proxy:v1.30.1-eks-1-30-5', 'kube-proxy:v1.30.1-eks-1-30-latest'],
    ['kube-proxy:v1.30.1-eks-1-30-5'],
  ]);
  assert.equal(named('v1-30-eks-39', 'kube-proxy')[0], ['kube-proxy:v1.30.14-eks-1-30-39']);
  assert.equal(named('v1-30-eks-5', 'pause')[1], ['pause:3.9', 'pause:v1.30.1-eks-1-30-5']);
  assert.equal(named('v1-33-eks-11', 'pause')[1]?.[0], 'pause:3.10');
});

test('HEAD of the archived source has the tag that version.sh looks for, since there is one', () => {
  const headTagOf = (release: string, day?: string) => {
    const found = [...planOf(release, day).graph.nodes.values()].find(
      (each) => each.kind === 'source-archive',
    );
    return found?.kind === 'source-archive' ? found.headTag : 'none';
  };
  assert.is(headTagOf('v1-30-eks-5'), '{tag}-eks-{head.short}');
  assert.is(headTagOf('v1-22-eks-28', '2022-02-18'), undefined);
});

test.run();
