import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Ran } from './host.ts';
import { makeOnce } from './make-once.ts';
import { sharedFolder } from './shared-place.ts';

export const repository = fileURLToPath(new URL('../../', import.meta.url));

/** The compiled program in a folder of its own, with a cache of its own, as a user runs it. */
export interface Program {
  readonly folder: string;
  readonly cache: string;
  /** @param more a user, and an environment in the place of the test's. */
  start(
    argv: readonly string[],
    cwd?: string,
    more?: Pick<SpawnOptions, 'uid' | 'gid' | 'detached' | 'env'>,
  ): ChildProcess;
  run(argv: readonly string[]): Promise<Ran & { readonly seconds: number }>;
  /** The same in another folder. */
  runIn(folder: string, argv: readonly string[]): Promise<Ran & { readonly seconds: number }>;
}

interface PackageJson {
  /** What the package is made of beside package.json: folders and files. */
  readonly files: readonly string[];
}

/** Puts the program into `folder`, compiled once for all files of a run. */
export async function compileProgram(folder: string): Promise<Program> {
  const home = join(folder, 'package');
  mkdirSync(join(folder, 'empty'), { recursive: true });
  const compiled = await makeOnce(join(sharedFolder(), 'program'), (made) => {
    const words = ['--import', 'tsx', 'build.ts', join(made, 'dist')];
    execFileSync(process.execPath, words, { cwd: repository, stdio: 'inherit' });
  });
  cpSync(join(compiled, 'dist'), join(home, 'dist'), { recursive: true });
  const { files } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as PackageJson;
  for (const name of ['package.json', ...files.filter((file) => file !== 'dist')]) {
    cpSync(join(repository, name), join(home, name), { recursive: true });
  }
  symlinkSync(join(repository, 'node_modules'), join(home, 'node_modules'));
  return programAt(folder, process.execPath, [join(home, 'dist', 'cli.js')]);
}

/** A program that is installed already. */
export function programAt(folder: string, command: string, words: readonly string[] = []): Program {
  const cache = join(folder, 'cache');
  const { FORCE_COLOR: _, ...env } = process.env;
  const start: Program['start'] = (argv, cwd = join(folder, 'empty'), more = {}) =>
    spawn(command, [...words, ...argv], {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...more,
      env: { ...env, EKSD_REBUILD_CACHE: cache, NO_COLOR: '1', ...more.env },
    });
  return {
    ...{ folder, cache, start },
    run: (argv) => ended(start(argv)),
    runIn: (cwd, argv) => ended(start(argv, cwd)),
  };
}

function ended(child: ChildProcess): Promise<Ran & { readonly seconds: number }> {
  const began = performance.now();
  const said = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk) => (said.stdout += chunk));
  child.stderr?.on('data', (chunk) => (said.stderr += chunk));
  return new Promise((resolve) => {
    child.on('close', (code) => {
      resolve({ code: code ?? -1, ...said, seconds: (performance.now() - began) / 1000 });
    });
  });
}
