import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Lock } from '../../../orchestrator/config/lock/lock.ts';
import { readLock, renderLock } from '../../../orchestrator/config/lock/lock-file.ts';
import type { Project } from '../../../orchestrator/config/project/project.ts';
import { holds } from '../../../orchestrator/plan/condition.ts';
import { goBuildOf } from '../../../orchestrator/plan/node-script.ts';
import { planRelease } from '../../../orchestrator/plan/plan.ts';
import { samplePins } from '../../rig/pins.ts';
import { findRecipes } from '../../rig/recipes.ts';

const std = '-s -w -buildid= -extldflags -static';
const trim = 'go build -trimpath -mod=mod';

/**
 * The go commands of a project at a source tag, on a day: in the middle of each era, and on both sides of a change. The
 * days are those of real releases. Read off upstream's Makefiles; those of 2021 and most later ones were rebuilt by hand.
 */
const table: readonly (readonly [project: string, tag: string, day: string, ...commands: string[]])[] = [
  [
    'containernetworking/plugins',
    'v0.8.7',
    '2021-12-19',
    `go build -trimpath -mod=vendor -ldflags "-s -w -buildid='' -extldflags -static -X github.com/containernetworking/plugins/pkg/utils/buildversion.BuildVersion={tag}" ./plugins/*/*`,
  ],
  ['containernetworking/plugins', 'v0.8.7', '2022-01-18', `${trim} -ldflags "${std}" ./plugins/*/*`],
  ['containernetworking/plugins', 'v0.8.7', '2022-03-28', `${trim} -ldflags "${std}" ./plugins/*/*`],
  [
    'containernetworking/plugins',
    'v0.8.7',
    '2022-04-20',
    `${trim} -ldflags "${std} -X github.com/containernetworking/plugins/pkg/utils/buildversion.BuildVersion={tag}" ./plugins/*/*`,
  ],
  [
    'coredns/coredns',
    'v1.8.4',
    '2021-12-19',
    `${trim} -ldflags "-s -w -buildid='' -X github.com/coredns/coredns/coremain.GitCommit={commit.short:8}" .`,
  ],
  [
    'coredns/coredns',
    'v1.8.4',
    '2022-01-18',
    `${trim} -ldflags "${std} -X github.com/coredns/coredns/coremain.GitCommit={commit}" .`,
  ],
  [
    'etcd-io/etcd',
    'v3.4.16',
    '2021-12-18',
    `${trim} -installsuffix cgo -ldflags "-s -w -buildid='' -X go.etcd.io/etcd/version.GitSHA={commit.short:9}" . ./etcdctl`,
  ],
  [
    'etcd-io/etcd',
    'v3.4.18',
    '2022-04-20',
    `${trim} -installsuffix cgo -ldflags "${std} -X go.etcd.io/etcd/version.GitSHA={tag.short:9}" . ./etcdctl`,
  ],
  [
    'etcd-io/etcd',
    'v3.5.13',
    '2024-05-01',
    `etcdctl: ${trim} -installsuffix cgo -ldflags "${std} -X go.etcd.io/etcd/api/v3/version.GitSHA={tag.short:9}" .`,
    `server: ${trim} -installsuffix cgo -ldflags "${std} -X go.etcd.io/etcd/api/v3/version.GitSHA={tag.short:9}" .`,
  ],
  ...sidecar('external-attacher', 'csi-attacher', 'v3.1.0', 8, 'v4.0.0'),
  ...sidecar('external-provisioner', 'csi-provisioner', 'v2.1.1', 9, 'v3.3.0'),
  ...sidecar('external-resizer', 'csi-resizer', 'v1.1.0', 7, 'v1.6.0'),
  ...sidecar('node-driver-registrar', 'csi-node-driver-registrar', 'v2.1.0', 8, 'v2.6.1'),
  ...sidecar(
    'external-snapshotter',
    'snapshot-controller ./cmd/csi-snapshotter ./cmd/snapshot-validation-webhook',
    'v3.0.3',
    8,
    'v6.1.0',
  ),
  [
    'kubernetes-csi/external-snapshotter',
    'v8.1.0',
    '2024-12-01',
    `${trim} -ldflags "${std} -X main.version={tag}" ./cmd/snapshot-controller ./cmd/csi-snapshotter ./cmd/snapshot-validation-webhook`,
  ],
  [
    'kubernetes-csi/external-snapshotter',
    'v8.2.0',
    '2025-01-10',
    `${trim} -ldflags "${std} -X main.version={tag}" ./cmd/snapshot-controller ./cmd/csi-snapshotter`,
  ],
  ['kubernetes-csi/livenessprobe', 'v2.2.0', '2021-12-19', `${trim} -ldflags "${std}" ./cmd/livenessprobe`],
  ['kubernetes-csi/livenessprobe', 'v2.12.0', '2024-05-01', `${trim} -ldflags "${std}" ./cmd/livenessprobe`],
  [
    'kubernetes-sigs/aws-iam-authenticator',
    'v0.5.2',
    '2021-10-26',
    `${trim} -ldflags "-buildid='' -s -w -X main.version={tag} -X main.commit={head}" ./cmd/aws-iam-authenticator`,
  ],
  [
    'kubernetes-sigs/aws-iam-authenticator',
    'v0.5.5',
    '2022-03-06',
    `${trim} -ldflags "${std}" ./cmd/aws-iam-authenticator`,
  ],
  [
    'kubernetes-sigs/aws-iam-authenticator',
    'v0.5.5',
    '2022-03-17',
    `${trim} -ldflags "${std} -X sigs.k8s.io/aws-iam-authenticator/pkg.Version={tag.bare} -X sigs.k8s.io/aws-iam-authenticator/pkg.CommitID={head.describe}" ./cmd/aws-iam-authenticator`,
  ],
  [
    'kubernetes-sigs/metrics-server',
    'v0.4.0',
    '2021-12-19',
    `${trim} -ldflags "-s -w -buildid='' -X sigs.k8s.io/metrics-server/pkg/version.gitVersion={tag} -X sigs.k8s.io/metrics-server/pkg/version.gitCommit={head.describe} -X sigs.k8s.io/metrics-server/pkg/version.buildDate={head.unix}" ./cmd/metrics-server`,
  ],
  [
    'kubernetes-sigs/metrics-server',
    'v0.6.1',
    '2022-03-06',
    `${trim} -ldflags "${std} -X sigs.k8s.io/metrics-server/pkg/version.gitVersion={tag} -X sigs.k8s.io/metrics-server/pkg/version.gitCommit={head.describe} -X sigs.k8s.io/metrics-server/pkg/version.buildDate={head.unix}" ./cmd/metrics-server`,
  ],
  [
    'kubernetes-sigs/metrics-server',
    'v0.6.1',
    '2022-03-17',
    `${trim} -ldflags "${std} -X k8s.io/client-go/pkg/version.gitVersion={tag} -X k8s.io/client-go/pkg/version.gitCommit={head.describe} -X k8s.io/client-go/pkg/version.buildDate={head.date}" ./cmd/metrics-server`,
  ],
  [
    'kubernetes/cloud-provider-aws',
    'v1.26.1',
    '2023-04-27',
    `${trim} -ldflags "${std} -X k8s.io/component-base/version.gitVersion={tag}" ./cmd/aws-cloud-controller-manager`,
  ],
  [
    'kubernetes/cloud-provider-aws',
    'v1.26.1',
    '2023-05-11',
    `${trim} -ldflags "${std} -X k8s.io/component-base/version.gitVersion={tag}" ./cmd/aws-cloud-controller-manager ./cmd/ecr-credential-provider`,
  ],
  [
    'kubernetes/release',
    'v0.9.0',
    '2021-12-18',
    `images/build/go-runner: ${trim} -ldflags "-s -w --buildid=""" .`,
  ],
  ['kubernetes/release', 'v0.9.0', '2022-01-18', `images/build/go-runner: ${trim} -ldflags "${std}" .`],
];

