import { dirname } from 'node:path';
import type { Failure } from '../../core/failure.ts';
import { parseJson } from '../../core/json-text.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { failureOf } from '../process/command-failure.ts';
import { type RunProcess, succeeded } from '../process/process.ts';

/** The machine's own go command: it only fetches toolchains and modules and checks them, and never compiles. */
export interface HostGo {
  /** Absolute path. */
  readonly program: string;
  /** `1.26.8` */
  readonly version: string;
  /** `linux/amd64` */
  readonly platform: string;
  /** The user's proxy and checksum settings (`go env`), for commands that fetch: GOPROXY, GOSUMDB, GOPRIVATE, ... */
  readonly fetching: Readonly<Record<string, string>>;
}

/** The first go command that can fetch another version of itself as a module (https://go.dev/doc/toolchain). */
const oldestHostGo = 'go1.21';

const fetchSettings = ['GOPROXY', 'GONOPROXY', 'GOSUMDB', 'GONOSUMDB', 'GOPRIVATE', 'GOINSECURE'] as const;

/** What leads a go command that fetches elsewhere. */
export const proxyHelp =
  'Go fetches modules from where GOPROXY says, and checks them as GOSUMDB says (`go env GOPROXY GOSUMDB`).';

/**
 * Asks the machine's go for its version and for the user's proxy settings.
 * @param env the user's environment, PATH and HOME included.
 * Errors: `missing-program`, `program-too-old`, `command-failed`.
 */
export async function findHostGo(
  run: RunProcess,
  env: Readonly<Record<string, string>>,
  cwd: string,
): Promise<Result<HostGo, Failure>> {
  const command = {
    program: 'go',
    args: ['env', '-json', 'GOVERSION', 'GOHOSTOS', 'GOHOSTARCH', 'GOROOT', ...fetchSettings],
    cwd,
    env: { ...env, GOTOOLCHAIN: 'local', GOFLAGS: '' },
    network: 'allowed' as const,
  };
  const outcome = await run(command);
  if (outcome.spawnError !== undefined) {
    return err({
      reason: 'missing-program',
      program: 'go',
      help: 'Install Go 1.21 or newer (https://go.dev/dl): it fetches the versions that releases were built with.',
    });
  }
  if (!succeeded(outcome)) return err(failureOf(command, outcome));
  const values = parseJson(outcome.stdout) as Record<string, string> | undefined;
  if (values === undefined)
    return err(failureOf(command, { ...outcome, stderr: 'what it printed is no JSON' }));
  const version = values['GOVERSION'] ?? '';
  if (!isNewEnough(version)) {
    return err({
      reason: 'program-too-old',
      program: 'go',
      found: version || 'before 1.16',
      needed: oldestHostGo,
    });
  }
  return ok({
    program: `${values['GOROOT']}/bin/go`,
    version: version.replace(/^go/, ''),
    platform: `${values['GOHOSTOS']}/${values['GOHOSTARCH']}`,
    fetching: Object.fromEntries(fetchSettings.map((name) => [name, values[name] ?? ''])),
  });
}

/** The folder that a go command is installed in: its GOROOT. */
export function installFolder({ program }: Pick<HostGo, 'program'>): string {
  return dirname(dirname(program));
}

function isNewEnough(version: string): boolean {
  if (version.startsWith('devel')) return true;
  const match = /^go1\.([0-9]+)/.exec(version);
  return match !== null && Number(match[1]) >= 21;
}

/** The minor version: 21 for `1.21.10`. */
export function goMinor(version: string): number {
  return Number(version.split('.')[1]?.match(/^[0-9]+/)?.[0] ?? 0);
}

/**
 * What every go command gets, whatever it does: nothing of the user's `go env -w` file, no toolchain switch, no flags,
 * the C locale and UTC. Folders that a command writes to are below `scratch`, which exists.
 */
export function baseGoEnvironment(options: {
  readonly goroot: string;
  readonly gopath: string;
  readonly scratch: string;
  readonly path: string;
}): Record<string, string> {
  return {
    GOENV: 'off',
    GOFLAGS: '',
    GOPATH: options.gopath,
    GOROOT: options.goroot,
    GOTOOLCHAIN: 'local',
    GO111MODULE: 'on',
    GOTMPDIR: options.scratch,
    HOME: options.scratch,
    LC_ALL: 'C',
    PATH: options.path,
    TMPDIR: options.scratch,
    TZ: 'UTC',
  };
}
