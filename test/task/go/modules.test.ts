import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { asDigest } from '../../../orchestrator/core/digest.ts';
import { ok } from '../../../orchestrator/core/result.ts';
import { asNodeId } from '../../../orchestrator/plan/node-base.ts';
import type { ModulesNode } from '../../../orchestrator/plan/node-go.ts';
import { modulesInputs } from '../../../orchestrator/task/go/inputs.ts';
import { fetchModules } from '../../../orchestrator/task/go/modules.ts';
import type { Command, ProcessOutcome } from '../../../orchestrator/tool/process/process.ts';
import { writeFiles } from '../../rig/world.ts';
import { fakeContext } from '../task-context.ts';

const [toolchain, source] = [asNodeId('toolchain'), asNodeId('source')];

const node: ModulesNode = {
  kind: 'modules',
  id: asNodeId('modules org/tool'),
  needs: [toolchain, source],
  title: 'modules',
  projects: ['org/tool'],
  toolchain,
  source,
  goVersion: '1.21.10',
  module: 'sub',
  programs: [{ package: './cmd/tool' }],
  vendors: false,
  platforms: ['linux/amd64', 'windows/amd64'],
  flags: ['-mod=mod'],
};

const fetching = { GOPROXY: 'https://proxy.test.example', GOSUMDB: 'sum.test.example' };

function toolsWith(more: Readonly<Record<string, string>> = {}) {
  const hostGo = {
    program: '/host/go',
    version: '1.26.8',
    platform: 'linux/amd64',
    fetching: { ...fetching, ...more },
  };
  return {
    hostGo: async () => ok(hostGo),
    fetchEnvironment: { HOME: '/home/somebody', PATH: '/somewhere' },
    git: { program: '/opt/git/bin/git' },
  };
}

const file = 'cache/download/github.com/!azure/go-sdk/@v/v1.2.3-0.2024';

/** What `go mod download -json` says of modules that it has. */
function said({ args }: Command): Partial<ProcessOutcome> {
  const modules = args.slice(3).map((each) => each.split('@'));
  const objects = modules.map(([Path, Version]) => JSON.stringify({ Path, Version }, null, '\t'));
  return { stdout: objects.map((each) => `${each}\n`).join('') };
}

/** What `go list` leaves in a module cache. */
function downloads(command: Command): Partial<ProcessOutcome> | undefined {
  if (command.args[1] === 'download') return said(command);
  if (command.args[0] !== 'list') return undefined;
  const names = ['info', 'lock', 'mod', 'zip', 'ziphash'].map((kind) => `${file}.${kind}`);
  const others = ['cache/lock', 'cache/vcs/ab/HEAD', 'cache/download/sumdb/sum.test.example/latest'];
  const lists = [
    'cache/download/github.com/!azure/go-sdk/@v/list',
    'github.com/!azure/go-sdk@v1.2.3-0.2024/x.go',
  ];
  const onlyMod = 'cache/download/example.com/m/@v/v1.0.0.mod';
  const paths = [...names, ...others, ...lists, onlyMod];
  writeFiles(command.env['GOMODCACHE'] ?? '', Object.fromEntries(paths.map((path) => [path, path])));
  return undefined;
}

async function run(
  answer: (command: Command) => Partial<ProcessOutcome> | undefined,
  given: Partial<ModulesNode> = {},
  more: Readonly<Record<string, string>> = {},
  checkout: Readonly<Record<string, string>> = {},
  lacked?: string,
) {
  const made = fakeContext(answer, { toolchain: '/store/toolchain' }, { source: 'store' });
  const context = { ...made, lacked };
  mkdirSync(join(context.scratch, 'source', 'sub'), { recursive: true });
  writeFiles(join(context.folder, 'store', 'source', 'sub'), checkout);
  const result = await fetchModules({ ...node, ...given }, context, toolsWith(more));
  const left = readdirSync(context.output, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(context.output.length + 1))
    .sort();
  const contents = left.map((path) => readFileSync(join(context.output, path), 'utf8'));
  rmSync(context.folder, { recursive: true });
  return {
    commands: context.commands,
    left,
    contents,
    notes: result.ok ? (result.value.notes ?? []) : [],
    failure: result.ok ? undefined : result.error,
  };
}

