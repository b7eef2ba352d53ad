import { readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { asNodeId } from '../../orchestrator/plan/node-base.ts';
import type { ScriptBuildNode, ScriptedPrograms } from '../../orchestrator/plan/node-script.ts';
import { runScripts } from '../../orchestrator/task/script/build.ts';
import { type Isolation, noIsolation, probeIsolation } from '../../orchestrator/tool/process/isolation.ts';
import { createRunProcess } from '../../orchestrator/tool/process/run-process.ts';
import { buildByScripts, canMount } from '../rig/kubernetes-oracle.ts';
import { buildByScriptTask, runScriptBuilds } from '../rig/kubernetes-script-builds.ts';
import {
  buildDirectly,
  type KubernetesWorld,
  kubernetesWorld,
  removeWorld,
} from '../rig/kubernetes-world.ts';
import { suite } from '../rig/suite.ts';
import { writeFiles } from '../rig/world.ts';
import { fakeContext } from '../task/task-context.ts';

/** A project's own scripts, as a task; every era of them, on every platform, is in `test/slow/kubernetes-platforms.test.ts`. */
const test = suite<{ world: KubernetesWorld; expected: ReadonlyMap<string, string> }>(
  "Kubernetes' own scripts",
);

if (!canMount()) {
  test('are left out: this machine lets nobody mount anything', () => undefined);
} else {
  test.before(async (context, defer) => {
    context.world = await kubernetesWorld({ tag: 'v1.27.6', go: '1.20.14', platforms: ['darwin/amd64'] });
    defer(() => removeWorld(context.world));
    context.expected = buildByScripts(context.world);
  });

  test("make what they made at upstream's path, and go commands of our own make the same", async ({
    world,
    expected,
  }) => {
    assert.is(expected.size, 1);
    assert.equal(await buildByScriptTask(world), expected);
    assert.equal(await buildDirectly(world), expected);
  });

  const naive: readonly (readonly [string, (node: ScriptedPrograms) => Partial<ScriptBuildNode>])[] = [
    [
      'another version in the version file',
      ({ stamp }) =>
        stamp === undefined
          ? {}
          : { stamp: { ...stamp, values: { ...stamp.values, KUBE_GIT_MINOR: '27+' } } },
    ],
    ['another path', () => ({ at: '/home/prow/elsewhere' })],
  ];
  for (const [what, change] of naive) {
    test(`${what} makes another program`, async ({ world, expected }) => {
      const found = await buildByScriptTask(world, (node) => ({ ...node, ...change(node) }));
      assert.equal([...found.keys()], [...expected.keys()]);
      assert.is.not(found.get('darwin/amd64 kubectl'), expected.get('darwin/amd64 kubectl'));
    });
  }

  test('without a tool that they call they fail, and say which', async ({ world }) => {
    const [ran] = await runScriptBuilds(world, (node) => {
      return { ...node, tools: node.tools.filter(({ name }) => name !== 'dirname') };
    });
    assert.ok(ran?.result.ok === false && ran.result.error.reason === 'command-failed');
    assert.match(ran.result.error.output, /dirname: command not found/);
  });
}

/** What a script says that tries to reach a server of this process. */
async function reach(isolation: Isolation, port: number): Promise<string> {
  const [toolchain, source] = [asNodeId('toolchain'), asNodeId('source')];
  const node: ScriptBuildNode = {
    ...{
      kind: 'script-build',
      id: asNodeId('script-build org/tool'),
      title: '',
      projects: [],
      toolchain,
      source,
    },
    ...{ needs: [], tools: [{ name: 'bash' }], environment: {}, outputs: [{ from: 'said', to: 'said' }] },
    commands: [
      ['bash', '-c', `(exec 3<>/dev/tcp/127.0.0.1/${port}) && echo reached >said || echo alone >said`],
    ],
  };
  const context = fakeContext(() => undefined, { toolchain: '/nowhere' }, { source: 's' });
  writeFiles(context.folder, { 's/facts.json': '{}', 's/source/file': '' });
  const tools = { gitEnv: {}, searchPath: '/usr/bin:/bin' };
  const result = await runScripts(
    node,
    { ...context, run: createRunProcess({ isolation, now: Date.now }) },
    tools,
  );
  assert.ok(result.ok, JSON.stringify(result));
  const said = readFileSync(join(context.output, 'said'), 'utf8').trim();
  rmSync(context.folder, { recursive: true });
  return said;
}

test('have no network where the machine can keep them from it', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    assert.is(await reach(noIsolation, port), 'reached');
    const run = createRunProcess({ isolation: noIsolation, now: Date.now });
    const isolation = await probeIsolation(run, process.env['PATH'] ?? '');
    if (isolation.network === 'namespace') assert.is(await reach(isolation, port), 'alone');
  } finally {
    server.close();
    server.closeAllConnections();
  }
});

test.run();
