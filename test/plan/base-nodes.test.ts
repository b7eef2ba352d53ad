import * as assert from 'uvu/assert';
import { baseImageSchema } from '../../orchestrator/config/base/base-image.ts';
import type { BaseLock, LockedPackage } from '../../orchestrator/config/base/base-lock.ts';
import { digestOf } from '../../orchestrator/core/digest.ts';
import { type BasePlanning, planBaseImage, type WantedBase } from '../../orchestrator/plan/base-nodes.ts';
import { makeGraph } from '../../orchestrator/plan/graph.ts';
import type { BuildNode } from '../../orchestrator/plan/node.ts';
import { asNodeId, type NodeId } from '../../orchestrator/plan/node-base.ts';
import type { GoBuildNode } from '../../orchestrator/plan/node-go.ts';
import type { BaseRootNode, RpmsNode } from '../../orchestrator/plan/node-image.ts';
import { suite } from '../rig/suite.ts';

const test = suite('nodes of a base image');
const id = 'c87f5b1a-593863f8';

function locked(name: string, arch: string): LockedPackage {
  const url = `https://cdn.example.com/blobstore/${name}.${arch}.rpm`;
  return {
    name,
    epoch: 0,
    version: '1',
    release: '2.amzn2',
    arch,
    sha256: digestOf(`${name}.${arch}`),
    size: 9,
    url,
  };
}
const lockOf = (...names: readonly string[]): BaseLock => ({
  ...{ schema: '1', digest: digestOf('lock'), image: 'any', distribution: 'al2', repositories: [] },
  keys: [{ id, sha256: digestOf('key') }],
  packages: {
    x86_64: names.map((name) => locked(name, 'x86_64')),
    aarch64: names.map((name) => locked(name, 'aarch64')),
  },
});

const commit = 'd6d2704a903de60b444dc120a5f8c3ec9f32396d';
const base: WantedBase = {
  name: 'minimal',
  definition: baseImageSchema.parse({
    ...{ schema: '1', description: 'minimal', env: { PATH: '/bin' }, user: '0' },
    rootfs: { files: [{ path: '/etc/group', content: 'a' }] },
    distributions: { al2: { keys: [id], rootfs: { remove: ['/usr/share/doc'] } } },
  }),
  lock: lockOf('setup', 'tzdata'),
};
const child: WantedBase = {
  name: 'iptables',
  definition: baseImageSchema.parse({
    ...{ schema: '1', description: 'iptables', parent: 'minimal' },
    programs: [
      {
        path: '/usr/sbin/iptables-wrapper',
        commit,
        module: 'wrappers',
        package: '.',
        go: '1.25.1',
        ldflags: ['-s'],
      },
    ],
    distributions: { al2: { keys: [id] } },
  }),
  lock: lockOf('setup', 'tzdata', 'iptables'),
  parent: base,
};
const nonroot: WantedBase = {
  name: 'nonroot',
  definition: baseImageSchema.parse({
    schema: '1',
    description: 'n',
    user: '65532',
    distributions: { al2: {} },
  }),
  lock: lockOf('setup', 'tzdata'),
  parent: base,
};

const builder = asNodeId('base-image amazonlinux');
const planning: BasePlanning = {
  platforms: ['linux/arm64', 'linux/amd64'],
  dockerfile: 'FROM builder\n',
  builder,
  keys: [{ id, from: '/keys/amazon', sha256: digestOf('key') }],
  signatures: 'required',
  buildTooling: { repository: 'https://git.example.com/tooling.git' },
};

function plan(...wanted: readonly WantedBase[]) {
  return planWith({}, ...wanted);
}

function planWith(given: Partial<BasePlanning>, ...wanted: readonly WantedBase[]) {
  const nodes = new Map<NodeId, BuildNode>([
    [
      builder,
      {
        ...{ kind: 'base-image', id: builder, needs: [], title: 'amazonlinux', projects: [], platforms: [] },
        reference: { host: 'registry.example.com', repository: 'al', digest: `sha256:${'0'.repeat(64)}` },
      },
    ],
  ]);
  const indexes = wanted.map((each) => planBaseImage(each, { ...planning, ...given }, nodes));
  makeGraph([...nodes.values()]);
  const node = <N extends BuildNode>(name: string): N => {
    const found = nodes.get(asNodeId(name));
    if (found === undefined) throw new Error(`no ${name} in ${[...nodes.keys()].join(', ')}`);
    return found as N;
  };
  return { nodes, indexes, node };
}