/** The sidecars share their history. `early` is the tag of 2021, `both` one that was built without and with a version. */
function sidecar(
  project: string,
  program: string,
  early: string,
  digits: number,
  both: string,
): readonly (readonly [string, string, string, string])[] {
  const command = (stamp: string): string => `${trim} -ldflags "${std}${stamp}" ./cmd/${program}`;
  const name = `kubernetes-csi/${project}`;
  return [
    [name, early, '2021-12-19', command(` -X main.version={tag}-0-g{commit.short:${digits}}`)],
    [name, both, '2022-01-18', command('')],
    [name, both, '2022-11-11', command('')],
    [name, both, '2022-12-01', command(' -X main.version={tag}')],
  ];
}

const sample = readSample();
const recipes = new Map(findRecipes('projects').map((found) => [found.name, found]));

test('every recipe is read without a complaint', () => {
  const complaints = [...recipes.values(), ...findRecipes('examples/projects')].flatMap(({ decoded }) =>
    decoded.ok ? [] : decoded.error,
  );
  assert.equal(complaints, []);
  assert.is(recipes.size, 14);
});

test('every recipe tells an editor where its schema is', () => {
  for (const { file, text } of recipes.values()) {
    const schema = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text)?.[1] ?? '';
    assert.is(join(dirname(file), schema), 'orchestrator/config/project.schema.json', file);
  }
});

