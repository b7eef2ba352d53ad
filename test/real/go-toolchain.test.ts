import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Failure } from '../../orchestrator/core/failure.ts';
import { err, type Result } from '../../orchestrator/core/result.ts';
import { asNodeId, type ToolchainNode, type ToolchainSource } from '../../orchestrator/plan/node.ts';
import { createToolchainTask } from '../../orchestrator/task/toolchain.ts';
import { digestOfFolder } from '../../orchestrator/tool/folder-digest.ts';
import { hermeticGitEnvironment } from '../../orchestrator/tool/git-environment.ts';
import type { HostGo } from '../../orchestrator/tool/go.ts';
import { findHostGo } from '../../orchestrator/tool/go.ts';
import { noIsolation } from '../../orchestrator/tool/isolation.ts';
import { createRunProcess } from '../../orchestrator/tool/run-process.ts';

/** A Go of an official release, once from the module proxy, once by folder, once compiled from the source in it. */
const version = '1.20.14';
const bootstrap = '1.18.10';

interface Taken {
  readonly folder: string;
  readonly goroot: string;
}
const test = suite<Taken>('a real Go');
const path = process.env['PATH'] ?? '';
const run = createRunProcess({ isolation: noIsolation, now: () => performance.now() });
const environment = Object.fromEntries(
  Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
);

async function take(
  folder: string,
  name: string,
  sources: readonly ToolchainSource[],
  hostGo?: () => Promise<Result<HostGo, Failure>>,
): Promise<string> {
  const task = createToolchainTask({
    host: 'linux/amd64',
    hostGo: hostGo ?? (() => findHostGo(run, environment, folder)),
    fetchEnvironment: environment,
    clones: { ensure: never, update: never },
    gitEnv: hermeticGitEnvironment(path),
  });
  const node: ToolchainNode = {
    ...{ kind: 'toolchain', id: asNodeId('toolchain'), needs: [], title: '', projects: [] },
    ...{ version, patches: [], sources },
  };
  const [output, scratch] = [join(folder, name, 'output'), join(folder, name, 'scratch')];
  for (const each of [output, scratch]) mkdirSync(each, { recursive: true });
  const { signal } = new AbortController();
  const tree = never;
  const made = await task.run(node, { output, scratch, run, signal, tree, progress: () => {} });
  assert.ok(made.ok, JSON.stringify(made));
  return join(output, 'go');
}

function never(): never {
  throw new Error('this is not needed');
}

/** A program that links half of the standard library, and its bytes. */
function compile(goroot: string, folder: string): string {
  const source = join(folder, 'hello');
  mkdirSync(source, { recursive: true });
  writeFileSync(join(source, 'go.mod'), 'module test.example/hello\n\ngo 1.20\n');
  writeFileSync(
    join(source, 'main.go'),
    'package main\n\nimport "net/http"\n\nfunc main() { _ = http.ListenAndServe(":0", nil) }\n',
  );
  const file = join(folder, 'program');
  const cache = mkdtempSync(join(folder, 'cache-'));
  execFileSync(join(goroot, 'bin', 'go'), ['build', '-trimpath', '-ldflags', '-s -w -buildid=', '-o', file], {
    cwd: source,
    env: {
      ...{ CGO_ENABLED: '0', GOCACHE: cache, GOENV: 'off', GOFLAGS: '', GOPROXY: 'off', GOROOT: goroot },
      ...{ GOTOOLCHAIN: 'local', HOME: folder, PATH: path },
    },
  });
  return readFileSync(file).toString('base64');
}

test.before(async (taken) => {
  const folder = mkdtempSync(join(tmpdir(), 'real-go-'));
  const goroot = await take(folder, 'proxy', [{ kind: 'module-proxy' }]);
  Object.assign(taken, { folder, goroot });
});

test.after(({ folder }) => {
  execFileSync('chmod', ['-R', 'u+w', folder]);
  rmSync(folder, { recursive: true });
});

const unreachable = async (): Promise<Result<HostGo, Failure>> =>
  err({ reason: 'missing-program', program: 'go', help: '' });

test('a folder of the user compiles the same program, and needs no go on the machine', async (taken) => {
  const { folder, goroot } = taken;
  const digest = await digestOfFolder(goroot);
  const source: ToolchainSource = { kind: 'goroot', folder: goroot, digest };
  const copy = await take(folder, 'folder', [{ kind: 'module-proxy' }, source], unreachable);
  assert.is(await digestOfFolder(copy), digest);
  assert.ok(compile(copy, folder) === compile(goroot, folder), 'the program has other bytes');
});

test('compiled from its source by an older Go, it compiles the same program', async (taken) => {
  const { folder, goroot } = taken;
  const source = join(folder, 'source');
  execFileSync('cp', ['-a', goroot, source]);
  for (const name of ['bin', 'pkg/tool']) rmSync(join(source, name), { recursive: true });
  chmodSync(source, 0o755);
  const digest = await digestOfFolder(source);
  const from = { folder: source, digest };
  const made = await take(folder, 'compiled', [{ kind: 'source', from, bootstrap }]);
  assert.ok(existsSync(join(made, 'pkg', 'tool', 'linux_amd64', 'compile')));
  assert.ok(compile(made, folder) === compile(goroot, folder), 'the program has other bytes');
  const origin = JSON.parse(readFileSync(join(made, '..', 'toolchain.json'), 'utf8'));
  assert.equal([origin.source, origin.bootstrap.version], [digest, `v0.0.1-go${bootstrap}.linux-amd64`]);
});

test.run();
