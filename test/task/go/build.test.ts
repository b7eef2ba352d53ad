import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { asDigest } from '../../../orchestrator/core/digest.ts';
import { asNodeId } from '../../../orchestrator/plan/node-base.ts';
import type { GoBuildNode } from '../../../orchestrator/plan/node-go.ts';
import { buildPrograms } from '../../../orchestrator/task/go/build.ts';
import { goBuildInputs } from '../../../orchestrator/task/go/inputs.ts';
import type { Command, ProcessOutcome } from '../../../orchestrator/tool/process/process.ts';
import { writeFiles } from '../../rig/world.ts';
import { fakeContext } from '../task-context.ts';

const [toolchain, source, modules] = ['toolchain', 'source', 'modules'].map(asNodeId) as [
  ReturnType<typeof asNodeId>,
  ReturnType<typeof asNodeId>,
  ReturnType<typeof asNodeId>,
];

const node: GoBuildNode = {
  kind: 'go-build',
  id: asNodeId('go-build org/tool linux/arm64'),
  needs: [toolchain, source, modules],
  title: 'linux/arm64',
  projects: ['org/tool'],
  toolchain,
  source,
  modules,
  goVersion: '1.21.10',
  module: '.',
  platform: 'linux/arm64',
  programs: [{ package: './cmd/one' }, { name: 'other', package: './cmd/two' }],
  vendors: false,
  flags: ['-trimpath', '-installsuffix', 'cgo'],
  ldflags: ['-s', '-X', 'main.date={head.date}'],
  environment: {},
};

const tools = {
  buildCache: '/cache/go-build',
  git: {
    program: '/opt/git/bin/git',
    env: { GIT_CONFIG_GLOBAL: '/dev/null', PATH: '/not/this', HOME: '/dev/null' },
  },
};

const facts = {
  tag: 'v1',
  commit: 'c',
  head: 'h',
  headCommitterDate: '2024-05-01T12:00:00-07:00',
  headUnixTime: 1,
};

async function run(
  given: Partial<GoBuildNode>,
  answer: (command: Command) => Partial<ProcessOutcome> | undefined,
  files: Readonly<Record<string, string>> = {},
) {
  const context = fakeContext(answer);
  writeFiles(context.folder, { 's/facts.json': JSON.stringify(facts), ...files });
  mkdirSync(join(context.scratch, 'source'));
  const tree = (id: string) =>
    ({ toolchain: '/t', source: join(context.folder, 's') })[id] ?? join(context.folder, 'm');
  const result = await buildPrograms({ ...node, ...given }, { ...context, tree }, tools);
  rmSync(context.folder, { recursive: true });
  return { context, build: context.commands.at(-1), failure: result.ok ? undefined : result.error };
}

/** Writes programs as `go build -o` does. */
const writes =
  (...names: readonly string[]) =>
  (command: Command): undefined => {
    const target = command.args[command.args.indexOf('-o') + 1] ?? '';
    if (command.args[0] !== 'build') return undefined;
    for (const name of names) writeFileSync(target.endsWith('/') ? `${target}${name}` : target, name);
    return undefined;
  };

test('all programs of a module are one go command, without a network and with nothing inherited', async () => {
  const { context, build, failure } = await run({}, writes('one', 'other'));
  assert.equal(failure, undefined);
  assert.equal(build?.args, [
    ...['build', '-trimpath', '-installsuffix', 'cgo', '-ldflags', '-s -X main.date=2024-05-01T12:00:00Z'],
    ...['-o', `${context.output}/`, './cmd/one', './cmd/two'],
  ]);
  assert.equal([build?.program, build?.network], ['/t/go/bin/go', 'none']);
  const { PATH, GOMODCACHE, GOPATH, GOCACHE, GOPROXY, GOSUMDB, GOARCH, CGO_ENABLED, GIT_CONFIG_GLOBAL } =
    build?.env ?? {};
  const gopath = join(context.folder, 'm/gopath');
  assert.equal([GOPATH, GOMODCACHE, GOCACHE], [gopath, `${gopath}/pkg/mod`, '/cache/go-build']);
  assert.equal([GOPROXY, GOSUMDB, GOARCH, CGO_ENABLED], ['off', 'off', 'arm64', '0']);
  assert.equal([PATH, GIT_CONFIG_GLOBAL], ['/t/go/bin:/opt/git/bin:/usr/bin:/bin', '/dev/null']);
});