test('packages and a root for each platform, under one index', () => {
  const { indexes, node, nodes } = plan(base);
  assert.equal(indexes, ['image-index minimal al2']);
  assert.equal(node('image-index minimal al2').needs, [
    'base-root minimal al2 linux/amd64',
    'base-root minimal al2 linux/arm64',
  ]);
  const rpms = node<RpmsNode>('rpms minimal al2 linux/arm64');
  assert.equal(
    rpms.packages.map(({ name }) => name),
    ['setup-1-2.amzn2.aarch64', 'tzdata-1-2.amzn2.aarch64'],
  );
  assert.equal(rpms.keys, [{ id, from: '/keys/amazon', sha256: digestOf('key') }]);
  const root = node<BaseRootNode>('base-root minimal al2 linux/arm64');
  assert.equal(root.needs, [builder, rpms.id]);
  assert.equal(root.keys, [id]);
  assert.equal([root.user, root.env, root.parent], ['0', { PATH: '/bin' }, undefined]);
  // What holds for every distribution comes first.
  assert.equal(
    root.rootfs.map(({ files, remove }) => [files.length, remove.length]),
    [
      [1, 0],
      [0, 1],
    ],
  );
  assert.is(nodes.size, 6);
});

test('an image on top installs what its parent lacks: packages and keys', () => {
  const { node } = plan(child);
  const rpms = node<RpmsNode>('rpms iptables al2 linux/amd64');
  assert.equal(
    rpms.packages.map(({ name }) => name),
    ['iptables-1-2.amzn2.x86_64'],
  );
  const root = node<BaseRootNode>('base-root iptables al2 linux/amd64');
  assert.is(root.parent, 'base-root minimal al2 linux/amd64');
  assert.equal(root.keys, []);
});

test('a key that the lock lacks is left to the builder image, and left out where nothing need be signed', () => {
  const unkeyed = { ...base, lock: { ...base.lock, keys: [] } };
  for (const [signatures, wanted, keys] of [
    ['required', unkeyed, [id]],
    ['absent', unkeyed, []],
    ['absent', base, [id]],
  ] as const) {
    const { node } = planWith({ signatures }, wanted);
    assert.equal(node<BaseRootNode>('base-root minimal al2 linux/amd64').keys, keys, signatures);
  }
});

test('what an image does not want of packages, those on top do not want either', () => {
  const { node } = plan(child, nonroot);
  const rules = node<BaseRootNode>('base-root iptables al2 linux/amd64').rootfs;
  assert.equal(
    rules.flatMap(({ remove }) => remove),
    ['/usr/share/doc'],
  );
  assert.equal(
    rules.flatMap(({ files }) => files),
    [],
  );
  // Nothing is added: there is nothing to remove.
  const none = node<BaseRootNode>('base-root nonroot al2 linux/amd64').rootfs;
  assert.equal(
    none.flatMap(({ remove }) => remove),
    [],
  );
});

test('programs are built for every platform, out of a folder of the repository', () => {
  const { node } = plan(child);
  const root = node<BaseRootNode>('base-root iptables al2 linux/arm64');
  const build = node<GoBuildNode>('go-build iptables-wrapper d6d2704a903d linux/arm64');
  assert.equal(root.programs, [
    { from: build.id, file: 'iptables-wrapper', path: '/usr/sbin/iptables-wrapper' },
  ]);
  assert.ok(root.needs.includes(build.id));
  assert.equal([build.module, build.goVersion, build.ldflags], ['wrappers', '1.25.1', ['-s']]);
  assert.is(build.source, 'checkout wrappers d6d2704a903d');
  assert.is(build.toolchain, 'toolchain go1.25.1');
});

test('one without packages of its own has a root and nothing to fetch', () => {
  const { node, nodes } = plan(nonroot);
  assert.not.ok([...nodes.keys()].some((each) => each.startsWith('rpms nonroot')));
  assert.is(node<BaseRootNode>('base-root nonroot al2 linux/amd64').rpms, undefined);
});

test('what several stand on is there once', () => {
  const { nodes } = plan(child, nonroot, base);
  assert.is([...nodes.keys()].filter((each) => each.startsWith('base-root minimal')).length, 2);
});

test('a key that nobody has is a bug of the caller', () => {
  const nodes = new Map<NodeId, BuildNode>();
  assert.throws(() => planBaseImage(base, { ...planning, keys: [] }, nodes), /nobody has the key c87f5b1a/);
});

test.run();
