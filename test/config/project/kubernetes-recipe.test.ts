import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { asRelativePath } from '../../../orchestrator/core/relative-path.ts';
import { holds } from '../../../orchestrator/plan/condition.ts';
import type { GoBuildNode } from '../../../orchestrator/plan/node-go.ts';
import { goBuildOf, type ScriptedPrograms } from '../../../orchestrator/plan/node-script.ts';
import { parseKubernetesVersion, trimsPaths } from '../../../orchestrator/release/kubernetes-version.ts';
import { type KubernetesWorld, planOf } from '../../rig/kubernetes-world.ts';
import { findRecipes } from '../../rig/recipes.ts';

const upstreamPath = '/home/prow/go/src/github.com/aws/eks-distro/projects/kubernetes/kubernetes/kubernetes';

/** The builds of a tag with a Go, by platform. */
function buildsOf(tag: string, go: string): Readonly<Record<string, GoBuildNode>> {
  const world: KubernetesWorld = {
    ...{ tag, go, folder: '', goroot: '', commits: ['c'.repeat(40)] },
    platforms: ['linux/amd64', 'linux/arm64', 'windows/amd64', 'darwin/amd64'],
  };
  const [project] = planOf(world).projects;
  if (project?.state.kind !== 'planned') throw new Error(JSON.stringify(project?.state));
  return Object.fromEntries(project.state.builds.map((build) => [build.platform, goBuildOf(build)]));
}

function linuxBuild(tag: string, go: string): GoBuildNode {
  const build = buildsOf(tag, go)['linux/amd64'];
  if (build === undefined) throw new Error(tag);
  return build;
}

/** What runs a tag's own scripts. */
function linuxScripts(tag: string, go: string): ScriptedPrograms {
  const world: KubernetesWorld = {
    ...{ tag, go, folder: '', goroot: '', commits: ['c'.repeat(40)], platforms: ['linux/amd64'] },
  };
  const state = planOf(world, undefined, 'scripts').projects[0]?.state;
  const [node] = state?.kind === 'planned' ? state.builds : [];
  if (node?.kind !== 'script-build') throw new Error(JSON.stringify(state));
  return node;
}

const short = ['k8s.io/client-go/pkg/version', 'k8s.io/component-base/version'];
const all = [...short.map((name) => `k8s.io/kubernetes/vendor/${name}`), ...short];

/** `-X` for every name, key by key, under rule E6. */
function stamps(names: readonly string[], minor: string): readonly string[] {
  const values = [
    ['buildDate', '{commit.date.utc}'],
    ['gitCommit', '{head}'],
    ['gitTreeState', 'archive'],
    ['gitVersion', '{tag}-eks-{head.short}'],
    ['gitMajor', '1'],
    ['gitMinor', minor],
  ];
  return values.flatMap(([key, value]) => names.flatMap((name) => ['-X', `${name}.${key}=${value}`]));
}

const paths = ['-gcflags=all=-trimpath={directory} ', '-asmflags=all=-trimpath={directory}'];
const link = { gopath: asRelativePath('_output/local/go'), package: asRelativePath('k8s.io/kubernetes') };

