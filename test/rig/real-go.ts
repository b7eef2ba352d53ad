import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { Failure } from '../../orchestrator/core/failure.ts';
import type { Result } from '../../orchestrator/core/result.ts';
import { asNodeId } from '../../orchestrator/plan/node-base.ts';
import type { ToolchainNode, ToolchainSource } from '../../orchestrator/plan/node-go.ts';
import { makeToolchain } from '../../orchestrator/task/toolchain/toolchain.ts';
import { hermeticGitEnvironment } from '../../orchestrator/tool/git/environment.ts';
import type { HostGo } from '../../orchestrator/tool/go/go.ts';
import { findHostGo } from '../../orchestrator/tool/go/go.ts';
import { createHttpClient } from '../../orchestrator/tool/http/http-client.ts';
import { noIsolation } from '../../orchestrator/tool/process/isolation.ts';
import { createRunProcess } from '../../orchestrator/tool/process/run-process.ts';
import { unsparing } from './go-tools.ts';

/** The Go that is taken, an official release. */
const version = '1.20.14';

/** A Go from the module proxy, and a folder for others. */
export interface Taken {
  readonly folder: string;
  readonly goroot: string;
}

const path = process.env['PATH'] ?? '';
const run = createRunProcess({ isolation: noIsolation, now: () => performance.now() });
const environment = Object.fromEntries(
  Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
);

/** Has the toolchain task take a Go into `<folder>/<name>`, and gives its GOROOT. */
export async function takeGo(
  folder: string,
  name: string,
  sources: readonly ToolchainSource[],
  hostGo?: () => Promise<Result<HostGo, Failure>>,
): Promise<string> {
  const tools = {
    host: 'linux/amd64' as const,
    hostGo: hostGo ?? (() => findHostGo(run, environment, folder)),
    fetchEnvironment: environment,
    send: createHttpClient({}, undefined),
    clones: { ensure: never, update: never },
    gitEnv: hermeticGitEnvironment(path),
  };
  const node: ToolchainNode = {
    ...{ kind: 'toolchain', id: asNodeId('toolchain'), needs: [], title: '', projects: [] },
    ...{ version, patches: [], sources },
  };
  const [output, scratch] = [join(folder, name, 'output'), join(folder, name, 'scratch')];
  for (const each of [output, scratch]) mkdirSync(each, { recursive: true });
  const { signal } = new AbortController();
  const tree = never;
  const context = { output, scratch, run, signal, tree, progress: () => {} };
  const made = await makeToolchain(node, context, tools);
  assert.ok(made.ok, JSON.stringify(made));
  return join(output, 'go');
}

function never(): never {
  throw new Error('this is not needed');
}

/** Removes a folder, and what a Go module cache or a read-only tree below it keeps from being removed. */
export function removeReadOnly(folder: string): void {
  execFileSync('chmod', ['-R', 'u+w', folder]);
  rmSync(folder, { recursive: true });
}

/** What takes a third of Go's packages: runtime, reflection, texts. */
const large = 'package main\n\nimport "encoding/json"\n\nfunc main() { _, _ = json.Marshal(nil) }\n';

/** What takes little more than the runtime. */
export const small = 'package main\n\nimport "strconv"\n\nfunc main() { println(strconv.Quote("a")) }\n';

/** A program, compiled with all that it takes of the standard library, and its bytes. */
export function compileWith(goroot: string, folder: string, main = large): string {
  const source = join(folder, 'hello');
  mkdirSync(source, { recursive: true });
  writeFileSync(join(source, 'go.mod'), 'module test.example/hello\n\ngo 1.20\n');
  writeFileSync(join(source, 'main.go'), main);
  const file = join(folder, 'program');
  const cache = mkdtempSync(join(folder, 'cache-'));
  execFileSync(join(goroot, 'bin', 'go'), ['build', '-trimpath', '-ldflags', '-s -w -buildid=', '-o', file], {
    cwd: source,
    env: {
      ...{ CGO_ENABLED: '0', GOCACHE: cache, GOENV: 'off', GOFLAGS: '', GOPROXY: 'off', GOROOT: goroot },
      ...{ GOTOOLCHAIN: 'local', HOME: folder, PATH: path, ...unsparing },
    },
  });
  return readFileSync(file).toString('base64');
}
