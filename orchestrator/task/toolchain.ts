import { chmod, copyFile, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson } from '../core/canonical-json.ts';
import type { Failure } from '../core/failure.ts';
import type { Platform } from '../core/platform.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { ToolchainNode } from '../plan/node.ts';
import { failureOf, isNetworkTrouble, lastLines } from '../tool/command-failure.ts';
import type { HostGo } from '../tool/go.ts';
import type { Command, ProcessOutcome } from '../tool/process.ts';
import { succeeded } from '../tool/process.ts';
import { emptyModule } from './empty-module.ts';
import type { Outputs, Task, TaskContext } from './task.ts';

export interface ToolchainOptions {
  /** The platform that compiles: the toolchain's own. */
  readonly host: Platform;
  readonly hostGo: () => Promise<Result<HostGo, Failure>>;
  /** What a fetching process may know of the user's environment: proxies, certificates, HOME, PATH. */
  readonly fetchEnvironment: Readonly<Record<string, string>>;
}

const module = 'golang.org/toolchain';

/**
 * The exact Go, fetched by the machine's go command as the module `golang.org/toolchain` and checked by it against the
 * checksum database. Errors: `toolchain-unavailable` where the proxy does not serve it, `module-mismatch`, `network`.
 */
export function createToolchainTask(options: ToolchainOptions): Task<ToolchainNode> {
  return {
    inputs: (node) => ({ recipe: 1, source: 'module-proxy', version: node.version, host: options.host }),
    run: (node, context) => fetchToolchain(node, context, options),
  };
}

async function fetchToolchain(
  node: ToolchainNode,
  context: TaskContext,
  options: ToolchainOptions,
): Promise<Result<Outputs, Failure>> {
  const hostGo = await options.hostGo();
  if (!hostGo.ok) return hostGo;
  const { program, fetching } = hostGo.value;
  const name = `v0.0.1-go${node.version}.${options.host.replace('/', '-')}`;
  const modules = join(context.scratch, 'pkg', 'mod');
  const env = {
    ...options.fetchEnvironment,
    ...fetching,
    GOENV: 'off',
    GOFLAGS: '-modcacherw',
    GOMODCACHE: modules,
    GOPATH: context.scratch,
  };
  const { args, settings } =
    hostGo.value.version === node.version ? downloading(name) : switching(node.version);
  const command: Command = {
    program,
    args,
    env: { ...env, ...settings },
    cwd: await emptyModule(context.scratch),
    network: 'allowed',
    signal: context.signal,
  };
  context.progress(`fetching go${node.version}`);
  const outcome = await context.run(command);
  if (!succeeded(outcome)) return err(whyNoToolchain(node.version, outcome) ?? failureOf(command, outcome));
  await mkdir(context.output, { recursive: true });
  const goroot = gorootOf(context.output);
  const fetched = join(modules, 'golang.org', `toolchain@${name}`);
  await makeRunnable(fetched);
  await rename(fetched, goroot);
  const wrong = await whyNotThat(node.version, goroot, context, options);
  if (wrong !== undefined) return err(wrong);
  const sum = await readFile(join(modules, 'cache', 'download', module, '@v', `${name}.ziphash`), 'utf8');
  const origin = { module, version: name, sum: sum.trim(), checked: fetching['GOSUMDB'] ?? '' };
  await writeFile(join(context.output, 'toolchain.json'), canonicalJson(origin));
  return ok({});
}

interface Fetch {
  readonly args: readonly string[];
  readonly settings: Readonly<Record<string, string>>;
}

/** The go command's own way to another version of itself: it reads nothing but the archive, which a proxy may serve alone. */
function switching(version: string): Fetch {
  // It would take a go1.21.10 from PATH where there is one.
  return { args: ['version'], settings: { GOTOOLCHAIN: `go${version}`, PATH: '' } };
}

/** For the version that the machine's go is itself, which it would not fetch: what a distribution made of it is another. */
function downloading(name: string): Fetch {
  return { args: ['mod', 'download', `${module}@${name}`], settings: { GOTOOLCHAIN: 'local' } };
}

/**
 * Gives the files of a toolchain's module what a module's archive cannot hold, as the go command does with a toolchain that
 * it switches to (`Exec` in cmd/go/internal/toolchain/select.go): executable bits, and go.mod files, which stand there as `_go.mod`.
 * Folders may be read-only, and could not be moved.
 */
async function makeRunnable(goroot: string): Promise<void> {
  await chmod(goroot, 0o755);
  const entries = await readdir(goroot, { recursive: true, withFileTypes: true });
  const present = new Set(entries.map((entry) => join(entry.parentPath, entry.name)));
  for (const entry of entries) {
    if (entry.isDirectory()) await chmod(join(entry.parentPath, entry.name), 0o755);
    if (!entry.isFile()) continue;
    const folder = `${entry.parentPath.slice(goroot.length + 1)}/`;
    const path = join(entry.parentPath, entry.name);
    const plain = join(entry.parentPath, 'go.mod');
    if (entry.name === '_go.mod' && !present.has(plain)) await copyFile(path, plain);
    const isProgram = folder.startsWith('bin/') || folder.startsWith('pkg/tool/');
    const isWrapper = folder.startsWith('lib/') && /^go_.+_.+_exec$/.test(entry.name);
    if (isProgram || isWrapper) await chmod(path, 0o755);
  }
}

/** Why what was fetched is not the go command that was asked for; undefined where it is. */
async function whyNotThat(
  version: string,
  goroot: string,
  context: TaskContext,
  { host }: ToolchainOptions,
): Promise<Failure | undefined> {
  const command: Command = {
    program: join(goroot, 'bin', 'go'),
    args: ['version'],
    cwd: context.scratch,
    env: { GOENV: 'off', GOROOT: goroot, GOTOOLCHAIN: 'local', HOME: context.scratch, LC_ALL: 'C' },
    network: 'none',
    signal: context.signal,
  };
  const outcome = await context.run(command);
  if (!succeeded(outcome)) return failureOf(command, outcome);
  const said = outcome.stdout.trim();
  if (said === `go version go${version} ${host}`) return undefined;
  const detail = `the go command that was fetched calls itself ${JSON.stringify(said)}`;
  return { reason: 'toolchain-unavailable', version, detail };
}

function whyNoToolchain(version: string, outcome: ProcessOutcome): Failure | undefined {
  if (outcome.aborted || outcome.spawnError !== undefined) return undefined;
  const detail = lastLines(outcome.stderr, 3);
  if (isNetworkTrouble(outcome.stderr)) return { reason: 'network', what: `fetching go${version}`, detail };
  if (/checksum mismatch|SECURITY ERROR/.test(outcome.stderr)) {
    return { reason: 'module-mismatch', module: `${module} (go${version})`, detail };
  }
  if (/\b(403|404|410)\b|not found|unknown revision|invalid version/i.test(outcome.stderr)) {
    return { reason: 'toolchain-unavailable', version, detail };
  }
  return undefined;
}

/** Where a toolchain's tree has its GOROOT. */
export function gorootOf(tree: string): string {
  return join(tree, 'go');
}