const eras: readonly (readonly [
  tag: string,
  go: string,
  flags: readonly string[],
  names: readonly string[],
  minor: string,
  layout: GoBuildNode['layout'],
])[] = [
  [
    'v1.24.4',
    '1.18.6',
    [...paths, '-tags=selinux,notest,'],
    all,
    '24',
    { mode: 'gopath', link, at: upstreamPath },
  ],
  [
    'v1.25.16',
    '1.20.10',
    [...paths, '-tags=selinux,notest,'],
    all,
    '25',
    { mode: 'modules', link, at: upstreamPath },
  ],
  ['v1.28.15', '1.23.10', ['-tags=selinux,notest,'], all, '28', { mode: 'modules', link }],
  [
    'v1.29.0-rc.1',
    '1.21.4',
    [...paths, '-tags=selinux,notest,'],
    all,
    '29+',
    { mode: 'modules', link, at: upstreamPath },
  ],
  ['v1.29.4', '1.21.9', ['-tags=selinux,notest,'], all, '29', { mode: 'modules', link }],
  ['v1.30.0-rc.0', '1.22.1', ['-tags=selinux,notest,'], short, '30+', { mode: 'modules' }],
  ['v1.33.12', '1.24.11', ['-tags=selinux,notest,'], short, '33', { mode: 'modules' }],
  ['v1.34.0-beta.0', '1.24.5', ['-tags=selinux,notest,grpcnotrace,'], short, '34+', { mode: 'modules' }],
];
for (const [tag, go, flags, names, minor, layout] of eras) {
  test(`Kubernetes ${tag} is built as its own scripts did`, () => {
    const build = linuxBuild(tag, go);
    assert.equal(build.flags, ['-trimpath', '-installsuffix=static', ...flags]);
    assert.equal(build.ldflags, ['-s', '-w', '-buildid=""', ...stamps(names, minor)]);
    assert.equal(build.layout, layout);
  });
}

