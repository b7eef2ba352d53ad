import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ok } from '../../../orchestrator/core/result.ts';
import { createLicenseClassifier } from '../../../orchestrator/task/licenses/classifier.ts';
import { classifierVersion } from '../../../orchestrator/task/licenses/inputs.ts';
import type { Command, ProcessOutcome } from '../../../orchestrator/tool/process/process.ts';
import { keepOutput } from '../task-context.ts';

const packageFolder = fileURLToPath(new URL('../../../', import.meta.url));
const { signal } = new AbortController();

const printed = {
  schema: 1,
  texts: [{ path: '/a/LICENSE', percent: 100, matches: [{ id: 'MIT', size: 9, isUrl: false }] }],
  sources: [{ path: '/a/a.go', comments: [{ ids: ['ISC'], text: 'terms' }] }],
};

function open(compiling: Partial<ProcessOutcome> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'classifier-'));
  const commands: Command[] = [];
  const plain = {
    exitCode: 0,
    signal: undefined,
    spawnError: undefined,
    aborted: false,
    stdout: '',
    stderr: '',
  };
  const create = () =>
    createLicenseClassifier({
      ...{ packageFolder, folder, fetchEnvironment: { HOME: '/home/somebody', PATH: '/somewhere' } },
      hostGo: async () =>
        ok({
          ...{ program: '/host/go/bin/go', version: '1.26.8', platform: 'linux/amd64' },
          fetching: { GOPROXY: 'https://proxy.test.example', GOSUMDB: 'sum.test.example' },
        }),
      run: async (command) => {
        commands.push(command);
        if (command.args[0] !== 'build') {
          return keepOutput(command, { ...plain, seconds: 0, stdout: JSON.stringify(printed) });
        }
        if (compiling.exitCode === undefined)
          writeFileSync(command.args[command.args.indexOf('-o') + 1] ?? '', '');
        return { ...plain, seconds: 0, ...compiling };
      },
    });
  return { folder, commands, create, close: () => rmSync(folder, { recursive: true }) };
}

test('the program is compiled once, by a go that may fetch and keeps to go.sum', async () => {
  const { commands, create, folder, close } = open();
  const first = create();
  const found = await first.identify(['/a/LICENSE'], ['/a/a.go'], signal);
  await first.identify([], [], signal);
  await create().identify([], [], signal);
  assert.equal(
    found,
    ok({ texts: printed.texts, comments: [{ path: '/a/a.go', names: ['ISC'], text: 'terms' }] }),
  );
  const [compiling, running, ...more] = commands;
  assert.equal([compiling?.network, compiling?.env['GOPROXY']], ['allowed', 'https://proxy.test.example']);
  assert.match(compiling?.env['GOFLAGS'] ?? '', '-mod=readonly');
  assert.is(compiling?.env['GOENV'], 'off');
  assert.equal([running?.network, running?.env], ['none', { LC_ALL: 'C' }]);
  assert.is(running?.input, '{"texts":["/a/LICENSE"],"sources":["/a/a.go"]}');
  assert.equal(
    more.map(({ program }) => program),
    [running?.program, running?.program],
  );
  assert.is(readdirSync(folder).length, 1);
  close();
});

test('a network that fails is the network’s fault, anything else the command’s; the next try starts anew', async () => {
  const lost = open({ exitCode: 1, stderr: 'go: licensecheck: dial tcp: lookup proxy: no such host' });
  const classifier = lost.create();
  const failed = await classifier.identify([], [], signal);
  assert.is(failed.ok ? '' : failed.error.reason, 'network');
  await classifier.identify([], [], signal);
  assert.is(lost.commands.length, 2);
  assert.equal(readdirSync(lost.folder), []);
  lost.close();
  const broken = open({ exitCode: 1, stderr: 'main.go:1:1: syntax error' });
  const other = await broken.create().identify([], [], signal);
  assert.is(other.ok ? '' : other.error.reason, 'command-failed');
  broken.close();
});

test('the version in keys is the one that is compiled', () => {
  const goMod = readFileSync(join(packageFolder, 'orchestrator/task/licenses/licensecheck/go.mod'), 'utf8');
  assert.ok(goMod.includes(`require ${classifierVersion}\n`));
});

test.run();
