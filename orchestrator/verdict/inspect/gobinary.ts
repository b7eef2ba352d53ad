import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { headerLength, machineOf } from '../../oci/image/machine.ts';
import { createGoHelper, type GoHelperOptions } from '../../tool/go/helper.ts';
import { failureOf, lastLines } from '../../tool/process/command-failure.ts';
import { type Command, succeeded } from '../../tool/process/process.ts';
import {
  type BinaryReport,
  type BuildReport,
  type LinkedProgram,
  readBinaryReport,
  readBuildReport,
  readLinkedProgram,
} from './binary.ts';

export interface InspectorOptions extends Pick<GoHelperOptions, 'folder' | 'buildCache' | 'hostGo' | 'run'> {
  /** The folder of the package: the Go program's source is below it. Absolute. */
  readonly packageFolder: string;
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
  /** What the go command left in a program, without looking any further; of what is no program, nothing. Errors: the same. */
  build(file: string): Promise<Result<BuildReport, Failure>>;
  /** What was linked into a program, and nothing else of it. Errors: the same. */
  linked(file: string): Promise<Result<LinkedProgram, Failure>>;
}

/** Where the source is, below the package's folder: `files` in package.json names it, so it is there once installed. */
const sourceFolder = join('orchestrator', 'verdict', 'inspect', 'gobinary');

export function createInspector(options: InspectorOptions): Inspector {
  const compiled = createGoHelper({ ...options, source: join(options.packageFolder, sourceFolder) });
  const ask = async <T>(words: readonly string[], file: string, read: (printed: string) => T) => {
    const program = await compiled(options.signal);
    return program.ok ? askOf(program.value, [...words, file], file, read, options) : program;
  };
  return {
    inspect: (file, { strings = false } = {}) => ask(strings ? ['-strings'] : [], file, readBinaryReport),
    linked: (file) => ask(['-names'], file, readLinkedProgram),
    async build(file) {
      // What no machine would run is told without a go.
      if (!(await isProgram(file))) return ok({ os: undefined, arch: undefined, build: undefined });
      return ask(['-build'], file, readBuildReport);
    },
  };
}

async function isProgram(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headerLength), 0, headerLength, 0);
    return machineOf(buffer.subarray(0, bytesRead)) !== undefined;
  } finally {
    await file.close();
  }
}

async function askOf<T>(
  program: string,
  args: readonly string[],
  file: string,
  read: (printed: string) => T,
  options: InspectorOptions,
): Promise<Result<T, Failure>> {
  const scratch = await mkdtemp(join(options.folder, 'report-'));
  const printed = join(scratch, 'report.json');
  const command: Command = {
    program,
    args,
    cwd: scratch,
    env: { LC_ALL: 'C' },
    network: 'none',
    sees: { reads: [file] },
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
    return ok(read(await readFile(printed, 'utf8')));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