const nodes = ['kubelet', 'kube-proxy', 'kubeadm', 'kubectl'];
const seven = [...nodes, 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'];
for (const [tag, go, flags, , minor] of eras) {
  test(`the scripts of Kubernetes ${tag} are told what EKS Distro told them`, () => {
    const node = linuxScripts(tag, go);
    const targets = seven.map((name) => `cmd/${name}`);
    assert.equal(node.commands, [['hack/make-rules/build.sh', '-trimpath', ...targets]]);
    assert.equal(node.environment, {
      CGO_ENABLED: '0',
      FORCE_HOST_GO: 'y',
      GOLDFLAGS: '-s -w -buildid=""',
      KUBE_BUILD_PLATFORMS: 'linux/amd64',
      KUBE_STATIC_OVERRIDES: targets.join(' '),
    });
    assert.is(node.stamp?.file, 'KUBE_GIT_VERSION_FILE');
    assert.equal(node.stamp?.values, {
      KUBE_GIT_COMMIT: '{head}',
      KUBE_GIT_TREE_STATE: 'archive',
      KUBE_GIT_VERSION: '{tag}-eks-{head.short}',
      KUBE_GIT_MAJOR: '1',
      KUBE_GIT_MINOR: minor,
      SOURCE_DATE_EPOCH: '{commit.unix}',
    });
    assert.is(node.at, flags.length > 1 ? upstreamPath : undefined);
    assert.equal(
      node.outputs,
      seven.map((name) => ({ from: `_output/local/bin/linux/amd64/${name}`, to: name })),
    );
    assert.is(node.memory, 3 * 1024 ** 3);
  });
}

test('one build is for each version, and has a path where its scripts gave one', () => {
  const recipe = findRecipes('projects').find(({ name }) => name === 'kubernetes/kubernetes')?.decoded;
  if (recipe?.ok !== true) throw new Error(JSON.stringify(recipe?.error));
  for (const minor of [24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35]) {
    for (const patch of ['0-alpha.1', '0-rc.1', '0', '3', '4', '8', '9', '12', '13', '17']) {
      const tag = `v1.${minor}.${patch}`;
      const version = parseKubernetesVersion(tag);
      const subject = { tag, date: '2024-05-20T00:00:00Z', branch: `1-${minor}` };
      const builds = recipe.value.builds.filter(({ when }) => holds(when, subject));
      assert.is(builds.length, 1, tag);
      const hasPath = builds.some(({ flags }) => flags.some((flag) => flag.includes('{directory}')));
      assert.is(hasPath, version !== undefined && !trimsPaths(version), tag);
      assert.is(builds[0]?.layout?.at !== undefined, hasPath, tag);
    }
  }
});

test('each platform has its programs', () => {
  const files = Object.entries(buildsOf('v1.30.1', '1.22.2')).map(([platform, { programs }]) => {
    return [
      platform,
      programs.map((program) => program.package.replace('k8s.io/kubernetes/cmd/', '')).sort(),
    ];
  });
  const nodes = ['kube-proxy', 'kubeadm', 'kubectl', 'kubelet'];
  const linux = ['kube-apiserver', 'kube-controller-manager', ...nodes, 'kube-scheduler'].sort();
  assert.equal(Object.fromEntries(files), {
    'darwin/amd64': ['kubectl'],
    'linux/amd64': linux,
    'linux/arm64': linux,
    'windows/amd64': nodes,
  });
});

test('nothing is fetched for it, and linking takes more memory than of most', () => {
  const { needs, memory } = linuxBuild('v1.30.1', '1.22.2');
  assert.equal(needs, ['toolchain go1.22.2', 'source kubernetes/kubernetes']);
  assert.is(memory, 3 * 1024 ** 3);
});

const early: readonly (readonly [tag: string, go: string, tags: string, minor: string, hasPath: boolean])[] =
  [
    ['v1.18.20', '1.13.15', 'selinux,', '18', false],
    ['v1.19.15', '1.15.15', 'selinux,', '19', false],
    ['v1.20.0-rc.0', '1.15.15', 'selinux,notest,', '20+', false],
    ['v1.23.14', '1.17.13', 'selinux,notest,', '23', false],
    // Flags are in the programs since Go 1.18, and the path with them.
    ['v1.23.17', '1.19.12', 'selinux,notest,', '23', true],
  ];
for (const [tag, go, tags, minor, hasPath] of early) {
  test(`Kubernetes ${tag} is built as its own scripts did, after its files were generated`, () => {
    const build = linuxBuild(tag, go);
    const paths = ['-gcflags= -trimpath={checkout}', '-asmflags=-trimpath={checkout}'];
    assert.equal(build.flags, ['-trimpath', '-installsuffix=static', ...paths, `-tags=${tags}`]);
    assert.equal(build.ldflags, ['-s', '-w', '-buildid=""', ...stamps(all, minor)]);
    assert.equal(build.layout, { mode: 'gopath', link, ...(hasPath ? { at: upstreamPath } : {}) });
    assert.is(build.generated, 'script-build kubernetes/kubernetes generated');
    const node = linuxScripts(tag, go);
    const targets = seven.map((name) => `cmd/${name}`);
    assert.equal(node.commands, [
      ['make', 'generated_files'],
      ['hack/make-rules/build.sh', '-trimpath', ...targets],
    ]);
  });
}

test('one build is for each version up to 1.23', () => {
  const recipe = findRecipes('projects').find(({ name }) => name === 'kubernetes/kubernetes')?.decoded;
  if (recipe?.ok !== true) throw new Error(JSON.stringify(recipe?.error));
  for (const minor of [18, 19, 20, 21, 22, 23]) {
    for (const patch of ['0-alpha.1', '0', '17']) {
      const subject = { tag: `v1.${minor}.${patch}`, date: '2022-05-20T00:00:00Z', branch: `1-${minor}` };
      const builds = recipe.value.builds.filter(({ when }) => holds(when, subject));
      assert.is(builds.length, 1, subject.tag);
      assert.ok(builds[0]?.generated, subject.tag);
    }
  }
});

test('vendor was made again under the first two rules', () => {
  const made = (['E3', 'E4', 'E5', 'E6'] as const).map((rule) => {
    const world: KubernetesWorld = {
      ...{ tag: 'v1.20.11', go: '1.15.15', rule, patched: '2021-09-24T20:03:37Z' },
      ...{ folder: '', goroot: '', commits: ['c'.repeat(40)], platforms: ['linux/amd64'] },
    };
    const source = [...planOf(world).graph.nodes.values()].find(({ kind }) => kind === 'source');
    return source?.kind === 'source' ? source.vendor : 'no source';
  });
  assert.equal(made, ['made-again', 'made-again', undefined, undefined]);
});

test.run();
