import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { asDigest } from '../../../orchestrator/core/digest.ts';
import { asNodeId } from '../../../orchestrator/plan/node-base.ts';
import type { ModulesNode } from '../../../orchestrator/plan/node-go.ts';
import { modulesInputs } from '../../../orchestrator/task/go/inputs.ts';
import type { Command, ProcessOutcome } from '../../../orchestrator/tool/process/process.ts';
import { writeFiles } from '../../rig/world.ts';
import { downloads, file, node, run, said, source, toolchain } from './fetching.ts';

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
