import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import * as assert from 'uvu/assert';
import { ok } from '../../../orchestrator/core/result.ts';
import { createGoHelper, type GoHelperOptions } from '../../../orchestrator/tool/go/helper.ts';
import type { Command } from '../../../orchestrator/tool/process/process.ts';
import { suite } from '../../rig/suite.ts';

const test = suite<{ folder: string; source: string; commands: Command[] }>('programs of ours in Go');
test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'go-helper-'));
  context.source = join(context.folder, 'looker');
  context.commands = [];
  mkdirSync(context.source);
  for (const name of ['go.mod', 'main.go', 'notes.md']) writeFileSync(join(context.source, name), 'first\n');
});
test.after.each(({ folder }) => rmSync(folder, { recursive: true }));

const { signal } = new AbortController();

/** A go that makes an empty file, or fails. */
function options(
  { folder, source, commands }: { folder: string; source: string; commands: Command[] },
  given: Partial<GoHelperOptions> & { readonly version?: string; readonly fails?: () => boolean } = {},
): GoHelperOptions {
  const { version = '1.26.8', fails = () => false, ...others } = given;
  return {
    ...{ source, folder: join(folder, 'kept') },
    hostGo: async () =>
      ok({
        program: '/go/bin/go',
        version,
        platform: 'linux/amd64',
        fetching: { GOPROXY: 'https://p.example' },
      }),
    run: async (command) => {
      commands.push(command);
      const exitCode = fails() ? 1 : 0;
      if (exitCode === 0) writeFileSync(command.args[command.args.indexOf('-o') + 1] ?? '', '');
      const said = { stdout: '', stderr: 'main.go:1:1: wrong' };
      return { ...said, exitCode, signal: undefined, spawnError: undefined, aborted: false, seconds: 0 };
    },
    ...others,
  };
}

test('is compiled once for each text of its source and each Go, and is found by the next process', async (context) => {
  const made = async (given?: Parameters<typeof options>[1]): Promise<string> => {
    const program = await createGoHelper(options(context, given))(signal);
    if (!program.ok) throw new Error(JSON.stringify(program));
    return program.value;
  };
  const first = await made();
  assert.match(basename(first), /^looker-[0-9a-f]{32}$/);
  assert.is(await made(), first);
  writeFileSync(join(context.source, 'notes.md'), 'second\n');
  assert.is(await made(), first);
  assert.is(context.commands.length, 1);
  assert.is.not(await made({ version: '1.27.0' }), first);
  writeFileSync(join(context.source, 'main.go'), 'second\n');
  assert.is.not(await made(), first);
  assert.is(readdirSync(join(context.folder, 'kept')).length, 3, 'nothing else is left');
});

test('is compiled without a network, unless it needs modules', async (context) => {
  await createGoHelper(options(context))(signal);
  const fetches = { what: 'a module', environment: { HTTPS_PROXY: 'http://proxy.example' } };
  await createGoHelper(options({ ...context, folder: join(context.folder, 'other') }, { fetches }))(signal);
  const [plain, fetching] = context.commands;
  assert.equal(
    [plain?.network, plain?.env['GOPROXY'], plain?.env['HTTPS_PROXY']],
    ['none', 'off', undefined],
  );
  assert.equal(
    [fetching?.network, fetching?.env['GOPROXY'], fetching?.env['HTTPS_PROXY'], fetching?.env['GOFLAGS']],
    ['allowed', 'https://p.example', 'http://proxy.example', '-mod=readonly -modcacherw'],
  );
});

test('after a failure the next one tries again', async (context) => {
  let isBroken = true;
  const helper = createGoHelper(options(context, { fails: () => isBroken }));
  const failed = await helper(signal);
  assert.is(failed.ok ? '' : failed.error.reason, 'command-failed');
  isBroken = false;
  assert.ok((await helper(signal)).ok);
  await helper(signal);
  assert.is(context.commands.length, 2);
});

test.run();
