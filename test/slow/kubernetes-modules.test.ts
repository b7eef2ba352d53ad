import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { GoBuildNode } from '../../orchestrator/plan/node-go.ts';
import { buildByScripts, canMount } from '../rig/kubernetes-oracle.ts';
import {
  buildDirectly,
  builtFolder,
  type KubernetesWorld,
  kubernetesWorld,
  removeWorld,
} from '../rig/kubernetes-world.ts';
import { suite } from '../rig/suite.ts';

/** Kubernetes 1.25 to 1.29: modules and vendor, a link that go is run by, and until late upstream's path in every program. */
const test = suite<{ world: KubernetesWorld; expected: ReadonlyMap<string, string> }>(
  'Kubernetes with modules',
);

const path =
  '/home/prow/go/src/github.com/aws/eks-distro/projects/kubernetes/kubernetes/kubernetes/_output/local/go/src/k8s.io/kubernetes';

function infoOf(world: KubernetesWorld): string {
  const file = join(builtFolder(world, 'linux/amd64'), 'kubelet');
  return execFileSync('go', ['version', '-m', file], { encoding: 'utf8' });
}

if (!canMount()) {
  test('is left out: this machine lets nobody mount anything', () => undefined);
} else {
  test.before(async (context, defer) => {
    context.world = await kubernetesWorld({
      tag: 'v1.27.6',
      go: '1.20.8',
      platforms: ['linux/amd64', 'darwin/amd64'],
    });
    defer(() => removeWorld(context.world));
    context.expected = buildByScripts(context.world);
  });

  test("plain go commands make what its scripts make at upstream's path", async ({ world, expected }) => {
    assert.is(expected.size, 8);
    assert.equal(await buildDirectly(world), expected);
  });

  test('the programs say what the facts have', ({ world }) => {
    const info = infoOf(world);
    for (const line of [
      'kubelet: go1.20.8',
      'mod\tk8s.io/kubernetes\t(devel)',
      `build\t-gcflags="all=-trimpath=${path} "`,
      `build\t-asmflags=all=-trimpath=${path}\n`,
      'build\t-tags=selinux,notest\n',
      'build\tvcs.time=2023-11-20T17:54:16Z',
      'build\tvcs.modified=true',
    ]) {
      assert.ok(info.includes(line), `${line}\n${info}`);
    }
  });

  const naive: readonly (readonly [what: string, change: (node: GoBuildNode) => Partial<GoBuildNode>])[] = [
    [
      'an empty build ID',
      ({ ldflags }) => ({ ldflags: ldflags.map((word) => (word === '-buildid=""' ? '-buildid=' : word)) }),
    ],
    [
      'the tags the other way round',
      ({ flags }) => ({ flags: flags.map((flag) => flag.replace('selinux,notest,', 'notest,selinux,')) }),
    ],
    ['the path without its space', ({ flags }) => ({ flags: flags.map((flag) => flag.trimEnd()) })],
    [
      'another path',
      ({ layout }) => (layout === undefined ? {} : { layout: { ...layout, at: '/home/prow/elsewhere' } }),
    ],
    [
      'no link',
      ({ layout }) => (layout === undefined ? {} : { layout: { mode: layout.mode, at: layout.at ?? '' } }),
    ],
    ['no version-control stamp', ({ flags }) => ({ flags: [...flags, '-buildvcs=false'] })],
  ];
  for (const [what, change] of naive) {
    test(`${what} makes other programs`, async ({ world, expected }) => {
      const one = { ...world, platforms: ['linux/amd64' as const] };
      const found = await buildDirectly(one, {
        node: (node) => ({ ...node, programs: node.programs.slice(0, 1), ...change(node) }),
      });
      assert.equal([...found.keys()], ['linux/amd64 kubelet']);
      assert.is.not(found.get('linux/amd64 kubelet'), expected.get('linux/amd64 kubelet'));
    });
  }

  // The last version of 1.29 that has the path, and the first that has not.
  for (const [tag, main, hasPath] of [
    ['v1.29.3', 'cmd/kubelet/main.go', true],
    ['v1.29.4', 'k8s.io/kubernetes/cmd/kubelet/main.go', false],
  ] as const) {
    test(`${tag} ${hasPath ? 'has' : 'does not have'} the path`, async () => {
      const world = await kubernetesWorld({ tag, go: '1.22.2', platforms: ['linux/amd64', 'darwin/amd64'] });
      try {
        const found = buildByScripts(world);
        assert.is(found.size, 8);
        assert.equal(await buildDirectly(world), found);
        assert.equal(
          ['-gcflags="all=-trimpath=', '-asmflags=all=-trimpath='].map((flag) =>
            infoOf(world).includes(`build\t${flag}${path}`),
          ),
          [hasPath, hasPath],
        );
        const file = join(builtFolder(world, 'linux/amd64'), 'kubelet');
        const printed = spawnSync(file, { encoding: 'utf8' }).stderr;
        assert.ok(printed.split('\n')[2]?.startsWith(`${main} `), printed);
      } finally {
        removeWorld(world);
      }
    });
  }

  test('a checkout that is not modified makes other programs', async ({ world, expected }) => {
    const found = await buildDirectly(
      { ...world, platforms: ['darwin/amd64'] },
      { override: { stamp: 'clean' } },
    );
    assert.is.not(found.get('darwin/amd64 kubectl'), expected.get('darwin/amd64 kubectl'));
  });
}

test.run();
