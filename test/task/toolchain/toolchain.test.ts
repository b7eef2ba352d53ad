import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ok } from '../../../orchestrator/core/result.ts';
import { asNodeId } from '../../../orchestrator/plan/node-base.ts';
import type { ToolchainNode } from '../../../orchestrator/plan/node-go.ts';
import { toolchainInputs } from '../../../orchestrator/task/toolchain/inputs.ts';
import { makeToolchain } from '../../../orchestrator/task/toolchain/toolchain.ts';
import type { Command, ProcessOutcome } from '../../../orchestrator/tool/process/process.ts';
import { writeFiles } from '../../rig/world.ts';
import { fakeContext } from '../task-context.ts';

const node: ToolchainNode = {
  kind: 'toolchain',
  id: asNodeId('toolchain go1.21.10'),
  needs: [],
  title: 'go 1.21.10',
  projects: ['org/tool'],
  version: '1.21.10',
  patches: [],
  sources: [{ kind: 'module-proxy' }],
};

const hostGo = {
  program: '/usr/lib/go/bin/go',
  version: '1.26.8',
  platform: 'linux/amd64',
  fetching: { GOPROXY: 'https://proxy.test.example', GOSUMDB: 'sum.test.example' },
};

const never = () => {
  throw new Error('nothing is cloned');
};
const noClones = { ensure: never, update: never };

const toolsOn = (version: string) => ({
  host: 'linux/amd64' as const,
  hostGo: async () => ok({ ...hostGo, version }),
  clones: noClones,
  gitEnv: {},
  fetchEnvironment: { HOME: '/home/somebody', PATH: '/home/somebody/go/bin' },
  send: never,
});
const tools = toolsOn('1.26.8');

/** What the archive of the module leaves in the module cache. */
function download(command: Command): void {
  const cache = command.env['GOMODCACHE'] ?? '';
  const goroot = join(cache, 'golang.org/toolchain@v0.0.1-go1.21.10.linux-amd64');
  const names = [
    'VERSION',
    'bin/go',
    'pkg/tool/linux_amd64/link',
    'lib/wasm/go_js_wasm_exec',
    'lib/wasm/x.js',
  ];
  const files = [...names, 'src/_go.mod', 'src/cmd/_go.mod', 'src/main.go'];
  writeFiles(goroot, Object.fromEntries(files.map((name) => [name, name])));
  writeFiles(join(cache, 'cache/download/golang.org/toolchain/@v'), {
    'v0.0.1-go1.21.10.linux-amd64.ziphash': 'h1:abc=\n',
  });
}

const says = (stdout: string) => (command: Command) => {
  if (command.network === 'none') return { stdout };
  download(command);
  return undefined;
};

async function run(answer: (command: Command) => Partial<ProcessOutcome> | undefined, by = tools) {
  const context = fakeContext(answer);
  const result = await makeToolchain(node, context, by);
  return { context, result, failure: result.ok ? undefined : result.error };
}

test('the machine’s go switches to it, whatever is on PATH, and it is made runnable as go does', async () => {
  const { context, result } = await run(says('go version go1.21.10 linux/amd64\n'));
  assert.ok(result.ok, JSON.stringify(result));
  const [fetch, version] = context.commands;
  assert.equal(fetch?.args, ['version']);
  const { GOTOOLCHAIN, GOENV, PATH } = fetch?.env ?? {};
  assert.equal([fetch?.network, GOTOOLCHAIN, GOENV, PATH], ['allowed', 'go1.21.10', 'off', '']);
  assert.equal(readFileSync(join(fetch?.cwd ?? '', 'go.mod'), 'utf8'), 'module fetch\n');
  assert.is(version?.program, join(context.output, 'go/bin/go'));
  assert.equal([version?.network, version?.env['PATH']], ['none', undefined]);
  const modeOf = (path: string) => statSync(join(context.output, 'go', path)).mode & 0o111;
  assert.equal(
    ['bin/go', 'pkg/tool/linux_amd64/link', 'lib/wasm/go_js_wasm_exec', 'lib/wasm/x.js', 'VERSION'].map(
      modeOf,
    ),
    [0o111, 0o111, 0o111, 0, 0],
  );
  assert.is(readFileSync(join(context.output, 'go/src/go.mod'), 'utf8'), 'src/_go.mod');
  assert.is(readFileSync(join(context.output, 'go/src/cmd/go.mod'), 'utf8'), 'src/cmd/_go.mod');
  assert.not.ok(existsSync(join(context.output, 'go/go.mod')));
  assert.equal(JSON.parse(readFileSync(join(context.output, 'toolchain.json'), 'utf8')), {
    module: 'golang.org/toolchain',
    version: 'v0.0.1-go1.21.10.linux-amd64',
    sum: 'h1:abc=',
    checked: 'sum.test.example',
  });
  rmSync(context.folder, { recursive: true });
});

test('the version that the machine’s go is itself is downloaded as a module', async () => {
  const { context, result } = await run(says('go version go1.21.10 linux/amd64\n'), toolsOn('1.21.10'));
  assert.ok(result.ok, JSON.stringify(result));
  const [fetch] = context.commands;
  assert.equal(fetch?.args, ['mod', 'download', 'golang.org/toolchain@v0.0.1-go1.21.10.linux-amd64']);
  assert.is(fetch?.env['GOTOOLCHAIN'], 'local');
  rmSync(context.folder, { recursive: true });
});

test('one that calls itself otherwise is not used', async () => {
  const { failure } = await run(says('go version go1.21.9 linux/amd64\n'));
  assert.ok(failure?.reason === 'toolchain-unavailable');
  assert.match(failure.detail, '"go version go1.21.9 linux/amd64"');
});

test("go's words are understood", async () => {
  const reading =
    'go: golang.org/toolchain@v0.0.1-go1.21.10.linux-amd64: reading https://proxy.test.example/x.info';
  const reasonFor = async (stderr: string) => (await run(() => ({ exitCode: 1, stderr }))).failure?.reason;
  assert.is(
    await reasonFor(`${reading}: 403 Forbidden\n\tserver response: not available`),
    'toolchain-unavailable',
  );
  assert.is(await reasonFor(`${reading}: 404 Not Found`), 'toolchain-unavailable');
  assert.is(await reasonFor(`${reading}: 503 Service Unavailable`), 'network');
  assert.is(await reasonFor('Get "https://x": dial tcp 192.0.2.1:443: i/o timeout'), 'network');
  assert.is(
    await reasonFor('verifying golang.org/toolchain@x: checksum mismatch\nSECURITY ERROR'),
    'module-mismatch',
  );
  assert.is(await reasonFor('go: write /x: no space left on device'), 'disk-full');
  assert.is(await reasonFor('panic: something else'), 'fetch-failed');
});

test('the key holds the version and the platform, and no place', () => {
  assert.equal(toolchainInputs(node, new Map(), 'linux/amd64'), {
    recipe: 1,
    source: 'module-proxy',
    version: '1.21.10',
    host: 'linux/amd64',
  });
});

test.run();
