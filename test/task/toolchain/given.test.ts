import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as assert from 'uvu/assert';
import { digestOf } from '../../../orchestrator/core/digest.ts';
import type { Failure } from '../../../orchestrator/core/failure.ts';
import { err, type Result } from '../../../orchestrator/core/result.ts';
import { asNodeId } from '../../../orchestrator/plan/node-base.ts';
import type { ToolchainNode, ToolchainSource } from '../../../orchestrator/plan/node-go.ts';
import type { TaskContext } from '../../../orchestrator/task/task.ts';
import { toolchainInputs } from '../../../orchestrator/task/toolchain/inputs.ts';
import { makeToolchain } from '../../../orchestrator/task/toolchain/toolchain.ts';
import { hermeticGitEnvironment } from '../../../orchestrator/tool/git/environment.ts';
import { createHttpClient } from '../../../orchestrator/tool/http/http-client.ts';
import { noIsolation } from '../../../orchestrator/tool/process/isolation.ts';
import { createRunProcess } from '../../../orchestrator/tool/process/run-process.ts';
import { digestOfFolder } from '../../../orchestrator/tool/tar/folder-digest.ts';
import { serveFolder } from '../../rig/package-repository.ts';
import { suite } from '../../rig/suite.ts';
import { writeFiles } from '../../rig/world.ts';
import { type FakeContext, fakeContext } from '../task-context.ts';

const test = suite('a Go of the user');
const path = process.env['PATH'] ?? '';
const never = () => {
  throw new Error('nothing is cloned');
};
const refusing: Failure = { reason: 'toolchain-unavailable', version: '1.20.5', detail: '403 Forbidden' };

function toolsWith(hostGo: Result<never, Failure>) {
  return {
    host: 'linux/amd64' as const,
    hostGo: async () => hostGo,
    fetchEnvironment: { PATH: path },
    clones: { ensure: never, update: never },
    gitEnv: hermeticGitEnvironment(path),
    send: createHttpClient({}, undefined),
  };
}

const nodeWith = (...sources: readonly ToolchainSource[]): ToolchainNode => ({
  kind: 'toolchain',
  id: asNodeId('toolchain go1.20.5'),
  needs: [],
  title: 'go 1.20.5',
  projects: ['org/tool'],
  version: '1.20.5',
  patches: [],
  sources,
});
const proxy: ToolchainSource = { kind: 'module-proxy' };

/** A GOROOT whose go command is a script, with a version of its own. */
function goroot(folder: string, version = '1.20.5'): string {
  writeFiles(folder, { 'src/os/a.go': 'package os\n', VERSION: `go${version}` });
  mkdirSync(join(folder, 'bin'));
  const script = `#!/bin/sh\necho go version go${version} linux/amd64\n`;
  writeFileSync(join(folder, 'bin', 'go'), script, { mode: 0o755 });
  return folder;
}

interface Place {
  readonly context: FakeContext;
  readonly given: string;
}
function newPlace(): Place {
  const context = fakeContext(() => undefined);
  return { context, given: join(context.folder, 'given') };
}

async function run({ context }: Place, node: ToolchainNode, failure = refusing) {
  const process_ = createRunProcess({ isolation: noIsolation, now: () => 0 });
  const tried: TaskContext = { ...context, run: process_ };
  const result = await makeToolchain(node, tried, toolsWith(err(failure)));
  const origin = join(context.output, 'toolchain.json');
  return {
    result,
    failure: result.ok ? undefined : result.error,
    origin: existsSync(origin) ? JSON.parse(readFileSync(origin, 'utf8')) : undefined,
    has: (name: string) => existsSync(join(context.output, 'go', name)),
  };
}

test('a folder is taken where the proxy has none, known by its content', async () => {
  const place = newPlace();
  const digest = await digestOfFolder(goroot(place.given));
  const source: ToolchainSource = { kind: 'goroot', folder: place.given, digest };
  const { result, origin, has } = await run(place, nodeWith(proxy, source));
  assert.ok(result.ok, JSON.stringify(result));
  assert.equal(result.ok && result.value.notes?.length, 1);
  assert.equal(origin, { goroot: digest });
  assert.ok(has('src/os/a.go'));
  const elsewhere = nodeWith(proxy, { ...source, folder: '/somewhere/else' });
  assert.equal(
    toolchainInputs(elsewhere, new Map(), 'linux/amd64'),
    toolchainInputs(nodeWith(proxy, source), new Map(), 'linux/amd64'),
  );
  assert.equal(toolchainInputs(elsewhere, new Map(), 'linux/amd64'), {
    ...{ recipe: 1, source: 'module-proxy', version: '1.20.5', host: 'linux/amd64' },
    others: [{ goroot: digest }],
  });
});

