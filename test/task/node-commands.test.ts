import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { asRelativePath } from '../../orchestrator/core/relative-path.ts';
import { asNodeId, type NodeId } from '../../orchestrator/plan/node-base.ts';
import type { GoBuildNode } from '../../orchestrator/plan/node-go.ts';
import type { ScriptBuildNode } from '../../orchestrator/plan/node-script.ts';
import { buildPrograms } from '../../orchestrator/task/go/build.ts';
import { type CompilingNode, knownOf, stepsOf } from '../../orchestrator/task/node-commands.ts';
import { runScripts } from '../../orchestrator/task/script/build.ts';
import type { Command } from '../../orchestrator/tool/process/process.ts';
import { writeFiles } from '../rig/world.ts';
import { type FakeContext, fakeContext } from './task-context.ts';

/** What is shown of a node is what its task runs. */
const [toolchain, source, modules] = ['toolchain', 'source', 'modules'].map(asNodeId) as [
  NodeId,
  NodeId,
  NodeId,
];

const direct: GoBuildNode = {
  ...{
    kind: 'go-build',
    id: asNodeId('go-build org/tool'),
    title: '',
    projects: [],
    toolchain,
    source,
    modules,
  },
  ...{
    needs: [],
    goVersion: '1.23.1',
    module: '.',
    platform: 'linux/amd64',
    vendors: false,
    environment: {},
  },
  programs: [{ package: './cmd/*' }],
  flags: ['-trimpath', '-mod=mod', '-gcflags={directory}'],
  ldflags: ['-X', 'main.version={head}'],
};

const scripted: ScriptBuildNode = {
  ...{
    kind: 'script-build',
    id: asNodeId('script-build org/tool'),
    title: '',
    projects: [],
    toolchain,
    source,
  },
  ...{ needs: [], tools: [], outputs: [], environment: { A: '{head} {checkout}' }, at: '/up/stream' },
  commands: [['go', 'x{tag}'], ['./y.sh']],
  stamp: { file: 'FILE', values: { VERSION: '{head}' } },
};

const link = { gopath: asRelativePath('go'), package: asRelativePath('k8s.io/k') };
const git = { program: '/opt/git/git', env: { GIT_A: '1' } };

function contextOf(files: Readonly<Record<string, string>>): FakeContext {
  const context = fakeContext(() => undefined, { toolchain: '/t' }, { source: 's', modules: 'm' });
  writeFiles(context.folder, {
    's/facts.json': JSON.stringify({ tag: 'v1', head: 'abc' }),
    's/source/cmd/one/main.go': 'package main\n',
    's/source/cmd/two/main.go': 'package main\n',
    // The copy, which nothing makes here.
    'scratch/source/cmd/one/main.go': 'package main\n',
    'scratch/source/cmd/two/main.go': 'package main\n',
    ...files,
  });
  return context;
}

async function commandsRun(node: CompilingNode, context: FakeContext): Promise<readonly Command[]> {
  if (node.kind === 'script-build') {
    await runScripts(node, context, { gitEnv: git.env, searchPath: '/bin' });
  } else {
    await buildPrograms(node, context, { buildCache: '/cache', git });
  }
  return context.commands.map(({ signal: _, ...command }) => command);
}

const cases: readonly (readonly [
  what: string,
  node: CompilingNode,
  files?: Readonly<Record<string, string>>,
])[] = [
  ['plain', direct],
  ['one program', { ...direct, programs: [{ package: './cmd/one' }] }],
  ['a module of its own', { ...direct, module: 'cmd', programs: [{ package: './one' }] }],
  ['vendored', { ...direct, vendors: true }, { 'm/module/vendor/modules.txt': '' }],
  ['vendored, and needing nothing', { ...direct, vendors: true }],
  ['with the vendor folder of the project', direct, { 'm/module/vendor/modules.txt': '' }],
  ['laid out', { ...direct, modules: source, layout: { mode: 'gopath', link } }],
  ['at a path', { ...direct, modules: source, layout: { mode: 'modules', link, at: '/up/stream' } }],
  ['by scripts', scripted],
  ['by scripts anywhere', { ...scripted, stamp: { values: { VERSION: '{head}' } } }],
];
for (const [what, node, files = {}] of cases) {
  test(`${what}: the commands that are shown are those that are run`, async () => {
    const context = contextOf(files);
    const known = await knownOf(
      node,
      (id) => context.tree(id),
      () => 'unknown',
    );
    const { scratch, output, tree } = context;
    const folders = {
      scratch,
      output,
      tree,
      git: dirname(git.program),
      buildCache: '/cache',
      gitEnv: git.env,
    };
    const steps = stepsOf(node, known, folders);
    const shown = steps.flatMap((step) => (step.kind === 'command' ? [step.command] : []));
    const ran = await commandsRun(node, context);
    assert.ok(ran.length > 2);
    assert.equal(shown, ran);
    rmSync(context.folder, { recursive: true });
  });
}

test('of a source that is not there patterns are left, and names stand for what it would say', async () => {
  const known = await knownOf(
    direct,
    () => undefined,
    ({ name }) => `$${name.toUpperCase()}`,
  );
  assert.equal([known.programs, known.mode], [undefined, undefined]);
  const folders = {
    tree: (id: NodeId) => `$${id}`,
    scratch: '$S',
    output: '$O',
    git: '$G',
    buildCache: '$C',
    gitEnv: {},
  };
  const [command] = stepsOf(direct, known, folders).flatMap((step) =>
    step.kind === 'command' && step.command.args[0] === 'build' ? [step.command] : [],
  );
  assert.is(command?.program, join('$toolchain', 'go', 'bin', 'go'));
  assert.equal(command?.args.slice(-5), ['-ldflags', '-X main.version=$HEAD', '-o', '$O/', './cmd/*']);
});

test('what the task does between its commands is there in its place', async () => {
  const folders = {
    tree: (id: NodeId) => `$${id}`,
    scratch: '$S',
    output: '$O',
    git: '$G',
    buildCache: '$C',
    gitEnv: {},
  };
  const kinds = async (node: CompilingNode): Promise<readonly unknown[]> => {
    const known = await knownOf(
      node,
      () => undefined,
      () => '$X',
    );
    return stepsOf(node, known, folders).map((step) =>
      step.kind === 'command' ? step.command.program : step,
    );
  };
  const go = '$toolchain/go/bin/go';
  assert.equal(await kinds({ ...direct, vendors: true }), [
    'cp',
    'chmod',
    { kind: 'removal', path: '$S/source/vendor' },
    'cp',
    go,
  ]);
  assert.equal(await kinds({ ...direct, layout: { mode: 'gopath', link } }), [
    ...['cp', 'chmod'],
    { kind: 'link', path: '$S/source/go/src/k8s.io/k', target: '../../..' },
    go,
  ]);
  assert.equal(await kinds(scripted), [
    { kind: 'file', path: '$S/version', text: "VERSION='$X'\n" },
    ...['cp', 'chmod', '/bin/sh', '/bin/sh'],
  ]);
});

test.run();
