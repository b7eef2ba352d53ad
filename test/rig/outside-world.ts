import { execFileSync } from 'node:child_process';
import { setMaxListeners } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { Failure } from '../../orchestrator/core/failure.ts';
import { ok, type Result } from '../../orchestrator/core/result.ts';
import { asNodeId } from '../../orchestrator/plan/node-base.ts';
import type { ModulesNode, ToolchainNode, ToolchainSource } from '../../orchestrator/plan/node-go.ts';
import { fetchModules } from '../../orchestrator/task/go/modules.ts';
import type { Outputs } from '../../orchestrator/task/task.ts';
import { makeToolchain } from '../../orchestrator/task/toolchain/toolchain.ts';
import { createGitClones } from '../../orchestrator/tool/git/clones.ts';
import { hermeticGitEnvironment } from '../../orchestrator/tool/git/environment.ts';
import { findHostGo, type HostGo, installFolder } from '../../orchestrator/tool/go/go.ts';
import { createHttpClient } from '../../orchestrator/tool/http/http-client.ts';
import { noIsolation } from '../../orchestrator/tool/process/isolation.ts';
import { createRunProcess } from '../../orchestrator/tool/process/run-process.ts';
import { answers, type OutsideAnswer, startAnswering, strangeAnswers } from './answering.ts';
import { makeCertificates } from './certificates.ts';
import { addModule } from './module-proxy.ts';
import type { Defer } from './suite.ts';
import { writeFiles } from './world.ts';

/** What answers as it is told to, and what fetches from it. */
export interface OutsideWorld {
  readonly folder: string;
  /** A GOPROXY that has a toolchain and a module, as a folder, and by http: go takes a toolchain out of a folder unchecked. */
  readonly proxy: string;
  readonly served: string;
  readonly hostGo: HostGo;
  readonly urls: Readonly<Record<OutsideAnswer, string>>;
  /** The go.sum of who needs the module. */
  readonly sums: string;
}

export const run = createRunProcess({ isolation: noIsolation, now: () => performance.now() });
export const { signal } = new AbortController();
// Each of many that fetch at once hears of its end, as under a run's own.
setMaxListeners(0, signal);
export const send = createHttpClient({}, undefined);
export const environment = { HOME: '/nonexistent', PATH: process.env['PATH'] ?? '' };
const toolchain = { path: 'golang.org/toolchain', version: 'v0.0.1-go1.99.0.linux-amd64' };
const module = { path: 'example.com/m', version: 'v1.0.0' };

/** A program that needs the module. */
const needing = {
  'go.mod': `module example.com/tool\n\ngo 1.21\n\nrequire ${module.path} ${module.version}\n`,
  'main.go': `package main\n\nimport _ "${module.path}"\n\nfunc main() {}\n`,
};

