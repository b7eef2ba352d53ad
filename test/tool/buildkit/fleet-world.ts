import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { BuildCaches, ImageBuild } from '../../../orchestrator/tool/buildkit/builder.ts';
import {
  type Builders,
  createFleet,
  type Fleet,
  type FleetTimes,
} from '../../../orchestrator/tool/buildkit/fleet.ts';
import type { Command, ProcessOutcome, RunProcess } from '../../../orchestrator/tool/process/process.ts';

export const folder = mkdtempSync(join(tmpdir(), 'fleet-'));
/** Of both test files, each of which removes the other folder at its end. */
const inputs = mkdtempSync(join(tmpdir(), 'fleet-inputs-'));
for (const name of ['c', 'd']) mkdirSync(join(inputs, name));
process.on('exit', () => rmSync(inputs, { recursive: true, force: true }));

export const build: ImageBuild = {
  ...{
    name: 'etcd-io/etcd',
    platform: 'linux/amd64',
    dockerfile: join(inputs, 'd'),
    context: join(inputs, 'c'),
    layouts: {},
  },
  ...{ buildArgs: {}, labels: {}, epoch: 1, output: join(folder, 'built'), work: join(folder, 'work') },
};

/** What a daemon of the test does when it is asked, and when it is to build. */
export interface Daemon {
  asks?: Partial<ProcessOutcome> | (() => Promise<Partial<ProcessOutcome>>);
  builds?: (command: Command) => Promise<Partial<ProcessOutcome>>;
}

export const refused = {
  exitCode: 1,
  stderr:
    'error: failed to list workers: Unavailable: connection error: desc = "transport: Error while dialing: dial unix /run/b: connect: connection refused"\n',
};
export const brokeOff = {
  exitCode: 1,
  stderr:
    '#5 RUN\nerror: failed to receive status: rpc error: code = Unavailable desc = error reading from server: EOF\n',
};
export const there = { exitCode: 0, stdout: '[{"buildkitVersion":{"version":"v0.25.1"}}]' };

export interface World {
  readonly fleet: Fleet;
  readonly asked: string[];
  readonly built: Command[];
  readonly told: string[];
  readonly clock: { now: number };
  start(given?: Partial<ImageBuild>, signal?: AbortSignal): ReturnType<Fleet['build']>;
}

export function world(
  daemons: Readonly<Record<string, Daemon>>,
  given: {
    readonly builders?: Builders;
    readonly env?: Readonly<Record<string, string>>;
    readonly caches?: BuildCaches;
    readonly times?: Partial<FleetTimes>;
  } = {},
): World {
  const [asked, built, told]: [string[], Command[], string[]] = [[], [], []];
  const clock = { now: 0 };
  const outcome = (partial: Partial<ProcessOutcome>): ProcessOutcome => ({
    ...{ exitCode: 0, signal: undefined, spawnError: undefined, aborted: false },
    ...{ stdout: '', stderr: '', seconds: 0 },
    ...partial,
  });
  const daemonOf = ({ env }: Command): Daemon =>
    daemons[env['BUILDKIT_HOST'] ?? env['BUILDX_BUILDER'] ?? ''] ?? {};
  const ask: RunProcess = async (command) => {
    asked.push(command.env['BUILDKIT_HOST'] ?? command.args.join(' '));
    const { asks = there } = daemonOf(command);
    return outcome(typeof asks === 'function' ? await asks() : asks);
  };
  const run: RunProcess = async (command) => {
    built.push(command);
    return outcome((await daemonOf(command).builds?.(command)) ?? {});
  };
  const fleet = createFleet({
    builders: given.builders ?? { 'linux/amd64': Object.keys(daemons).map((address) => ({ address })) },
    caches: given.caches ?? { from: [], to: [] },
    environment: { PATH: '/bin', HOME: '/home/me', GITHUB_TOKEN: 'x', ...given.env },
    run: ask,
    cwd: folder,
    now: () => clock.now,
    ...(given.times === undefined ? {} : { times: given.times }),
  });
  const start = (more: Partial<ImageBuild> = {}, signal = new AbortController().signal) =>
    fleet.build({ ...build, ...more }, { run, signal, progress: (text) => told.push(text) });
  return { fleet, asked, built, told, clock, start };
}

export const hosts = ({ built }: World): readonly (string | undefined)[] =>
  built.map(({ env }) => env['BUILDKIT_HOST']);

/** Waits until something is so, some seconds at most: then whatever comes next finds that it is not. */
export async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500 && !isSo(); tries += 1) await setTimeout(10);
}
