import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson } from '../core/canonical-json.ts';
import type { Failure } from '../core/failure.ts';
import type { Platform } from '../core/platform.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { ToolchainNode } from '../plan/node.ts';
import { failureOf, isNetworkTrouble, lastLines } from '../tool/command-failure.ts';
import type { HostGo } from '../tool/go.ts';
import type { ProcessOutcome } from '../tool/process.ts';
import { succeeded } from '../tool/process.ts';
import type { Outputs, Task, TaskContext } from './task.ts';

export interface ToolchainOptions {
  /** The platform that compiles: the toolchain's own. */
  readonly host: Platform;
  readonly hostGo: () => Promise<Result<HostGo, Failure>>;
  /** What a fetching process may know of the user's environment: proxies, certificates, HOME, PATH. */
  readonly fetchEnvironment: Readonly<Record<string, string>>;
}

/**
 * The exact Go, fetched by the machine's go command as the module `golang.org/toolchain` and checked by it against the
 * checksum database. Errors: `toolchain-unavailable` where the proxy does not serve it, `network`.
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
  const platform = options.host.replace('/', '-');
  const command = {
    program: hostGo.value.program,
    args: ['version'],
    cwd: context.scratch,
    env: {
      ...options.fetchEnvironment,
      ...hostGo.value.fetching,
      GOENV: 'off',
      GOFLAGS: '-modcacherw',
      GOPATH: context.scratch,
      GOMODCACHE: join(context.scratch, 'pkg', 'mod'),
      GOTOOLCHAIN: `go${node.version}`,
    },
    network: 'allowed' as const,
    signal: context.signal,
  };
  context.progress(`fetching go${node.version}`);
  const outcome = await context.run(command);
  if (!succeeded(outcome)) return err(whyNoToolchain(node.version, outcome) ?? failureOf(command, outcome));
  const words = outcome.stdout.trim().split(' ');
  if (words[2] !== `go${node.version}` || words[3] !== options.host) {
    const detail = `the go command that was fetched calls itself ${JSON.stringify(outcome.stdout.trim())}`;
    return err({ reason: 'toolchain-unavailable', version: node.version, detail });
  }
  const name = `v0.0.1-go${node.version}.${platform}`;
  const modules = join(context.scratch, 'pkg', 'mod');
  const sum = await readFile(
    join(modules, 'cache', 'download', 'golang.org', 'toolchain', '@v', `${name}.ziphash`),
    'utf8',
  );
  await mkdir(context.output, { recursive: true });
  await rename(join(modules, 'golang.org', `toolchain@${name}`), join(context.output, 'go'));
  const origin = {
    module: 'golang.org/toolchain',
    version: name,
    sum: sum.trim(),
    checked: hostGo.value.fetching['GOSUMDB'] ?? '',
  };
  await writeFile(join(context.output, 'toolchain.json'), canonicalJson(origin));
  return ok({});
}

function whyNoToolchain(version: string, outcome: ProcessOutcome): Failure | undefined {
  if (outcome.aborted || outcome.spawnError !== undefined) return undefined;
  const detail = lastLines(outcome.stderr, 3);
  if (isNetworkTrouble(outcome.stderr)) return { reason: 'network', what: `fetching go${version}`, detail };
  if (/checksum mismatch|SECURITY ERROR/.test(outcome.stderr)) {
    return { reason: 'module-mismatch', module: `golang.org/toolchain (go${version})`, detail };
  }
  if (/toolchain not available|\b(403|404|410)\b|invalid toolchain/i.test(outcome.stderr)) {
    return { reason: 'toolchain-unavailable', version, detail };
  }
  return undefined;
}

/** Where a toolchain's tree has its GOROOT. */
export function gorootOf(tree: string): string {
  return join(tree, 'go');
}