test('what each platform loads is fetched by the pinned go, and checked again by the machine’s', async () => {
  const { commands, left, failure } = await run(downloads);
  assert.is(failure, undefined);
  const [copy, , linux, windows, check] = commands;
  assert.equal([copy?.program, copy?.args[1]?.endsWith('/store/source')], ['cp', true]);
  assert.equal(linux?.args, ['list', '-mod=mod', '-deps', './cmd/tool']);
  assert.is(linux?.program, '/store/toolchain/go/bin/go');
  assert.match(linux?.cwd ?? '', /\/scratch\/source\/sub$/);
  assert.equal(
    [linux, windows].map((each) => each?.env['GOOS']),
    ['linux', 'windows'],
  );
  const { GOFLAGS, GOENV, GOTOOLCHAIN, PATH, GOPROXY, HOME } = linux?.env ?? {};
  assert.equal(
    [GOFLAGS, GOENV, GOTOOLCHAIN, GOPROXY],
    ['-modcacherw', 'off', 'local', 'https://proxy.test.example'],
  );
  assert.equal([PATH, HOME], ['/store/toolchain/go/bin:/opt/git/bin:/usr/bin:/bin', '/home/somebody']);
  assert.is(check?.program, '/host/go');
  assert.equal(check?.args, ['mod', 'download', '-json', 'github.com/Azure/go-sdk@v1.2.3-0.2024']);
  assert.equal(
    left,
    [
      'cache/download/example.com/m/@v/v1.0.0.mod',
      `${file}.mod`,
      `${file}.ziphash`,
      'github.com/!azure/go-sdk@v1.2.3-0.2024/x.go',
    ].map((path) => `gopath/pkg/mod/${path}`),
  );
});

test('nothing is checked again where there is nothing, or where the user has no database', async () => {
  assert.is((await run(() => undefined)).commands.length, 4);
  assert.is((await run(downloads, {}, { GOSUMDB: 'off' })).commands.length, 4);
});

test('of many modules several commands ask at once, of each one, and what one of them is told counts', async () => {
  const names = Array.from({ length: 50 }, (_, at) => `example.com/m${at}`);
  const fetches = (command: Command) => {
    if (command.args[0] !== 'list') return said(command);
    const paths = names.flatMap((name) =>
      ['mod', 'zip', 'ziphash'].map((kind) => `cache/download/${name}/@v/v1.0.0.${kind}`),
    );
    writeFiles(command.env['GOMODCACHE'] ?? '', Object.fromEntries(paths.map((path) => [path, path])));
    return undefined;
  };
  const { commands, failure } = await run(fetches);
  assert.is(failure, undefined);
  const asked = commands.filter(({ args }) => args[1] === 'download').map(({ args }) => args.slice(3));
  assert.is(asked.length, 7);
  assert.equal(asked.flat().sort(), names.map((name) => `${name}@v1.0.0`).sort());
  const forged = await run((command) => {
    const bad = 'example.com/m33';
    if (command.args[0] === 'list' || !command.args.includes(`${bad}@v1.0.0`)) return fetches(command);
    const { stdout = '' } = said(command);
    const error = `verifying ${bad}@v1.0.0: checksum mismatch`;
    return {
      exitCode: 1,
      stdout: stdout.replace(`"Path": "${bad}"`, `"Error": "${error}",\n\t"Path": "${bad}"`),
    };
  });
  assert.ok(forged.failure?.reason === 'module-mismatch');
  assert.is(forged.failure.module, 'example.com/m33@v1.0.0');
  const cut = await run((command) =>
    command.args.includes('example.com/m49@v1.0.0')
      ? { exitCode: 1, stderr: 'dial tcp: i/o timeout' }
      : fetches(command),
  );
  assert.is(cut.failure?.reason, 'network');
});