test('a folder that has changed since is not used', async () => {
  const place = newPlace();
  const digest = await digestOfFolder(goroot(place.given));
  writeFiles(place.given, { 'src/os/a.go': 'package evil\n' });
  const { failure } = await run(place, nodeWith(proxy, { kind: 'goroot', folder: place.given, digest }));
  assert.is(failure?.reason, 'digest-mismatch');
});

test('a folder with another Go is not used, and both reasons are told', async () => {
  const place = newPlace();
  const digest = await digestOfFolder(goroot(place.given, '1.20.6'));
  const { failure } = await run(place, nodeWith(proxy, { kind: 'goroot', folder: place.given, digest }));
  assert.ok(failure?.reason === 'toolchain-unavailable');
  assert.match(failure.detail, /403 Forbidden; .*calls itself "go version go1\.20\.6/);
});

test('what was forged is the end, whatever else there is', async () => {
  const place = newPlace();
  const digest = await digestOfFolder(goroot(place.given));
  const forged: Failure = { reason: 'module-mismatch', module: 'golang.org/toolchain', detail: 'sum' };
  const { failure } = await run(
    place,
    nodeWith(proxy, { kind: 'goroot', folder: place.given, digest }),
    forged,
  );
  assert.is(failure?.reason, 'module-mismatch');
});

function archiveOf(place: Place): { readonly from: string; readonly sha256: ReturnType<typeof digestOf> } {
  goroot(join(place.given, 'go'));
  const from = join(place.context.folder, 'go.tar.gz');
  execFileSync('tar', ['-czf', from, '-C', place.given, 'go']);
  return { from, sha256: digestOf(readFileSync(from)) };
}

test('an archive is unpacked, by path or URL, and checked', async () => {
  for (const isServed of [false, true]) {
    const place = newPlace();
    const { from: file, sha256 } = archiveOf(place);
    const served = isServed ? await serveFolder(place.context.folder) : undefined;
    const from = served === undefined ? file : `${served.url}/${basename(file)}?signature=x`;
    const { result, origin, has } = await run(place, nodeWith(proxy, { kind: 'archive', from, sha256 }));
    await served?.close();
    assert.ok(result.ok, JSON.stringify(result));
    assert.is(origin.archive, sha256);
    assert.ok(has('bin/go'));
  }
  const place = newPlace();
  const { from } = archiveOf(place);
  const { failure } = await run(
    place,
    nodeWith(proxy, { kind: 'archive', from, sha256: digestOf('another') }),
  );
  assert.is(failure?.reason, 'digest-mismatch');
});

test('sources are tried in order, until one has it', async () => {
  const place = newPlace();
  const { from, sha256 } = archiveOf(place);
  const missing: ToolchainSource = { kind: 'archive', from: '/no/such/file', sha256 };
  const { result, origin } = await run(place, nodeWith(proxy, missing, { kind: 'archive', from, sha256 }));
  assert.ok(result.ok, JSON.stringify(result));
  assert.is(origin.archive, sha256);
});

test('packages are unpacked over one another by bsdtar, and need no proxy', async () => {
  const place = newPlace();
  const files = ['golang-bin.rpm', 'golang-src.rpm'].map((name) => {
    writeFiles(place.given, { [name]: name });
    return { from: join(place.given, name), sha256: digestOf(name) };
  });
  const root = join(place.context.scratch, 'root', 'usr', 'lib', 'golang');
  const unpacked: string[] = [];
  const process_ = createRunProcess({ isolation: noIsolation, now: () => 0 });
  const context: TaskContext = {
    ...place.context,
    run: async (command) => {
      if (command.program !== 'bsdtar') return process_(command);
      unpacked.push(readFileSync(command.args[1] ?? '', 'utf8'));
      if (unpacked.length === 1) goroot(root);
      return { ...(await process_({ ...command, program: 'true', args: [] })) };
    },
  };
  const result = await makeToolchain(nodeWith({ kind: 'rpms', files }), context, toolsWith(err(refusing)));
  assert.ok(result.ok, JSON.stringify(result));
  assert.equal(unpacked, ['golang-bin.rpm', 'golang-src.rpm']);
  const origin = JSON.parse(readFileSync(join(place.context.output, 'toolchain.json'), 'utf8'));
  assert.equal(origin, { rpms: files.map((file) => file.sha256) });
});

test.run();