test('a single program is named by its file: also where its folder is called otherwise', async () => {
  const programs = [{ name: 'csi', package: '.' }];
  const { context, build } = await run({ programs, platform: 'windows/amd64' }, writes('csi.exe'));
  assert.equal(build?.args.slice(-3), ['-o', join(context.output, 'csi.exe'), '.']);
});

test('a module in a subfolder is built there', async () => {
  const { build } = await run({ module: 'server' }, writes('one', 'other'));
  assert.match(build?.cwd ?? '', /\/scratch\/source\/server$/);
});

test('what was vendored is laid over the module, and used where there is any', async () => {
  const flags = ['-trimpath', '-mod=vendor'];
  const laid = await run({ vendors: true, flags }, writes('one', 'other'), {
    'm/module/vendor/modules.txt': '',
  });
  assert.equal(laid.context.commands.at(-2)?.args, [
    '-a',
    `${join(laid.context.folder, 'm/module')}/.`,
    laid.build?.cwd,
  ]);
  assert.equal(laid.build?.args.slice(1, 3), flags);
  assert.match(laid.build?.env['GOMODCACHE'] ?? '', /\/scratch\/gopath\/pkg\/mod$/);
  const none = await run({ vendors: true, flags }, writes('one', 'other'), { 'm/module/go.mod': '' });
  assert.equal(none.build?.args.slice(1, 3), ['-trimpath', '-mod=mod']);
});

test('what the project vendored itself is built from, with its sums', async () => {
  const files = { 'm/module/vendor/modules.txt': '', 'm/gopath/pkg/mod/cache/download/x': '' };
  const { build, context } = await run({ flags: ['-trimpath', '-mod=mod'] }, writes('one', 'other'), files);
  assert.equal(build?.args.slice(1, 3), ['-trimpath', '-mod=vendor']);
  assert.is(build?.env['GOMODCACHE'], join(context.folder, 'm/gopath/pkg/mod'));
  const old = { goVersion: '1.13.15', flags: ['-trimpath', '-tags', 'x'] };
  const { build: other } = await run(old, writes('one', 'other'), files);
  assert.equal(other?.args.slice(1, 5), ['-trimpath', '-mod=vendor', '-tags', 'x']);
});

test('Go 1.13 shares no build cache', async () => {
  const { build } = await run({ goVersion: '1.13.15' }, writes('one', 'other'));
  assert.match(build?.env['GOCACHE'] ?? '', /\/scratch\/go-build$/);
});

test('several programs with names of their own: go writes folder names, so a name that is none is missing', async () => {
  const { failure } = await run({}, writes('one', 'two'));
  assert.ok(failure?.reason === 'missing-output');
  assert.is(failure.file, 'other');
});

test('a go command that fails is told as it was called', async () => {
  const { failure } = await run({}, (command) =>
    command.args[0] === 'build' ? { exitCode: 2, stderr: 'undefined: x' } : undefined,
  );
  assert.ok(failure?.reason === 'command-failed');
  assert.match(failure.command, "-ldflags '-s -X main.date=2024-05-01T12:00:00Z' -o ");
});

test('the key is made of what the programs depend on, and of no name or place', () => {
  const needs = new Map([toolchain, source, modules].map((id, at) => [id, asDigest(`${at}`.repeat(64))]));
  const key = (given: Partial<GoBuildNode>) => JSON.stringify(goBuildInputs({ ...node, ...given }, needs));
  assert.is(key({ title: 'x', projects: [], id: asNodeId('x'), goVersion: '1' }), key({}));
  const changed = [
    { platform: 'linux/amd64' as const },
    { flags: [] },
    { ldflags: [] },
    { environment: { CGO_ENABLED: '1' } },
    { module: 'sub' },
    { programs: [] },
  ].map(key);
  assert.is(new Set([key({}), ...changed]).size, 7);
  assert.not.match(key({}), /cache|opt/);
});

test.run();
