import { access, chmod, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { digestOf, digestOfJson } from '../core/digest.ts';
import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import { failureOf, isNetworkTrouble, lastLines } from '../tool/command-failure.ts';
import { baseGoEnvironment, type HostGo } from '../tool/go.ts';
import { type Command, type RunProcess, succeeded } from '../tool/process.ts';
import type { IdentifiedText } from './license-text.ts';

/** What recognises licences, for keys: the version that `orchestrator/inspect/licenses/go.mod` names. */
export const classifierVersion = 'github.com/google/licensecheck v0.3.1';

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
interface LicenseComment {
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
  let compiled: Promise<Result<string, Failure>> | undefined;
  return {
    async identify(texts, sources, signal) {
      compiled ??= compile(options, signal);
      const program = await compiled;
      if (!program.ok) {
        compiled = undefined;
        return program;
      }
      const command: Command = {
        program: program.value,
        args: [],
        cwd: options.folder,
        env: { LC_ALL: 'C' },
        input: JSON.stringify({ texts, sources }),
        network: 'none',
        signal,
      };
      const outcome = await options.run(command);
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

/** Once for each text of its source and each Go version; several processes may do so at the same time. */
async function compile(
  options: LicenseClassifierOptions,
  signal: AbortSignal,
): Promise<Result<string, Failure>> {
  const go = await options.hostGo();
  if (!go.ok) return go;
  const source = join(options.packageFolder, 'orchestrator', 'inspect', 'licenses');
  const names = (await readdir(source)).filter((name) => /^go\.(mod|sum)$|\.go$/.test(name)).sort();
  const sources = await Promise.all(
    names.map(async (name) => [name, digestOf(await readFile(join(source, name)))]),
  );
  const key = digestOfJson({ goVersion: go.value.version, sources });
  const program = join(options.folder, `licenses-${key.slice(0, 32)}`);
  if (await isThere(program)) return ok(program);
  await mkdir(options.folder, { recursive: true });
  const scratch = await mkdtemp(join(options.folder, 'compile-'));
  try {
    const made = join(scratch, 'licenses');
    const gopath = join(scratch, 'gopath');
    const command: Command = {
      program: go.value.program,
      args: ['build', '-trimpath', '-buildvcs=false', '-ldflags', '-s -w', '-o', made, '.'],
      cwd: source,
      env: {
        ...baseGoEnvironment({
          goroot: dirname(dirname(go.value.program)),
          gopath,
          scratch,
          path: [dirname(go.value.program), '/usr/bin', '/bin'].join(delimiter),
        }),
        ...options.fetchEnvironment,
        ...go.value.fetching,
        CGO_ENABLED: '0',
        GOCACHE: join(scratch, 'go-build'),
        GOENV: 'off',
        GOFLAGS: '-mod=readonly -modcacherw',
        GOMODCACHE: join(gopath, 'pkg', 'mod'),
        GOTOOLCHAIN: 'local',
      },
      network: 'allowed',
      signal,
    };
    const outcome = await options.run(command);
    if (!succeeded(outcome)) {
      const what = `fetching ${classifierVersion}, which recognises licences`;
      if (!outcome.aborted && isNetworkTrouble(outcome.stderr)) {
        return err({ reason: 'network', what, detail: lastLines(outcome.stderr, 3) });
      }
      return err(failureOf(command, outcome));
    }
    await chmod(made, 0o755);
    await rename(made, program);
    return ok(program);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