test('Go 1.13 does not know -modcacherw', async () => {
  const { commands } = await run(downloads, { goVersion: '1.13.15' });
  assert.is(commands[2]?.env['GOFLAGS'], '');
});

/** What `go mod vendor` leaves in the module's folder, and in the module cache. */
function vendors(command: Command): Partial<ProcessOutcome> | undefined {
  if (command.args[1] === 'download') return said(command);
  if (command.args[1] !== 'vendor') return undefined;
  downloads({ ...command, args: ['list'] });
  writeFiles(command.cwd, { 'vendor/modules.txt': '', 'vendor/a.b/m/m.go': '', 'go.sum': 'sums' });
  return undefined;
}

test('where a vendor folder is compiled, it is what is kept, with go.mod and go.sum', async () => {
  const { commands, left, failure } = await run(vendors, { vendors: true, flags: [] });
  assert.is(failure, undefined);
  assert.equal(
    commands.slice(2).map(({ args }) => args.slice(0, 2)),
    [
      ['mod', 'vendor'],
      ['mod', 'download'],
    ],
  );
  assert.equal(left, ['module/go.sum', 'module/vendor/a.b/m/m.go', 'module/vendor/modules.txt']);
});

test('a module that is gone, and that only tests may need, does not keep the others from being vendored', async () => {
  const gone = { exitCode: 1, stderr: 'go: a.b/gone@v1.0.0: reading https://x: 410 Gone' };
  const answer = (command: Command) =>
    command.args[1] === 'vendor' && !command.args.includes('-e') ? gone : vendors(command);
  const { commands, failure } = await run(answer, { vendors: true, flags: [] });
  assert.is(failure, undefined);
  assert.equal(commands[3]?.args, ['mod', 'vendor', '-e']);
  const down = { exitCode: 1, stderr: 'dial tcp: i/o timeout' };
  const other = await run(({ args }) => (args[1] === 'vendor' ? down : undefined), { vendors: true });
  assert.is(other.failure?.reason, 'network');
  assert.is(other.commands.length, 3);
});

test('of what could not be had the last time it is asked first, alone and aside', async () => {
  const again = (answer: (command: Command) => Partial<ProcessOutcome> | undefined, lacked: string) =>
    run(answer, {}, {}, {}, lacked);
  const gone = { exitCode: 1, stderr: 'go: a.b/gone@v1.0.0: reading https://x: 404 Not Found' };
  const still = await again(() => gone, 'a.b/gone@v1.0.0');
  assert.equal(
    still.commands.map(({ program, args }) => [program, ...args]),
    [['/host/go', 'mod', 'download', '-json', 'a.b/gone@v1.0.0']],
  );
  assert.is(still.failure?.reason, 'module-unavailable');
  const [asked, ...others] = (await again(downloads, 'a.b/gone@v1.0.0')).commands;
  assert.is(others.length, 5);
  assert.ok(others.every(({ env }) => env['GOMODCACHE'] !== asked?.env['GOMODCACHE']));
  const down = { exitCode: 1, stderr: 'dial tcp: i/o timeout' };
  const cut = ({ args }: Command) => (args[1] === 'download' ? down : undefined);
  assert.is((await again(cut, 'a.b/gone@v1.0.0')).commands.length, 5, 'who cannot ask looks at all of it');
  for (const hint of ['of the build', '-x a.b/c@v1.0.0', '--modfile=a.b/c@v1.0.0', ''])
    assert.is((await again(() => undefined, hint)).commands.length, 4, hint);
});

