import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { lastLines } from '../process/command-failure.ts';
import { type Command, type ProcessOutcome, type RunProcess, succeeded } from '../process/process.ts';
import { secretsIn, withoutSecrets } from '../process/secret-words.ts';
import { buildctlProbe, readWorkers } from './buildctl.ts';
import type { Builder, BuilderFacts } from './builder.ts';
import { buildxProbe, readBuildxState } from './buildx.ts';

/** How BuildKit's clients are called on this machine. */
interface ClientPrograms {
  readonly buildctl: string;
  /** `['docker', 'buildx']`, or buildx alone. */
  readonly buildx: readonly [string, ...string[]];
}

/** What it takes to ask builders for something. */
export interface Client {
  readonly programs: ClientPrograms;
  /** The environment of both programs, but for which builder. */
  readonly environment: Readonly<Record<string, string>>;
  /** A folder to run them in. */
  readonly cwd: string;
  /** Runs what no report needs to know of. */
  readonly run: RunProcess;
  /** Milliseconds that a builder has for an answer. */
  readonly patience: number;
}

/** Milliseconds that a builder has for its start, an image to be pulled for it included. */
const startPatience = 120_000;

/** The first BuildKit that rewrites the times in layers (`rewrite-timestamp`). */
const oldest = [0, 13] as const;

/** What of the user's environment BuildKit's clients get: where they keep credentials and builders, and proxies. */
const passed =
  /^(PATH|HOME|XDG_RUNTIME_DIR|XDG_CONFIG_HOME|DOCKER_.*|BUILDX_CONFIG|KUBECONFIG|SSH_AUTH_SOCK|SSL_CERT_(FILE|DIR)|AWS_.*|(HTTPS?|NO|ALL)_PROXY|(https?|no|all)_proxy)$/;

export function clientEnvironment(user: Readonly<Record<string, string>>): Record<string, string> {
  const kept = Object.entries(user).filter(([name]) => passed.test(name));
  return { ...Object.fromEntries(kept), LC_ALL: 'C', TZ: 'UTC' };
}

/** A builder's name for people: without what is secret in it. */
export function nameOf(builder: Builder): string {
  const { address = '', buildx } = builder;
  return buildx === undefined ? withoutSecrets(address, secretsIn([address])) : `buildx ${buildx}`;
}

/**
 * Asks a builder whether it is there. Errors: `network` with what it said, or `no-builder` where nothing listens at a socket; `program-too-old` where it cannot make images
 * reproducibly; `missing-program`; `aborted`.
 */
export async function askBuilder(
  builder: Builder,
  client: Client,
  signal: AbortSignal,
): Promise<Result<BuilderFacts, Failure>> {
  const { address = '', buildx } = builder;
  const facts =
    buildx === undefined
      ? await askBuildctl(builder, address, client, signal)
      : await askBuildx(builder, buildx, client, signal);
  if (!facts.ok) return facts;
  const [, major = '', minor = ''] = /^v?(\d+)\.(\d+)/.exec(facts.value.version ?? '') ?? [];
  const isOld = major !== '' && (Number(major) - oldest[0] || Number(minor) - oldest[1]) < 0;
  return isOld
    ? err({
        reason: 'program-too-old',
        program: `buildkitd of ${nameOf(builder)}`,
        found: major === '' ? '' : `${facts.value.version}`,
        needed: oldest.join('.'),
      })
    : facts;
}

async function askBuildctl(
  builder: Builder,
  address: string,
  client: Client,
  signal: AbortSignal,
): Promise<Result<BuilderFacts, Failure>> {
  const args = buildctlProbe(builder.tls, Math.ceil(client.patience / 1000));
  const program = client.programs.buildctl;
  const said = await ask(builder, client, signal, client.patience, program, args, {
    BUILDKIT_HOST: address,
  });
  if (!said.ok) return said;
  const facts = readWorkers(said.value);
  return facts === undefined ? err(silent(builder, 'it is there, and has no worker')) : ok(facts);
}

async function askBuildx(
  builder: Builder,
  name: string,
  client: Client,
  signal: AbortSignal,
): Promise<Result<BuilderFacts, Failure>> {
  const [program, ...words] = client.programs.buildx;
  const inspect = async (starts: boolean) => {
    const patience = starts ? startPatience : client.patience;
    const args = [...words, ...buildxProbe(name, starts)];
    const said = await ask(builder, client, signal, patience, program, args, {});
    return said.ok ? ok(readBuildxState(said.value)) : said;
  };
  const first = await inspect(false);
  if (!first.ok || first.value.status === 'running') return first.ok ? ok(first.value.facts) : first;
  // What buildx runs itself, in a container say, may sleep. A daemon of somebody else's is there or not.
  const last = first.value.driver === 'remote' ? first : await inspect(true);
  if (!last.ok) return last;
  const { status, error, facts } = last.value;
  return status === 'running' ? ok(facts) : err(silent(builder, error ?? `it is ${status}`));
}

async function ask(
  builder: Builder,
  { cwd, environment, run }: Client,
  signal: AbortSignal,
  patience: number,
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Result<string, Failure>> {
  const timeout = AbortSignal.timeout(patience);
  const command: Command = {
    program,
    args,
    cwd,
    env: { ...environment, ...env },
    network: 'allowed',
    signal: AbortSignal.any([signal, timeout]),
  };
  const outcome = await run(command);
  if (succeeded(outcome)) return ok(outcome.stdout);
  if (signal.aborted) return err({ reason: 'aborted' });
  if (outcome.spawnError !== undefined) return err(missing(program));
  const detail = timeout.aborted ? `no answer in ${patience / 1000} s` : complaintOf(outcome, builder);
  return err(silent(builder, detail));
}

export function missing(program: string): Failure {
  const help =
    'It is how BuildKit is asked for images: install it (https://github.com/moby/buildkit/releases), or name builders of docker buildx in the settings.';
  return { reason: 'missing-program', program, help };
}

function silent(builder: Builder, detail: string): Failure {
  const what = `asking ${nameOf(builder)}`;
  const isOfSocket = builder.address?.startsWith('unix:') === true && notListening.test(detail);
  return isOfSocket
    ? { reason: 'no-builder', what, detail, help: startIt }
    : { reason: 'network', what, detail };
}

/** What it is to a socket of this machine that nobody listens there, or not for this user. */
const notListening = /no such file or directory|connection refused|permission denied/;

/** What helps then. */
export const startIt =
  'No network is at fault: start buildkitd on this machine (as root, or rootless), by a user who may use that socket, or name a builder that runs.';

/** What a client ended with, in its own words, without what only programmers want and without secrets. */
export function complaintOf(outcome: ProcessOutcome, builder: Builder): string {
  const line = lastError(outcome.stderr) ?? lastLines(outcome.stderr, 1);
  const text = line
    .replace(/^.*transport: Error while dialing: /, '')
    .replace(/^error: /i, '')
    .replace(/"$/, '');
  const said = withoutSecrets(text, secretsIn([builder.address ?? '']));
  return said === '' ? `${outcome.signal ?? `exit code ${outcome.exitCode}`}` : said;
}

/** The line that a client ends with where it failed. */
export function lastError(text: string): string | undefined {
  return text
    .split('\n')
    .findLast((line) => /^error: /i.test(line))
    ?.trimEnd();
}
