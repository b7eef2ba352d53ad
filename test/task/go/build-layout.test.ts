import { existsSync, mkdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { asDigest } from '../../../orchestrator/core/digest.ts';
import { asRelativePath } from '../../../orchestrator/core/relative-path.ts';
import { asNodeId } from '../../../orchestrator/plan/node-base.ts';
import type { GoBuildNode } from '../../../orchestrator/plan/node-go.ts';
import { buildPrograms, type GoBuildOptions } from '../../../orchestrator/task/go/build.ts';
import { goBuildInputs } from '../../../orchestrator/task/go/inputs.ts';
import type { Command, ProcessOutcome } from '../../../orchestrator/tool/process/process.ts';
import { diskFolder } from '../../rig/disk-folder.ts';
import { writeFiles } from '../../rig/world.ts';
import { fakeContext } from '../task-context.ts';

const [toolchain, source] = [asNodeId('toolchain'), asNodeId('source')];
const link = { gopath: asRelativePath('_output/local/go'), package: asRelativePath('k8s.io/kubernetes') };
const below = '_output/local/go/src/k8s.io/kubernetes';

const node: GoBuildNode = {
  kind: 'go-build',
  id: asNodeId('go-build kubernetes/kubernetes linux/amd64'),
  needs: [toolchain, source],
  title: 'linux/amd64',
  projects: ['kubernetes/kubernetes'],
  toolchain,
  source,
  modules: source,
  goVersion: '1.20.8',
  module: '.',
  platform: 'linux/amd64',
  programs: [{ package: 'k8s.io/kubernetes/cmd/kubelet' }],
  vendors: false,
  flags: ['-trimpath', '-gcflags=all=-trimpath={directory} ', '-asmflags=-trimpath={checkout}'],
  ldflags: ['-s', '-buildid=""'],
  environment: {},
  layout: { mode: 'modules', link },
};

const options = { buildCache: '/cache', git: { program: '/usr/bin/git', env: {} } };

async function run(
  given: Partial<GoBuildNode>,
  answer: (command: Command) => Partial<ProcessOutcome> | undefined = writes,
  links?: NonNullable<GoBuildOptions['links']>,
) {
  const context = fakeContext(answer);
  writeFiles(context.folder, { 's/facts.json': '{}' });
  mkdirSync(join(context.scratch, 'source'));
  writeFileSync(join(context.scratch, 'source', 'go.mod'), 'of the checkout');
  const tree = (id: string) => (id === 'source' ? join(context.folder, 's') : '/t');
  const own = links === undefined ? options : { ...options, links };
  const result = await buildPrograms({ ...node, ...given }, { ...context, tree }, own);
  const notes = result.ok ? result.value.notes : undefined;
  return { context, build: context.commands.at(-1), failure: result.ok ? undefined : result.error, notes };
}

function writes(command: Command): undefined {
  if (command.args[0] === 'build') writeFileSync(command.args.at(-2) ?? '', 'a program');
  return undefined;
}

test('go is run by the name of a link that leads back to the checkout, and is told so', async () => {
  const { context, build } = await run({});
  const checkout = join(context.scratch, 'source');
  const directory = join(checkout, below);
  assert.is(readlinkSync(directory), '../../../../..');
  assert.is(readFileSync(join(directory, 'go.mod'), 'utf8'), 'of the checkout');
  assert.equal([build?.cwd, build?.env['PWD']], [directory, directory]);
  assert.equal(build?.args.slice(1, 4), [
    ...['-trimpath', `-gcflags=all=-trimpath=${directory} `, `-asmflags=-trimpath=${checkout}`],
  ]);
  assert.is(build?.env['GOPATH'], join(checkout, '_output/local/go'));
  assert.is(build?.env['GO111MODULE'], 'on');
  assert.equal([build?.env['GOPROXY'], build?.network, build?.mounted], ['off', 'none', undefined]);
  rmSync(context.folder, { recursive: true });
});

test('without modules, they are off', async () => {
  const { context, build } = await run({ layout: { mode: 'gopath', link } });
  assert.is(build?.env['GO111MODULE'], 'off');
  rmSync(context.folder, { recursive: true });
});

test("upstream's path is where the checkout is seen, and what flags and go are told", async () => {
  const { context, build } = await run({ layout: { mode: 'modules', link, at: '/up/stream' } });
  assert.equal([build?.cwd, build?.env['PWD']], [`/up/stream/${below}`, `/up/stream/${below}`]);
  assert.is(build?.args[2], `-gcflags=all=-trimpath=/up/stream/${below} `);
  assert.is(build?.env['GOPATH'], '/up/stream/_output/local/go');
  assert.equal([build?.mounted?.folder, build?.mounted?.at], [join(context.scratch, 'source'), '/up/stream']);
  rmSync(context.folder, { recursive: true });
});

test('a machine that cannot show it there says so, and no other failure is taken for that', async () => {
  const at = { layout: { mode: 'modules' as const, at: '/up/stream' } };
  const refused = await run(at, (command) =>
    command.args[0] === 'build' ? { exitCode: undefined, spawnError: 'not permitted' } : undefined,
  );
  assert.equal(refused.failure, { reason: 'path-unavailable', path: '/up/stream', detail: 'not permitted' });
  const broken = await run(at, (command) => (command.args[0] === 'build' ? { exitCode: 1 } : undefined));
  assert.is(broken.failure?.reason, 'command-failed');
  for (const { context } of [refused, broken]) rmSync(context.folder, { recursive: true });
});

test('where nothing can be mounted it is a link, for the time of the command', async () => {
  const folder = diskFolder('build-layout-');
  const at = join(folder, 'up', 'stream');
  const links = {
    folder: join(folder, 'links'),
    withLock: <T>(_name: string, _signal: AbortSignal, body: () => Promise<T>) => body(),
    whyNoMounts: async () => 'not permitted' as string | undefined,
  };
  const layout = { mode: 'modules' as const, link, at };
  const seen: string[] = [];
  const answer = (command: Command) => {
    if (command.args[0] === 'build')
      seen.push(readlinkSync(at), readFileSync(join(command.cwd, 'go.mod'), 'utf8'));
    return writes(command);
  };
  const linked = await run({ layout }, answer, links);
  assert.is(linked.failure, undefined);
  assert.equal(seen, [join(linked.context.scratch, 'source'), 'of the checkout']);
  assert.equal([linked.build?.cwd, linked.build?.env['PWD']], [join(at, below), join(at, below)]);
  assert.is(linked.build?.args[2], `-gcflags=all=-trimpath=${join(at, below)} `);
  assert.is(linked.build?.mounted, undefined);
  assert.equal(linked.notes, [`${at} was a symbolic link: not permitted.`]);
  assert.not.ok(existsSync(join(folder, 'up')));

  const taken = await run({ layout: { ...layout, at: folder } }, answer, links);
  assert.equal(taken.failure, {
    reason: 'path-unavailable',
    path: folder,
    detail: 'nothing can be mounted (not permitted), and no link made: something is there already',
  });
  assert.is(seen.length, 2);

  const mounts = await run({ layout }, writes, { ...links, whyNoMounts: async () => undefined });
  assert.is(mounts.build?.mounted?.at, at);
  assert.equal(mounts.notes, []);
  for (const { context } of [linked, taken, mounts]) rmSync(context.folder, { recursive: true });
  rmSync(folder, { recursive: true });
});

test('another Go than the one that the checkout names is noted, where its scripts read that', async () => {
  const said = async (text: string, given: Partial<GoBuildNode>) => {
    const folder = diskFolder('build-layout-');
    writeFiles(folder, { 'facts.json': '{}', 'source/.go-version': text });
    const context = fakeContext(writes);
    mkdirSync(join(context.scratch, 'source'));
    const tree = (id: string) => (id === 'source' ? folder : '/t');
    const built = await buildPrograms({ ...node, ...given }, { ...context, tree }, options);
    for (const each of [folder, context.folder]) rmSync(each, { recursive: true });
    return built.ok ? built.value.notes : built.error;
  };
  const goFile = '.go-version';
  assert.equal(await said('1.22.2\n', { goFile, goVersion: '1.22.3' }), [
    "The checkout's .go-version names Go 1.22.2, which its own scripts take; it was built with Go 1.22.3.",
  ]);
  assert.equal(await said('1.22.3\n', { goFile, goVersion: '1.22.3' }), []);
  assert.equal(await said('go1.22.3', { goFile, goVersion: '1.22.3' }), []);
  assert.equal(await said('\n', { goFile, goVersion: '1.22.3' }), []);
  assert.equal(await said('1.22.2\n', { goVersion: '1.22.3' }), []);
});

test('the key has the layout, and no place of this machine', () => {
  const needs = new Map([toolchain, source].map((id, at) => [id, asDigest(`${at}`.repeat(64))]));
  const key = (layout: GoBuildNode['layout']) => {
    const { layout: _, ...plain } = node;
    return JSON.stringify(goBuildInputs({ ...plain, ...(layout === undefined ? {} : { layout }) }, needs));
  };
  const layouts: GoBuildNode['layout'][] = [
    undefined,
    { mode: 'modules' },
    { mode: 'gopath' },
    { mode: 'modules', link },
    { mode: 'modules', at: '/up/stream' },
    { mode: 'modules', at: '/up/river' },
  ];
  assert.is(new Set(layouts.map(key)).size, layouts.length);
});

test.run();