const committed = {
  'go.mod': 'module a.b/tool',
  'go.sum': `a.b/m v1.2.0 h1:one=
a.b/m v1.2.0/go.mod h1:no=
c.d/Fork v0.1.0-RC.1 h1:two=
e.f/tests v1.0.0 h1:three=
`,
  'vendor/modules.txt': `# a.b/m v1.2.0
a.b/m
# c.d/orig v0.0.9 => c.d/Fork v0.1.0-RC.1
c.d/orig/x
# g.h/near v0.0.0 => ./near
g.h/near
`,
  'vendor/a.b/m/m.go': 'package m',
};

test('what a project vendored itself stands in for a module that is gone, with the sums of go.sum', async () => {
  const stderr = 'go: a.b/gone@v1.0.0: reading https://x: 403 Forbidden';
  const answer = (command: Command) => (command.args[0] === 'list' ? { exitCode: 1, stderr } : undefined);
  const { left, contents, notes, failure } = await run(answer, {}, {}, committed);
  assert.is(failure, undefined);
  const download = 'gopath/pkg/mod/cache/download';
  const folder = ['go.mod', 'go.sum', 'vendor/a.b/m/m.go', 'vendor/modules.txt'];
  assert.equal(left, [
    `${download}/a.b/m/@v/v1.2.0.ziphash`,
    `${download}/c.d/!fork/@v/v0.1.0-!r!c.1.ziphash`,
    ...folder.map((path) => `module/${path}`),
  ]);
  assert.equal(contents.slice(0, 3), ['h1:one=', 'h1:two=', 'module a.b/tool']);
  assert.match(
    notes.join(),
    'no checksum database vouches for: module a.b/gone@v1.0.0 could not be fetched on 2',
  );
  const without = await run(answer);
  assert.is(without.failure?.reason, 'module-unavailable');
  const down = { exitCode: 1, stderr: 'dial tcp: i/o timeout' };
  const other = await run(({ args }) => (args[0] === 'list' ? down : undefined), {}, {}, committed);
  assert.is(other.failure?.reason, 'network');
});

test("go's words are understood, and the first failure ends it", async () => {
  const failureFor = async (stderr: string) => {
    const { commands, failure } = await run((command) =>
      command.args[0] === 'list' ? { exitCode: 1, stderr } : undefined,
    );
    assert.is(commands.length, 3);
    return failure;
  };
  const gone = await failureFor('go: example.com/m/v2@v2.0.1: reading https://x/v2.0.1.mod: 410 Gone');
  assert.ok(gone?.reason === 'module-unavailable');
  assert.is(gone.module, 'example.com/m/v2@v2.0.1');
  assert.is(
    (await failureFor('go: a.b/m@v1.0.0: invalid version: unknown revision v1.0.0'))?.reason,
    'module-unavailable',
  );
  assert.is((await failureFor('verifying a.b/m@v1.0.0: checksum mismatch'))?.reason, 'module-mismatch');
  assert.is(
    (await failureFor('go: a.b/m@v1.0.0: Get "https://x": EOF: connection reset by peer'))?.reason,
    'network',
  );
  assert.is(
    (await failureFor('go: errors parsing go.mod:\ngo.mod:3: unknown directive: toolchain'))?.reason,
    'command-failed',
  );
});

test('the key changes with what is fetched, and with nothing else', () => {
  const needs = new Map([
    [toolchain, asDigest('a'.repeat(64))],
    [source, asDigest('b'.repeat(64))],
  ]);
  const key = (given: Partial<ModulesNode>) => JSON.stringify(modulesInputs({ ...node, ...given }, needs));
  const other = { title: 'x', projects: [], id: asNodeId('y'), goVersion: '1.21.11' };
  assert.is(key(other), key({}));
  const changed = [
    { module: '.' },
    { platforms: ['linux/amd64'] as const },
    { flags: [] },
    { programs: [] },
    { vendors: true },
  ].map(key);
  assert.is(new Set([key({}), ...changed]).size, 6);
});

test.run();
