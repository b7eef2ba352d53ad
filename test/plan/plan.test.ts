import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readLock, renderLock, type UnsealedLock } from '../../orchestrator/config/lock/lock-file.ts';
import { type Project, projectSchema } from '../../orchestrator/config/project/project.ts';
import { asDigest } from '../../orchestrator/core/digest.ts';
import { asRelativePath } from '../../orchestrator/core/relative-path.ts';
import { asNodeId } from '../../orchestrator/plan/node-base.ts';
import type { GoBuildNode, SourceNode } from '../../orchestrator/plan/node-go.ts';
import { type PlanInput, planRelease } from '../../orchestrator/plan/plan.ts';
import { samplePins } from '../rig/pins.ts';

const recipe: Project = projectSchema.parse({
  schema: '1',
  description: 'a tool',
  builds: [
    { when: { version: '<1.0.0' }, programs: [{ package: './cmd/old' }] },
    {
      when: { version: '>=1.0.0' },
      module: 'server',
      programs: [{ name: 'tool', package: '.' }],
      stamps: { 'main.version': '{tag}', 'main.commit': '{commit.short}' },
      flags: ['-installsuffix', 'cgo', '-tags=netgo'],
    },
    { when: { version: '>=1.0.0' }, programs: [{ package: './cmd/ctl' }], platforms: ['linux/arm64'] },
  ],
});

function input(change: (pins: UnsealedLock) => void = () => undefined): PlanInput {
  const pins = structuredClone(samplePins());
  pins.projects['org/tool']?.checksums?.files.push({
    platform: 'linux/arm64',
    name: 'tool',
    sha256: '1'.repeat(64),
    line: '4',
  });
  change(pins);
  const lock = readLock('a.lock.yaml', renderLock(pins));
  if (!lock.ok) throw new Error('the pins are malformed');
  return {
    lock: lock.value,
    recipes: new Map([['org/tool', recipe]]),
    projects: ['org/tool'],
    isSelected: () => true,
    userPatches: new Map(),
  };
}

test('a project becomes a toolchain, a source, modules for each module, and a build for each platform', () => {
  const plan = planRelease(input());
  assert.equal(
    [...plan.graph.nodes.keys()],
    [
      'source org/tool',
      'toolchain go1.20',
      'modules org/tool',
      'go-build org/tool linux/arm64',
      'modules org/tool server',
      'go-build org/tool server linux/amd64',
      'go-build org/tool server linux/arm64',
    ],
  );
});

test('a build has its flags and linker words in order, and placeholders are left for the source to fill', () => {
  const node = planRelease(input()).graph.nodes.get(
    asNodeId('go-build org/tool server linux/amd64'),
  ) as GoBuildNode;
  assert.equal(node.flags, ['-trimpath', '-mod=mod', '-installsuffix', 'cgo', '-tags=netgo']);
  assert.equal(node.ldflags.slice(0, 5), ['-s', '-w', '-buildid=', '-extldflags', '-static']);
  assert.equal(node.ldflags.slice(5), ['-X', 'main.version={tag}', '-X', 'main.commit={commit.short}']);
});

test('a blank of make follows the linker words where nothing else does, and the program holds it', () => {
  const wordsOf = (version: string, platform: string) => {
    const planned = planRelease(
      input((pins) => {
        const go = pins.projects['org/tool']?.go;
        if (go !== undefined) go.version = version;
      }),
    );
    const builds = [...planned.graph.nodes.values()].filter((node) => node.kind === 'go-build');
    return builds.find((node) => node.id.endsWith(platform))?.ldflags.join(' ');
  };
  // The build for arm64 alone has no stamps.
  const plain = '-s -w -buildid= -extldflags -static';
  const alone = 'org/tool linux/arm64';
  for (const version of ['1.17.13', '1.18.6', '1.18.10', '1.21.10'])
    assert.is(wordsOf(version, alone), plain);
  for (const version of ['1.18', '1.18.1', '1.18.4']) assert.is(wordsOf(version, alone), `${plain} `);
  assert.match(wordsOf('1.18.4', 'server linux/amd64') ?? '', /\{commit\.short\}$/);
});

test("patches come from the commit that was read, and the user's own after them", () => {
  const own = {
    path: asRelativePath('patches/org/tool/a.patch'),
    sha256: asDigest('9'.repeat(64)),
    from: { kind: 'user' as const, file: '/somewhere/a.patch' },
  };
  const plan = planRelease({ ...input(), userPatches: new Map([['org/tool', [own]]]) });
  const source = plan.graph.nodes.get(asNodeId('source org/tool')) as SourceNode;
  assert.equal(
    source.patches.map((patch) => patch.from),
    [{ kind: 'upstream', repository: 'https://example.com/upstream.git', commit: 'd'.repeat(40) }, own.from],
  );
  assert.ok(plan.projects[0]?.hasUserPatches);
});

test('a project that cannot be planned says why, and makes no nodes', () => {
  const noGo = planRelease(input((pins) => delete pins.projects['org/tool']?.go));
  assert.is(noGo.graph.nodes.size, 0);
  assert.is(
    noGo.projects[0]?.state.kind === 'failure' && noGo.projects[0].state.failure.reason,
    'toolchain-unavailable',
  );
  const unresolved = planRelease(
    input((pins) => {
      const project = pins.projects['org/tool'];
      if (project !== undefined) project.commit = 'unresolved';
    }),
  );
  const state = unresolved.projects[0]?.state;
  assert.is(state?.kind === 'failure' && state.failure.reason, 'source-unavailable');
  assert.is(planRelease({ ...input(), recipes: new Map() }).projects[0]?.state.kind, 'no-recipe');
});

test('platforms that were not selected are not built', () => {
  const plan = planRelease({ ...input(), isSelected: (platform) => platform === 'linux/amd64' });
  assert.equal(
    [...plan.graph.nodes.keys()].filter((id) => id.startsWith('go-build')),
    ['go-build org/tool server linux/amd64'],
  );
});

test('what is selected does not change what the rest of the graph is', () => {
  const some = planRelease({ ...input(), isSelected: (platform) => platform === 'linux/amd64' });
  const all = planRelease(input());
  for (const node of some.graph.nodes.values()) assert.equal(node, all.graph.nodes.get(node.id));
});

test.run();
