import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { GoBuild, LockedGo, LockedProject } from '../../orchestrator/config/lock/lock.ts';
import { digestOf } from '../../orchestrator/core/digest.ts';
import { asRelativePath } from '../../orchestrator/core/relative-path.ts';
import type { BuildNode } from '../../orchestrator/plan/node.ts';
import type { NodeId } from '../../orchestrator/plan/node-base.ts';
import { addToolchain, type GivenToolchain, wantedGo } from '../../orchestrator/plan/toolchain-nodes.ts';

const pin = (name: string, changes?: string[]) => ({
  path: asRelativePath(`projects/golang/go/1.18/patches/${name}`),
  sha256: digestOf(name),
  ...(changes === undefined ? {} : { changes }),
});

const buildOf = (patches: GoBuild['patches']): GoBuild => ({
  version: '1.18.10',
  release: 3,
  repository: 'https://git.example/tooling.git',
  commit: 'a'.repeat(40),
  patches,
});

function project(go: Partial<LockedGo> | undefined): LockedProject {
  const base = { repository: 'https://git.example/tool.git', tag: 'v1', commit: 'c'.repeat(40), patches: [] };
  if (go === undefined) return base;
  return { ...base, go: { version: '1.18.10', flavour: 'official', read: 'A:1', others: [], ...go } };
}

const eks = project({ flavour: 'eks-go', build: 'b' });
const wanted = (locked: LockedProject, build?: GoBuild, given?: ReadonlyMap<string, GivenToolchain>) => {
  const lock = build === undefined ? {} : { goBuilds: { b: build } };
  const go = wantedGo(locked, undefined, { lock, ...(given === undefined ? {} : { toolchains: given }) });
  if (!go.ok) throw new Error(JSON.stringify(go.error));
  return go.value;
};

/** The ids of the nodes that a Go comes to, with their needs, and the one to build with. */
function nodesOf(...wishes: readonly ReturnType<typeof wanted>[]) {
  const nodes = new Map<NodeId, BuildNode>();
  const used = wishes.map((wish, index) => addToolchain(wish, `org/p${index}`, nodes, undefined));
  return { nodes, used };
}

test('patches that are compiled in make a toolchain of its own, which needs the official one', () => {
  const go = wanted(eks, buildOf([pin('cmd'), pin('time', ['time']), pin('os', ['os'])]));
  assert.equal(
    go.patches.map((patch) => patch.path.split('/').at(-1)),
    ['time', 'os'],
  );
  const { nodes, used } = nodesOf(go);
  const [id = '' as NodeId] = used;
  assert.match(id, /^toolchain go1\.18\.10 patched [0-9a-f]{8}$/);
  assert.equal([...nodes.keys()], ['toolchain go1.18.10', id]);
  assert.equal(nodes.get(id)?.needs, ['toolchain go1.18.10']);
  assert.is(nodes.get(id)?.title, 'go 1.18.10 with 2 patches');
});

test('without such patches it is the official one', () => {
  const { used } = nodesOf(wanted(eks, buildOf([pin('cmd')])), wanted(project({})));
  assert.equal(used, ['toolchain go1.18.10', 'toolchain go1.18.10']);
});

test('builds of the same effect are one toolchain, which serves both projects', () => {
  const { nodes, used } = nodesOf(
    wanted(eks, buildOf([pin('time', ['time'])])),
    wanted(eks, { ...buildOf([pin('time', ['time']), pin('cmd')]), release: 4, commit: 'b'.repeat(40) }),
  );
  assert.is(used[0], used[1]);
  assert.equal(nodes.get(used[0] as NodeId)?.projects, ['org/p0', 'org/p1']);
  assert.equal(nodes.get('toolchain go1.18.10' as NodeId)?.projects, ['org/p0', 'org/p1']);
});

test('the order of patches counts', () => {
  const [a, b] = [pin('a', ['os']), pin('b', ['os'])];
  const { used } = nodesOf(wanted(eks, buildOf([a, b])), wanted(eks, buildOf([b, a])));
  assert.is.not(used[0], used[1]);
});

test('the official one stands for a build whose patches nobody knows', () => {
  assert.equal(wanted(project({ flavour: 'eks-go' })).patches, []);
});

const failureOf = (locked: LockedProject, build?: GoBuild) => {
  const go = wantedGo(locked, undefined, { lock: build === undefined ? {} : { goBuilds: { b: build } } });
  if (go.ok || go.error.reason !== 'toolchain-unavailable') throw new Error(JSON.stringify(go));
  return go.error;
};

test('what cannot be had says why', () => {
  assert.match(failureOf(project(undefined)).detail, 'names the Go that built it');
  const lost = { ...pin('x', ['os']), sha256: 'unavailable' as const };
  assert.match(failureOf(eks, buildOf([lost])).detail, 'lacks the content of');
  const al2 = failureOf(project({ flavour: 'al2-rpm', version: '1.16.15' }));
  assert.match(al2.detail, '(toolchains, versions, "1.16.15", rpms)');
});

test("Amazon Linux 2's packages are used for what they built, and for nothing else", () => {
  const al2 = { kind: 'rpms' as const, files: [{ from: '/x.rpm', sha256: digestOf('x') }] };
  const given = new Map([['1.16.15', { official: [], al2 }]]);
  const nodes = new Map<NodeId, BuildNode>();
  const go = wanted(project({ flavour: 'al2-rpm', version: '1.16.15' }), undefined, given);
  assert.is(addToolchain(go, 'org/a', nodes, given), 'toolchain go1.16.15 al2-rpm');
  const plain = wanted(project({ version: '1.16.15' }), undefined, given);
  assert.is(addToolchain(plain, 'org/b', nodes, given), 'toolchain go1.16.15');
  const sources = [...nodes.values()].map((node) => (node.kind === 'toolchain' ? node.sources : []));
  assert.equal(sources, [[al2], [{ kind: 'module-proxy' }]]);
});

test("what is known of it stands for Amazon Linux 2's Go, where nobody has its packages", () => {
  const locked = project({ flavour: 'al2-rpm', build: 'b' });
  const build = buildOf([pin('tz', ['time'])]);
  assert.equal(
    wanted(locked, build).patches.map(({ path }) => path),
    [pin('tz').path],
  );
  const al2 = { kind: 'rpms' as const, files: [{ from: '/x.rpm', sha256: digestOf('x') }] };
  const given = new Map([['1.18.10', { official: [], al2 }]]);
  assert.equal(wanted(locked, build, given).patches, []);
  const lost = { ...pin('x', ['time']), sha256: 'unavailable' as const };
  assert.match(failureOf(locked, buildOf([lost])).detail, 'lacks the content of');
});

test('an override names another Go, with the patches that it wants', () => {
  const pins = { path: pin('z').path, sha256: pin('z').sha256, repository: 'r', commit: 'd'.repeat(40) };
  const go = wantedGo(eks, { go: { version: '1.18.9', patches: [pins] } }, { lock: {} });
  assert.ok(go.ok);
  assert.equal(go.ok && go.value.patches[0]?.from, {
    kind: 'upstream',
    repository: 'r',
    commit: 'd'.repeat(40),
  });
});

test.run();