/** Starts it; what is deferred ends it. */
export async function startOutside(defer: Defer): Promise<OutsideWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'answers-'));
  defer(() => rmSync(folder, { recursive: true }));
  const go = await findHostGo(run, { ...environment, HOME: folder }, folder);
  assert.ok(go.ok, JSON.stringify(go));
  const certificates = makeCertificates(join(folder, 'certificates'));
  const urls = {} as Record<OutsideAnswer, string>;
  for (const answer of [...answers, ...strangeAnswers, 'silence'] as const) {
    const answering = await startAnswering(answer, certificates.server);
    defer(() => answering.close());
    urls[answer] = answering.url;
  }
  addModule(join(folder, 'proxy'), { ...toolchain, files: { 'bin/go': 'go', 'pkg/tool/x': 'x' } });
  addModule(join(folder, 'proxy'), { ...module, files: { 'm.go': 'package m\n' } });
  const proxy = `file://${join(folder, 'proxy')}`;
  const server = createServer((request, response) => {
    const file = join(folder, 'proxy', new URL(request.url ?? '/', 'http://x').pathname);
    const isThere = existsSync(file);
    response.writeHead(isThere ? 200 : 404).end(isThere ? readFileSync(file) : '');
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  defer(() => server.close());
  const served = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const sums = sumsOf(go.value, folder, proxy);
  return { folder, proxy, served, hostGo: go.value, urls, sums };
}

/** What the go command itself writes into go.sum. */
function sumsOf({ program }: HostGo, folder: string, proxy: string): string {
  const place = join(folder, 'sums');
  writeFiles(place, needing);
  const own = {
    GOPATH: join(place, 'gopath'),
    GOCACHE: join(place, 'cache'),
    GOFLAGS: '-mod=mod -modcacherw',
  };
  execFileSync(program, ['list', '.'], {
    cwd: place,
    env: { ...environment, ...own, GOPROXY: proxy, GOSUMDB: 'off', GOTOOLCHAIN: 'local' },
  });
  return readFileSync(join(place, 'go.sum'), 'utf8');
}

/** A task's context in an empty folder, with real processes. */
function contextIn({ folder, hostGo }: OutsideWorld, name: string) {
  const place = mkdtempSync(join(folder, `${name}-`));
  const [output, scratch] = [join(place, 'output'), join(place, 'scratch')];
  for (const each of [output, scratch]) mkdirSync(each);
  mkdirSync(join(place, 'toolchain'));
  symlinkSync(installFolder(hostGo), join(place, 'toolchain', 'go'));
  return { place, output, scratch, run, signal, tree: (id: string) => join(place, id), progress: () => {} };
}

const goWith = ({ hostGo }: OutsideWorld, fetching: Readonly<Record<string, string>>) => ({
  hostGo: async () =>
    ok({ ...hostGo, fetching: { ...hostGo.fetching, GONOSUMDB: '', GOPRIVATE: '', ...fetching } }),
  fetchEnvironment: environment,
  send,
});

/** Has the toolchain task fetch Go 1.99.0. */
export function fetchGo(
  context: OutsideWorld,
  fetching: Readonly<Record<string, string>>,
  sources: readonly ToolchainSource[] = [{ kind: 'module-proxy' }],
): Promise<Result<Outputs, Failure>> {
  const node: ToolchainNode = {
    ...{ kind: 'toolchain', id: asNodeId('toolchain'), needs: [], title: '', projects: [] },
    ...{ version: '1.99.0', patches: [], sources },
  };
  const task = contextIn(context, 'toolchain');
  const gitEnv = hermeticGitEnvironment(environment.PATH);
  return makeToolchain(node, task, {
    ...goWith(context, fetching),
    host: 'linux/amd64' as const,
    clones: createGitClones({
      ...{ folder: join(task.place, 'git'), mirrors: {}, localEnv: gitEnv },
      remoteEnv: { ...environment, LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0' },
      withLock: (_, __, body) => body(),
    }),
    gitEnv,
  });
}

/** Has the modules task fetch what a program needs. */
export function fetchModule(
  context: OutsideWorld,
  fetching: Readonly<Record<string, string>>,
  sums: 'vouched' | 'unknown' = 'unknown',
): Promise<Result<Outputs, Failure>> {
  const task = contextIn(context, 'modules');
  writeFiles(join(task.place, 'source', 'source'), {
    ...needing,
    'go.sum': sums === 'vouched' ? context.sums : '',
  });
  const node: ModulesNode = {
    ...{ kind: 'modules', id: asNodeId('modules'), needs: [], title: '', projects: [] },
    ...{ toolchain: asNodeId('toolchain'), source: asNodeId('source'), goVersion: context.hostGo.version },
    ...{ module: '.', programs: [{ package: '.' }], vendors: false, platforms: ['linux/amd64'] },
    flags: ['-mod=mod'],
  };
  return fetchModules(node, task, { ...goWith(context, fetching), git: { program: '/usr/bin/git' } });
}
