import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Failure } from '../../core/failure.ts';
import { shellQuote } from '../../core/shell-quote.ts';
import { lastLines } from '../process/command-failure.ts';
import { isNetworkTrouble } from '../process/fetch-failure.ts';
import { type Command, type ProcessOutcome, succeeded } from '../process/process.ts';
import { secretsIn, withoutSecrets } from '../process/secret-words.ts';
import { buildctlBuild } from './buildctl.ts';
import {
  type BuildCaches,
  type BuildCircumstances,
  type Builder,
  type BuilderTls,
  type ImageBuild,
  policyFile,
  sourcePolicy,
} from './builder.ts';
import { buildxBuild, buildxEnvironment } from './buildx.ts';
import { type Client, complaintOf, lastError, missing } from './client.ts';

export type BuildOutcome =
  | { readonly kind: 'built' }
  | { readonly kind: 'failed'; readonly failure: Failure }
  /** The builder is gone, or gave up for reasons of its own. */
  | { readonly kind: 'lost'; readonly why: string };

/** What is built where. */
interface Order {
  readonly builder: Builder;
  readonly build: ImageBuild;
  readonly caches: BuildCaches;
  readonly client: Client;
}

/** How it is noticed that a builder is gone that does not say so. */
interface Watch {
  isThere(): Promise<boolean>;
  /** Milliseconds. */
  readonly interval: number;
}

/** What a client says when the connection broke, or the daemon let go of a build that nobody stopped. */
const brokenConnection =
  /code = (Unavailable|Canceled)|: (Unavailable|Canceled): |transport is closing|error reading from server|no active session|waiting for connection/;

/** Runs one build on one builder. */
export async function runBuild(
  order: Order,
  { run, signal, progress }: BuildCircumstances,
  watch: Watch,
): Promise<BuildOutcome> {
  const { builder, build } = order;
  const guard = new AbortController();
  const timer = watchOver(watch, guard);
  try {
    await rm(build.output, { recursive: true, force: true });
    await prepareWork(builder, build.work);
    const command: Command = {
      ...commandOf(order),
      cwd: build.work,
      network: 'allowed',
      // The daemon that it talks to has containers of its own; what is in its way is the user's: sockets, certificates, logins.
      sees: 'machine',
      signal: AbortSignal.any([signal, guard.signal]),
      onLine: (line) => {
        const step = stepIn(line);
        if (step !== undefined) progress(step);
      },
    };
    const outcome = await run(command);
    if (succeeded(outcome)) return { kind: 'built' };
    if (signal.aborted) return failed({ reason: 'aborted' });
    if (guard.signal.aborted) return { kind: 'lost', why: 'it does not answer any more' };
    if (outcome.spawnError !== undefined) return failed(missing(command.program));
    const last = lastError(outcome.stderr) ?? '';
    const isLost = brokenConnection.test(last) || !(await watch.isThere());
    if (isLost) return { kind: 'lost', why: hide(complaintOf(outcome, builder), order) };
    if (isNetworkTrouble(last) && !/did not complete successfully/.test(last)) {
      const what = `building ${build.name} for ${build.platform}`;
      return failed({ reason: 'network', what, detail: hide(complaintOf(outcome, builder), order) });
    }
    return failed(failureOf(command, outcome, order));
  } finally {
    clearInterval(timer);
  }
  function failed(failure: Failure): BuildOutcome {
    return { kind: 'failed', failure };
  }
}

/** Ends a build whose builder did not answer twice: a frozen machine breaks no connection. */
function watchOver({ isThere, interval }: Watch, guard: AbortController): NodeJS.Timeout {
  let misses = 0;
  let isAsked = false;
  return setInterval(async () => {
    if (isAsked) return;
    isAsked = true;
    misses = (await isThere()) ? 0 : misses + 1;
    isAsked = false;
    if (misses >= 2) guard.abort();
  }, interval);
}

function commandOf({ builder, build, caches, client }: Order): Pick<Command, 'program' | 'args' | 'env'> {
  const { programs, environment } = client;
  if (builder.buildx !== undefined) {
    const [program, ...words] = programs.buildx;
    const env = { ...environment, ...buildxEnvironment(builder.buildx, build.work) };
    return { program, args: [...words, ...buildxBuild(build, caches)], env };
  }
  return {
    program: programs.buildctl,
    args: buildctlBuild(build, tlsLinks(builder.tls, build.work), caches),
    env: { ...environment, BUILDKIT_HOST: builder.address ?? '' },
  };
}

const tlsFiles = ['ca', 'cert', 'key'] as const;

/** The places of TLS files below the work folder: the user's own are in no report. */
function tlsLinks(tls: BuilderTls | undefined, work: string): BuilderTls | undefined {
  if (tls === undefined) return undefined;
  const links = tlsFiles.filter((name) => tls[name] !== undefined);
  return { ...tls, ...Object.fromEntries(links.map((name) => [name, join(work, 'tls', `${name}.pem`)])) };
}

async function prepareWork({ tls }: Builder, work: string): Promise<void> {
  await rm(work, { recursive: true, force: true });
  await mkdir(join(work, 'tls'), { recursive: true });
  await writeFile(join(work, policyFile), JSON.stringify(sourcePolicy));
  for (const name of tlsFiles) {
    const file = tls?.[name];
    if (file !== undefined) await symlink(file, join(work, 'tls', `${name}.pem`));
  }
}

/**
 * What BuildKit does now, out of a line of its plain progress: `#5 [2/2] RUN make`, `#3 transferring context: 12.58MB 0.3s`,
 * `#4 sha256:0123... 8.39MB / 45.20MB 1.1s`.
 */
function stepIn(line: string): string | undefined {
  const step =
    /^#\d+ (\[[^\]]*\d+\/\d+\] .+|exporting (?:layers|to .+)|rewriting layers|sending tarball)/.exec(line);
  if (step !== null) return step[1];
  const moved =
    /^#\d+ (transferring \S+|sha256:[0-9a-f]{12})[^ ]* ([0-9.]+[kMG]?B(?: \/ [0-9.]+[kMG]?B)?)/.exec(line);
  return moved === null ? undefined : `${moved[1]?.replace(/:$/, '')} ${moved[2]}`;
}

/** What is wrong with a build, told as it was called, without secrets. */
function failureOf(command: Command, outcome: ProcessOutcome, order: Order): Failure {
  const words = [command.program, ...command.args].map(shellQuote);
  return {
    reason: 'command-failed',
    command: hide(words.join(' '), order),
    exitCode: outcome.exitCode,
    signal: outcome.signal,
    output: hide(lastLines(outcome.stderr, 20), order),
  };
}

function hide(text: string, { builder, caches }: Order): string {
  return withoutSecrets(text, secretsIn([builder.address ?? '', ...caches.from, ...caches.to]));
}
