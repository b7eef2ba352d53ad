import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { HostGo } from '../../tool/go/go.ts';
import { createGoHelper } from '../../tool/go/helper.ts';
import { failureOf } from '../../tool/process/command-failure.ts';
import { runForLongOutput } from '../../tool/process/long-output.ts';
import { type Command, type RunProcess, succeeded } from '../../tool/process/process.ts';
import { commonFolder } from '../../tool/process/view.ts';
import { classifierVersion } from './inputs.ts';
import type { IdentifiedText } from './text.ts';

export interface LicenseClassifierOptions {
  /** The folder of the package: the Go program's source is below it. Absolute. */
  readonly packageFolder: string;
  /** Where the compiled program is kept, and what is only needed for a while. Absolute; made where it is missing. */
  readonly folder: string;
  readonly hostGo: () => Promise<Result<HostGo, Failure>>;
  /** What a go command that fetches is told of the user's environment. */
  readonly fetchEnvironment: Readonly<Record<string, string>>;
  /** Not a task's: that a program had to be compiled first is nothing that a result's record should say. */
  readonly run: RunProcess;
}

/** A licence in a comment of a source file. */
export interface LicenseComment {
  /** Absolute path of the file. */
  readonly path: string;
  /** As licensecheck names them. */
  readonly names: readonly string[];
  /** The comment without its marks. */
  readonly text: string;
}

export interface Identified {
  /** In the order of what was asked. */
  readonly texts: readonly IdentifiedText[];
  readonly comments: readonly LicenseComment[];
}

/** Says which licences texts are. */
export interface LicenseClassifier {
  /**
   * @param texts absolute paths of licences and the like.
   * @param sources absolute paths of source files, whose comments are looked at.
   * Errors: those of `HostGo`; `network`, `command-failed`, `aborted`.
   */
  identify(
    texts: readonly string[],
    sources: readonly string[],
    signal: AbortSignal,
  ): Promise<Result<Identified, Failure>>;
}

/** What the Go program prints (main.go); it is of the same release as this file, so its shape is not checked. */
interface Printed {
  readonly schema: number;
  readonly texts: readonly IdentifiedText[];
  readonly sources: readonly {
    readonly path: string;
    readonly comments: readonly { readonly ids: readonly string[]; readonly text: string }[];
  }[];
}

/**
 * google/licensecheck, which pkg.go.dev reads modules with, in a program of ours: compiled by the machine's go the first
 * time, which fetches that one module and checks it against go.sum.
 */
export function createLicenseClassifier(options: LicenseClassifierOptions): LicenseClassifier {
  const { packageFolder, folder, hostGo, fetchEnvironment, run } = options;
  const compiled = createGoHelper({
    ...{
      folder,
      hostGo,
      run,
      source: join(packageFolder, 'orchestrator', 'task', 'licenses', 'licensecheck'),
    },
    fetches: { what: `${classifierVersion}, which recognises licences`, environment: fetchEnvironment },
  });
  return {
    async identify(texts, sources, signal) {
      const program = await compiled(signal);
      if (!program.ok) return program;
      const command: Command = {
        program: program.value,
        args: [],
        cwd: folder,
        env: { LC_ALL: 'C' },
        input: JSON.stringify({ texts, sources }),
        network: 'none',
        sees: { reads: [commonFolder([...texts, ...sources])] },
        signal,
      };
      const file = join(folder, `said-${randomUUID()}`);
      const outcome = await runForLongOutput(run, command, file);
      if (!succeeded(outcome)) return err(failureOf(command, outcome));
      const printed = JSON.parse(outcome.stdout) as Printed;
      if (printed.schema !== 1) throw new TypeError(`licenses printed schema ${printed.schema}`);
      const comments = printed.sources.flatMap((source) =>
        source.comments.map(({ ids, text }) => ({ path: source.path, names: ids, text })),
      );
      return ok({ texts: printed.texts, comments });
    },
  };
}
