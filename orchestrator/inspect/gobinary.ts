import { access, chmod, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { type Digest, digestOf, digestOfJson } from '../core/digest.ts';
import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import { failureOf, lastLines } from '../tool/command-failure.ts';
import { baseGoEnvironment, type HostGo } from '../tool/go.ts';
import { type Command, type RunProcess, succeeded } from '../tool/process.ts';
import { type BinaryReport, readBinaryReport } from './binary.ts';

export interface InspectorOptions {
  /** The folder of the package: the Go program's source is below it. Absolute. */
  readonly packageFolder: string;
  /** Where the compiled program is kept, and what is only needed for a while. Absolute; made where it is missing. */
  readonly folder: string;
  /** Go's build cache; one below `folder`, emptied afterwards, where none is given. */
  readonly buildCache?: string;
  readonly hostGo: () => Promise<Result<HostGo, Failure>>;
  readonly run: RunProcess;
  readonly signal: AbortSignal;
}

/** Looks inside programs. */
export interface Inspector {
  /**
   * @param file absolute path of a program for whatever machine.
   * @param options.strings lists the program's strings too.
   * Errors: `usage` where it is no program that can be read; those of `HostGo`; `command-failed`, `aborted`.
   */
  inspect(file: string, options?: { readonly strings?: boolean }): Promise<Result<BinaryReport, Failure>>;
}

/** Where the source is, below the package's folder: `files` in package.json names it, so it is there once installed. */
const sourceFolder = join('orchestrator', 'inspect', 'gobinary');

export function createInspector(options: InspectorOptions): Inspector {
  let compiled: Promise<Result<string, Failure>> | undefined;
  return {
    async inspect(file, { strings = false } = {}) {
      compiled ??= compileGobinary(options);
      const program = await compiled;
      if (!program.ok) {
        compiled = undefined;
        return program;
      }
      return inspectFile(program.value, strings ? ['-strings', file] : [file], file, options);
    },
  };
}

async function inspectFile(
  program: string,
  args: readonly string[],
  file: string,
  options: InspectorOptions,
): Promise<Result<BinaryReport, Failure>> {
  const scratch = await mkdtemp(join(options.folder, 'report-'));
  const printed = join(scratch, 'report.json');
  const command: Command = {
    program,
    args,
    cwd: scratch,
    env: { LC_ALL: 'C' },
    network: 'none',
    signal: options.signal,
    stdoutFile: printed,
  };
  try {
    const outcome = await options.run(command);
    if (outcome.exitCode === 2) {
      const why = lastLines(outcome.stderr, 1).replace(/^gobinary: /, '');
      return err({ reason: 'usage', message: `Cannot look inside ${file}.`, help: why });
    }
    if (!succeeded(outcome)) return err(failureOf(command, outcome));
    return ok(readBinaryReport(await readFile(printed, 'utf8')));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/**
 * Compiles gobinary with the machine's go, once for each text of its source and each Go version. Processes that do so at
 * the same time each put the same program into its place by one rename. Errors: as above.
 */
async function compileGobinary(options: InspectorOptions): Promise<Result<string, Failure>> {
  const go = await options.hostGo();
  if (!go.ok) return go;
  const source = join(options.packageFolder, sourceFolder);
  const key = await keyOf(source, go.value.version);
  const program = join(options.folder, `gobinary-${key.slice(0, 32)}`);
  if (await isThere(program)) return ok(program);
  await mkdir(options.folder, { recursive: true });
  const scratch = await mkdtemp(join(options.folder, 'compile-'));
  try {
    const made = join(scratch, 'gobinary');
    const command: Command = {
      program: go.value.program,
      args: ['build', '-trimpath', '-buildvcs=false', '-ldflags', '-s -w', '-o', made, '.'],
      cwd: source,
      env: {
        ...baseGoEnvironment({
          goroot: dirname(dirname(go.value.program)),
          gopath: join(scratch, 'gopath'),
          scratch,
          path: [dirname(go.value.program), '/usr/bin', '/bin'].join(delimiter),
        }),
        CGO_ENABLED: '0',
        GOCACHE: options.buildCache ?? join(scratch, 'go-build'),
        GOPROXY: 'off',
      },
      network: 'none',
      signal: options.signal,
    };
    const outcome = await options.run(command);
    if (!succeeded(outcome)) return err(failureOf(command, outcome));
    await chmod(made, 0o755);
    await rename(made, program);
    return ok(program);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function keyOf(source: string, goVersion: string): Promise<Digest> {
  const names = (await readdir(source)).filter((name) => name === 'go.mod' || name.endsWith('.go')).sort();
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