for (const [project, tag, day, ...expected] of table) {
  test(`${project} ${tag} as of ${day}`, () => assert.equal(commandsOf(project, tag, day), expected));
}

test('the table has every build of every recipe, but for the one that has a test of its own', () => {
  const projects = [...recipes.keys()].filter((project) => project !== 'kubernetes/kubernetes');
  const missing = projects.flatMap((project) => {
    const rows = table.filter(([name]) => name === project);
    return recipeOf(project)
      .builds.map((build, index) => ({ build, name: `${project} build ${index + 1}` }))
      .filter(
        ({ build }) =>
          !rows.some(([, tag, day]) => holds(build.when, { tag, date: `${day}T12:00:00Z`, branch: '1-30' })),
      )
      .map(({ name }) => name);
  });
  assert.equal(missing, []);
});

test('go 1.13, which knows no -mod=mod, is not given it', () => {
  assert.not.match(commandsOf('coredns/coredns', 'v1.8.0', '2021-12-19', '1.13.15')[0] ?? '', '-mod');
});

function commandsOf(project: string, tag: string, day: string, go = '1.16.12'): readonly string[] {
  const { releaseCommit } = sample.upstream;
  const tool = sample.projects['org/tool'];
  if (releaseCommit === undefined || tool?.go === undefined) throw new Error('the sample pins have changed');
  const locked = { ...tool, tag, go: { ...tool.go, version: go } };
  const [planned] = planRelease({
    lock: {
      ...sample,
      upstream: { ...sample.upstream, releaseCommit: { ...releaseCommit, date: `${day}T12:00:00Z` } },
      projects: { [project]: locked },
    },
    recipes: new Map([[project, recipeOf(project)]]),
    projects: [project],
    isSelected: () => true,
    userPatches: new Map(),
  }).projects;
  if (planned?.state.kind !== 'planned') return [];
  const commands = planned.state.builds.map(goBuildOf).map(({ module, flags, ldflags, programs }) => {
    const packages = programs.map((program) => program.package).join(' ');
    const command = `go build ${flags.join(' ')} -ldflags "${ldflags.join(' ')}" ${packages}`;
    return module === '.' ? command : `${module}: ${command}`;
  });
  return commands.sort();
}

function readSample(): Lock {
  const lock = readLock('a.lock.yaml', renderLock(samplePins()));
  if (!lock.ok) throw new Error('the sample pins are malformed');
  return lock.value;
}

function recipeOf(project: string): Project {
  const decoded = recipes.get(project)?.decoded;
  if (!decoded?.ok) throw new Error(`the recipe of ${project} is malformed or not there`);
  return decoded.value;
}

test.run();
