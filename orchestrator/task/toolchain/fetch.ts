import { chmod, copyFile, mkdir, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Json } from '../../core/canonical-json.ts';
import { withoutUrlCredentials } from '../../core/credentials.ts';
import type { Failure } from '../../core/failure.ts';
import type { Platform } from '../../core/platform.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { bytesAt, watching } from '../../tool/file/watch.ts';
import { type HostGo, installFolder, proxyHelp } from '../../tool/go/go.ts';
import type { Send } from '../../tool/http/http-client.ts';
import { fetchFailureOf } from '../../tool/process/fetch-failure.ts';
import type { Command, ProcessOutcome } from '../../tool/process/process.ts';
import { succeeded } from '../../tool/process/process.ts';
import { runWatched } from '../../tool/process/stalled.ts';
import type { TaskContext } from '../task.ts';
import { emptyModule } from './empty-module.ts';

/** With what toolchains are fetched. */
export interface ToolchainOptions {
  /** The platform that compiles: the toolchain's own. */
  readonly host: Platform;
  readonly hostGo: () => Promise<Result<HostGo, Failure>>;
  /** What a fetching process may know of the user's environment: proxies, certificates, HOME, PATH. */
  readonly fetchEnvironment: Readonly<Record<string, string>>;
  /** What archives and packages are fetched by. */
  readonly send: Send;
}

/** Where a GOROOT goes, which is not there yet, and an empty folder for what leads to it. */
export interface GorootPlace {
  readonly version: string;
  readonly goroot: string;
  readonly scratch: string;
}

const module = 'golang.org/toolchain';

/**
 * Lets the machine's go command fetch a Go as the module `golang.org/toolchain` and check it against the checksum database.
 * Gives where it came from. Errors: `toolchain-unavailable` where the proxy does not serve it, `module-mismatch`, `usage` where a
 * setting of Go forbids it, those of fetching, those of `hostGo`.
 */
export async function fetchFromProxy(
  { version, goroot, scratch }: GorootPlace,
  context: TaskContext,
  options: ToolchainOptions,
): Promise<Result<Json, Failure>> {
  const hostGo = await options.hostGo();
  if (!hostGo.ok) return hostGo;
  const { program, fetching } = hostGo.value;
  const name = `v0.0.1-go${version}.${options.host.replace('/', '-')}`;
  const modules = join(scratch, 'pkg', 'mod');
  const env = {
    ...options.fetchEnvironment,
    ...fetching,
    GOENV: 'off',
    GOFLAGS: '-modcacherw',
    GOMODCACHE: modules,
    GOPATH: scratch,
  };
  const { args, settings } = hostGo.value.version === version ? downloading(name) : switching(version);
  const command: Command = {
    program,
    args,
    env: { ...env, ...settings },
    cwd: await emptyModule(scratch),
    network: 'allowed',
    sees: { reads: [installFolder(hostGo.value)] },
  };
  const text = `fetching go${version}`;
  context.progress(text);
  // The go command says nothing of how far it is.
  const outcome = await watching(
    () => bytesAt(join(modules, 'cache', 'download')),
    (done) => context.progress(text, { done }),
    () => runWatched(context, command, modules),
  );
  if (!succeeded(outcome)) return err(whyNoToolchain(version, command, outcome, fetching));
  const fetched = join(modules, 'golang.org', `toolchain@${name}`);
  await makeRunnable(fetched);
  await mkdir(join(goroot, '..'), { recursive: true });
  await rename(fetched, goroot);
  const sum = await readFile(join(modules, 'cache', 'download', module, '@v', `${name}.ziphash`), 'utf8');
  return ok({ module, version: name, sum: sum.trim(), checked: fetching['GOSUMDB'] ?? '' });
}

interface Fetch {
  readonly args: readonly string[];
  readonly settings: Readonly<Record<string, string>>;
}

/** The go command's own way to another version of itself: it reads nothing but the archive, which a proxy may serve alone. */
function switching(version: string): Fetch {
  // It would take a go1.21.10 from PATH where there is one; and what it ends as may not know a flag.
  return { args: ['version'], settings: { GOTOOLCHAIN: `go${version}`, GOFLAGS: '', PATH: '' } };
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

function whyNoToolchain(
  version: string,
  command: Command,
  outcome: ProcessOutcome,
  { GOPROXY: proxy = '', GOSUMDB: database = '' }: HostGo['fetching'],
): Failure {
  const absent = (detail: string): Failure => {
    // The go command says of a proxy that was never asked what it says of one that lacks it.
    if (/^off\b/.test(proxy)) {
      const message = `GOPROXY=off forbids fetching go${version}: ${detail}`;
      return { reason: 'usage', message, help: `Unset GOPROXY, or set it to a proxy. ${elsewhere(version)}` };
    }
    const detailed = `${detail} (GOPROXY is ${withoutUrlCredentials(proxy)})`;
    return { reason: 'toolchain-unavailable', version, detail: detailed };
  };
  const isOfDatabase = /verifying/.test(outcome.stderr);
  return fetchFailureOf(command, outcome, {
    what: isOfDatabase
      ? `checking go${version} by GOSUMDB ${withoutUrlCredentials(database)}`
      : `fetching go${version} by GOPROXY ${withoutUrlCredentials(proxy)}`,
    // A toolchain that nobody vouches for is not used: it may be had from elsewhere.
    absent: (detail) =>
      absent(isOfDatabase ? `${detail} (GOSUMDB is ${withoutUrlCredentials(database)})` : detail),
    forged: (detail) => ({ reason: 'module-mismatch', module: `${module} (go${version})`, detail }),
    elsewhere: elsewhere(version),
  });
}

function elsewhere(version: string): string {
  return `${proxyHelp} Another source is named in the settings, toolchains.versions.${version}: goroot, archive, source or rpms.`;
}
