import { access, chmod, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, delimiter, dirname, join } from 'node:path';
import { type Digest, digestOf, digestOfJson } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { failureOf } from '../process/command-failure.ts';
import { fetchFailureOf } from '../process/fetch-failure.ts';
import { type Command, type RunProcess, succeeded } from '../process/process.ts';
import { baseGoEnvironment, type HostGo, installFolder, proxyHelp } from './go.ts';

/** A Go program of ours, in source, and with what it is compiled. */
export interface GoHelperOptions {
  /** The folder of its `go.mod` and all its files; the program is named after it. Absolute. */
  readonly source: string;
  /** Where the compiled program is kept, and what is only needed for a while. Absolute; made where it is missing. */
  readonly folder: string;
  /** Go's build cache; one below `folder`, emptied afterwards, where none is given. */
  readonly buildCache?: string;
  /** Of one that needs modules, which go fetches and checks against its go.sum; absent: it has the standard library only. */
  readonly fetches?: {
    /** For failures: `github.com/google/licensecheck v0.3.1`. */
    readonly what: string;
    /** What a go command that fetches is told of the user's environment. */
    readonly environment: Readonly<Record<string, string>>;
  };
  readonly hostGo: () => Promise<Result<HostGo, Failure>>;
  readonly run: RunProcess;
}

/**
 * The absolute path of a compiled program. Compiled when it is first asked for; after a failure the next one tries again.
 * Errors: those of `HostGo`; those of fetching where it fetches; `command-failed`, `aborted`.
 */
export type GoHelper = (signal: AbortSignal) => Promise<Result<string, Failure>>;

/** A program of ours in Go, compiled by the machine's go, once for each text of its source and each version of Go. */
export function createGoHelper(options: GoHelperOptions): GoHelper {
  let compiled: Promise<Result<string, Failure>> | undefined;
  return async (signal) => {
    compiled ??= findOrCompile(options, signal);
    const program = await compiled;
    if (!program.ok) compiled = undefined;
    return program;
  };
}

async function findOrCompile(
  options: GoHelperOptions,
  signal: AbortSignal,
): Promise<Result<string, Failure>> {
  const go = await options.hostGo();
  if (!go.ok) return go;
  const { folder, source } = options;
  const name = basename(source);
  const key = await keyOf(source, go.value.version);
  const program = join(folder, `${name}-${key.slice(0, 32)}`);
  if (await isThere(program)) return ok(program);
  await mkdir(folder, { recursive: true });
  const scratch = await mkdtemp(join(folder, 'compile-'));
  try {
    const made = join(scratch, name);
    const done = await compile(made, go.value, scratch, options, signal);
    if (!done.ok) return done;
    await chmod(made, 0o755);
    // Processes that compile it at the same time each put the same program into its place.
    await rename(made, program);
    return ok(program);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function compile(
  made: string,
  go: HostGo,
  scratch: string,
  { source, buildCache, fetches, run }: GoHelperOptions,
  signal: AbortSignal,
): Promise<Result<void, Failure>> {
  const gopath = join(scratch, 'gopath');
  const own = {
    ...baseGoEnvironment({
      goroot: installFolder(go),
      gopath,
      scratch,
      path: [dirname(go.program), '/usr/bin', '/bin'].join(delimiter),
    }),
    CGO_ENABLED: '0',
    GOCACHE: buildCache ?? join(scratch, 'go-build'),
  };
  const fetching = {
    ...fetches?.environment,
    ...go.fetching,
    GOENV: 'off',
    GOFLAGS: '-mod=readonly -modcacherw',
    GOMODCACHE: join(gopath, 'pkg', 'mod'),
    GOTOOLCHAIN: 'local',
  };
  const command: Command = {
    program: go.program,
    args: ['build', '-trimpath', '-buildvcs=false', '-ldflags', '-s -w', '-o', made, '.'],
    cwd: source,
    env: fetches === undefined ? { ...own, GOPROXY: 'off' } : { ...own, ...fetching },
    network: fetches === undefined ? 'none' : 'allowed',
    sees: {
      reads: [installFolder(go), source],
      writes: [scratch, ...(buildCache === undefined ? [] : [buildCache])],
    },
    signal,
  };
  const outcome = await run(command);
  if (succeeded(outcome)) return ok(undefined);
  if (fetches === undefined) return err(failureOf(command, outcome));
  const module = fetches.what;
  return err(
    fetchFailureOf(command, outcome, {
      what: `fetching ${module}`,
      absent: (detail) => ({ reason: 'module-unavailable', module, detail }),
      forged: (detail) => ({ reason: 'module-mismatch', module, detail }),
      elsewhere: proxyHelp,
      reads: true,
    }),
  );
}

async function keyOf(source: string, goVersion: string): Promise<Digest> {
  const names = (await readdir(source)).filter((name) => /^go\.(mod|sum)$|\.go$/.test(name)).sort();
  const sources = await Promise.all(
    names.map(async (name) => [name, digestOf(await readFile(join(source, name)))]),
  );
  return digestOfJson({ goVersion, sources });
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
