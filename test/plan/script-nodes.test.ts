import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readLock, renderLock } from '../../orchestrator/config/lock/lock-file.ts';
import type { Override } from '../../orchestrator/config/lock/override.ts';
import type { StampingRule } from '../../orchestrator/config/project/kubernetes.ts';
import { projectSchema } from '../../orchestrator/config/project/project.ts';
import type { ImageInput } from '../../orchestrator/plan/images.ts';
import type { ScriptedPrograms } from '../../orchestrator/plan/node-script.ts';
import { type Plan, planRelease } from '../../orchestrator/plan/plan.ts';
import { programFiles } from '../../orchestrator/plan/program-files.ts';
import type { BuildMethod } from '../../orchestrator/plan/script-nodes.ts';
import { samplePins } from '../rig/pins.ts';

const recipe = projectSchema.parse({
  schema: '1',
  description: 'A tool with scripts',
  images: [{ name: 'org/tool', programs: ['one'] }],
  builds: [
    {
      programs: [
        { package: 'example.com/cmd/one' },
        { name: 'second', package: './two' },
        { package: './three', platforms: ['darwin/amd64'] },
      ],
      layout: { mode: 'modules' },
      stamps: { 'main.version': '{kubernetes.version}' },
      memory: '3072',
      generated: {
        commands: [['make', 'files']],
        tools: ['make'],
        outputs: [{ from: '**/made.go', to: '.' }],
      },
      scripts: {
        commands: [
          ['hack/build.sh', '-x', 'cmd/{program}'],
          ['sort', '{platform}', '{checkout}'],
        ],
        tools: ['sort', 'bash', 'sort'],
        environment: { PLATFORM: '{platform}', BRACES: '{{x}' },
        stamp: {
          file: 'VERSION_FILE',
          values: { VERSION: '{kubernetes.version}', EPOCH: '{kubernetes.epoch}' },
        },
        at: '/up/stream',
        outputs: [
          { from: 'out/{platform}/{file}', to: '{file}' },
          { from: 'notes/*.txt', to: 'notes/{platform}' },
        ],
      },
    },
  ],
});

function plan(
  given: {
    readonly method?: BuildMethod;
    readonly rule?: StampingRule;
    readonly override?: Override;
    readonly platform?: string;
    readonly images?: ImageInput;
  } = {},
): Plan {
  const pins = samplePins();
  const tool = pins.projects['org/tool'];
  const [file] = tool?.checksums?.files ?? [];
  if (tool?.checksums === undefined || file === undefined) throw new Error('the sample pins have changed');
  const { rule = 'E6', platform = 'windows/amd64' } = given;
  pins.projects['org/tool'] = {
    ...tool,
    checksums: { ...tool.checksums, files: [{ ...file, platform }] },
    kubernetes: {
      era: '1.24',
      stamping: { rule, read: 'script:1', ...(rule === 'E3' ? { patched: '2021-09-21T05:14:40Z' } : {}) },
      go: { rule: 'checkout', state: 'known' },
      variants: [],
    },
  };
  const lock = readLock('a.lock.yaml', renderLock(pins));
  if (!lock.ok) throw new Error(JSON.stringify(lock.error));
  return planRelease({
    lock: lock.value,
    recipes: new Map([['org/tool', recipe]]),
    projects: ['org/tool'],
    isSelected: () => true,
    userPatches: new Map(),
    method: { name: given.method ?? 'scripts', tools: new Map([['bash', 'bash 5.2']]) },
    ...(given.images === undefined ? {} : { images: given.images }),
    ...(given.override === undefined ? {} : { overrides: new Map([['org/tool', given.override]]) }),
  });
}

function onlyBuild(given?: Parameters<typeof plan>[0]): ScriptedPrograms {
  const state = plan(given).projects[0]?.state;
  const [build] = state?.kind === 'planned' ? state.builds : [];
  if (build?.kind !== 'script-build') throw new Error(JSON.stringify(state));
  return build;
}

