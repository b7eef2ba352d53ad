import { constants } from 'node:fs';
import { access, mkdtemp, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { withoutUrlCredentials } from '../../core/credentials.ts';
import { exitCode } from '../../core/exit-code.ts';
import type { Failure } from '../../core/failure.ts';
import { failureHeadline } from '../../core/failure-headline.ts';
import { proxiesNamed } from '../../core/network-words.ts';
import type { Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { fetchEnvironment } from '../../run/wiring/environment.ts';
import { gitOf } from '../../run/wiring/machine.ts';
import { openProcesses, type Processes } from '../../run/wiring/tools.ts';
import { ensureFolder } from '../../tool/file/ensure-folder.ts';
import { lsRemoteTags } from '../../tool/git/remote.ts';
import { findHostGo, type HostGo } from '../../tool/go/go.ts';
import { mirrorUrl } from '../../tool/http/mirrors.ts';
import { lastLines } from '../../tool/process/command-failure.ts';
import { type RunProcess, succeeded } from '../../tool/process/process.ts';
import { type GlobalOptions, openWorkspace, type Workspace } from '../../workspace/workspace.ts';
import { telling } from '../words/activity-of.ts';
import { reportFailure } from '../words/report-failure.ts';
import { builderChecks } from './builders.ts';
import type { Check } from './check.ts';
import { pathChecks } from './paths.ts';

const gibibyte = 1024 ** 3;
/** Measured on v1-30-eks-5: clones, toolchains, modules, build cache and results of the thirteen plain components. */
const neededGibibytes = 20;

/**
 * `eksd-rebuild doctor`: exit code 4 where something that is needed is missing. What is limited, as sources that are out of reach, is no
 * failure: what is at hand still serves, and whoever needs more is told by the command that does.
 */
export async function doctor(
  options: GlobalOptions & { readonly json?: boolean },
  host: Host,
): Promise<number> {
  const workspace = await openWorkspace(options, host);
  if (!workspace.ok) return reportFailure(workspace.error, host);
  const processes = await openProcesses(host, workspace.value);
  const go = await findHostGo(processes.run, fetchEnvironment(host), host.cwd);
  const askProxy = (found: HostGo) =>
    telling(host, 'asking for modules', () => proxyCheck(found, processes.run, workspace.value, host));
  const checks = [
    await gitCheck(host),
    goCheck(go),
    await diskCheck(workspace.value),
    await telling(host, 'asking for sources', () => sourcesCheck(workspace.value, processes, host)),
    ...(go.ok ? [await askProxy(go.value)] : []),
    isolationCheck(processes),
    ...(await pathChecks(workspace.value, processes, host)),
    ...(await telling(host, 'asking builders', () => builderChecks(workspace.value, processes, host))),
  ];
  if (host.signal.aborted) return reportFailure({ reason: 'aborted' }, host);
  host.stdout.write(
    options.json === true ? `${JSON.stringify({ schema: 1, checks }, null, 2)}\n` : render(checks),
  );
  const isUsable = checks.every((check) => check.state !== 'missing' || !check.isNeeded);
  return isUsable ? exitCode.identical : exitCode.infrastructure;
}

function render(checks: readonly Check[]): string {
  const words = { there: 'ok', limited: 'limited', missing: 'MISSING' } as const;
  const width = Math.max(...checks.map((check) => check.name.length));
  return checks
    .map((check) => {
      const line = `${words[check.state].padEnd(8)} ${check.name.padEnd(width)}  ${check.found}\n`;
      return check.help === undefined ? line : `${line}${' '.repeat(width + 11)}${check.help}\n`;
    })
    .join('');
}

function failed(name: string, failure: Failure, isNeeded: boolean): Check {
  return { name, state: 'missing', isNeeded, found: failureHeadline(failure) };
}

async function gitCheck(host: Host): Promise<Check> {
  const version = await gitOf(host);
  if (!version.ok) return failed('git', version.error, true);
  return { name: 'git', state: 'there', isNeeded: true, found: version.value };
}

function goCheck(go: Result<HostGo, Failure>): Check {
  if (!go.ok) return failed('go', go.error, true);
  const found = `${go.value.version} for ${go.value.platform}; it only fetches the versions that releases name`;
  return { name: 'go', state: 'there', isNeeded: true, found };
}

async function diskCheck(workspace: Workspace): Promise<Check> {
  const base = { name: 'disk', isNeeded: true };
  try {
    ensureFolder(workspace.cache);
    await access(workspace.cache, constants.W_OK);
    const { bavail, bsize } = await statfs(workspace.cache);
    const free = (bavail * bsize) / gibibyte;
    const found = `${free.toFixed(0)} GiB free at ${workspace.cache}`;
    if (free >= neededGibibytes) return { ...base, state: 'there', found };
    const help = `A whole release takes about ${neededGibibytes} GiB: free some, or point --cache elsewhere.`;
    return { ...base, state: 'limited', found, help };
  } catch (error) {
    const help = 'Point the cache at a folder that can be written: --cache, or EKSD_REBUILD_CACHE.';
    return { ...base, state: 'missing', found: `${workspace.cache}: ${String(error)}`, help };
  }
}

async function sourcesCheck(workspace: Workspace, processes: Processes, host: Host): Promise<Check> {
  const base = { name: 'sources', isNeeded: false };
  const url = mirrorUrl(workspace.upstream, workspace.mirrors);
  const git = { run: processes.run, env: processes.remoteGit, signal: host.signal };
  const tags = await lsRemoteTags(git, url, workspace.upstream);
  const shown = url === workspace.upstream ? url : `${workspace.upstream}, read from ${url}`;
  if (tags.ok) return { ...base, state: 'there', found: `${shown} answers` };
  const help =
    'Clones that are in the cache still serve. "mirrors" in the settings names other places of repositories.';
  return {
    ...base,
    state: 'limited',
    found: failureHeadline(tags.error),
    help: `${help}${proxiesNamed(host.env)}`,
  };
}

async function proxyCheck(go: HostGo, run: RunProcess, workspace: Workspace, host: Host): Promise<Check> {
  const base = { name: 'modules', isNeeded: false };
  const proxy = withoutUrlCredentials(go.fetching['GOPROXY'] || 'direct');
  const gopath = await mkdtemp(join(workspace.cache, 'doctor-')).catch(() => undefined);
  if (gopath === undefined) {
    const help = 'With a cache that can be written it is asked.';
    return { ...base, state: 'limited', found: `${proxy}: not tried without a cache`, help };
  }
  const outcome = await run({
    program: go.program,
    args: ['list', '-m', 'golang.org/toolchain@v0.0.1-go1.21.0.linux-amd64'],
    cwd: gopath,
    env: {
      ...fetchEnvironment(host),
      ...go.fetching,
      GOFLAGS: '-modcacherw',
      GOTOOLCHAIN: 'local',
      GOPATH: gopath,
      GOMODCACHE: join(gopath, 'pkg', 'mod'),
    },
    network: 'allowed',
    signal: host.signal,
  }).finally(() => rm(gopath, { recursive: true, force: true }));
  if (succeeded(outcome)) return { ...base, state: 'there', found: `${proxy} serves toolchains` };
  const help = `Toolchains and modules that are in the store still serve. GOPROXY names another proxy, and "toolchains" in the settings other sources of a Go that it refuses.${proxiesNamed(host.env)}`;
  return { ...base, state: 'limited', found: `${proxy}: ${lastLines(outcome.stderr, 1)}`, help };
}

function isolationCheck({ isolation }: Processes): Check {
  const base = { name: 'isolation', isNeeded: false };
  const { sandbox, missing } = isolation;
  if (sandbox !== undefined && missing.length === 0) {
    const found =
      'tasks see their inputs and tools alone: no file of the machine, no process of others, no socket; compile tasks have no network';
    return { ...base, state: 'there', found };
  }
  if (sandbox !== undefined) {
    const help = 'The rest of the sandbox is in force.';
    return { ...base, state: 'limited', found: missing.join('; '), help };
  }
  const processes = isolation.processes === 'namespace' ? ' and a process namespace' : '';
  const network =
    isolation.network === 'namespace'
      ? `compile tasks run in a network namespace${processes} all the same`
      : `compile tasks run with GOPROXY=off only: ${isolation.detail}`;
  const help =
    'Install bubblewrap, and run it as root or where user namespaces are allowed. Until then, build only what you trust.';
  return { ...base, state: 'limited', found: [...missing, network].join('; '), help };
}