test('a word of a program stands there once for each program of the platform', () => {
  const { commands, outputs } = onlyBuild();
  assert.equal(commands, [
    ['hack/build.sh', '-x', 'cmd/one', 'cmd/second'],
    ['sort', 'windows/amd64', '{checkout}'],
  ]);
  assert.equal(outputs, [
    { from: 'out/windows/amd64/one.exe', to: 'one.exe' },
    { from: 'out/windows/amd64/second.exe', to: 'second.exe' },
    { from: 'notes/*.txt', to: 'notes/windows/amd64' },
  ]);
  assert.equal(onlyBuild({ platform: 'darwin/amd64' }).commands[0]?.slice(2), [
    'cmd/one',
    'cmd/second',
    'cmd/three',
  ]);
});

test('it stands in the place of the go-build: with its needs, its files, its memory, and what it links', () => {
  const node = onlyBuild();
  const state = plan({ method: 'direct' }).projects[0]?.state;
  const [direct] = state?.kind === 'planned' ? state.builds : [];
  if (direct?.kind !== 'go-build') throw new Error('no go-build');
  assert.equal([...plan().graph.nodes.keys()].sort(), [
    'script-build org/tool windows/amd64',
    'source org/tool',
    'toolchain go1.20',
  ]);
  assert.equal(node.needs, direct.needs.slice(0, 2));
  assert.equal([node.platform, node.memory], [direct.platform, 3 * 1024 ** 3]);
  assert.equal(node.compiles, { ...direct, id: node.id });
  assert.equal(programFiles(node), programFiles(direct));
});

test('images hold what the scripts made, with the licences of what the same go command links', () => {
  const images: ImageInput = {
    isWanted: () => true,
    dockerfiles: new Map([['org/tool Dockerfile', 'FROM scratch\n']]),
    bases: new Map(),
    compilers: new Map(),
  };
  const { graph } = plan({ platform: 'linux/amd64', images });
  const nodes = [...graph.nodes.values()];
  const id = 'script-build org/tool linux/amd64';
  const image = nodes.find((node) => node.kind === 'image');
  const licenses = nodes.find((node) => node.kind === 'licenses');
  assert.ok(image?.needs.includes(id as never), JSON.stringify(image?.needs));
  assert.equal([licenses?.builds[0]?.build, licenses?.builds[0]?.flags], [id, ['-trimpath']]);
  assert.ok(licenses?.needs.includes(id as never));
  assert.ok(licenses?.needs.includes('script-build org/tool generated' as never));
});

test('tools stand there once, in order, with the versions that are known', () => {
  assert.equal(onlyBuild().tools, [{ name: 'bash', version: 'bash 5.2' }, { name: 'sort' }]);
});

test('the environment is filled in as far as a plan can, and what an override sets beats it', () => {
  assert.equal(onlyBuild().environment, { PLATFORM: 'windows/amd64', BRACES: '{{x}' });
  const { environment } = onlyBuild({ override: { environment: { GOAMD64: 'v2', PLATFORM: 'x' } } });
  assert.equal(environment, { PLATFORM: 'x', BRACES: '{{x}', GOAMD64: 'v2' });
});

test('under E6 the version is in a file; before, in the environment', () => {
  assert.equal(onlyBuild().stamp, {
    file: 'VERSION_FILE',
    values: { VERSION: '{tag}-eks-{head.short}', EPOCH: '{commit.unix}' },
  });
  assert.equal(onlyBuild({ rule: 'E5' }).stamp, {
    values: { VERSION: '{tag}-eks-1-30', EPOCH: '{head.author.unix}' },
  });
  assert.is(onlyBuild({ rule: 'E3' }).stamp?.values['EPOCH'], '1632201280');
});

test('what only a go command of our own can be told is said, not left out', () => {
  for (const override of [{ flags: ['-tags=x'] }, { stamps: { a: 'b' } }, { stamp: 'absent' as const }]) {
    const state = plan({ override }).projects[0]?.state;
    assert.ok(state?.kind === 'failure' && state.failure.reason === 'usage', JSON.stringify(state));
    assert.match(state.failure.message, Object.keys(override)[0] ?? '');
    assert.is(plan({ override, method: 'direct' }).projects[0]?.state.kind, 'planned');
  }
});

test('what changes the checkout or the Go goes for both', () => {
  const node = onlyBuild({ override: { stamp: 'clean', go: { version: '1.21.3', patches: [] } } });
  assert.equal(node.needs, ['toolchain go1.21.3', 'source org/tool']);
});

test.run();
