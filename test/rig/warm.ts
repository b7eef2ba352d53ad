import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { compileHelpers } from './go-helpers.ts';
import { makeOnce } from './make-once.ts';
import { compileProgram, type Program, programAt } from './program.ts';
import { sharedFolder, sharedPlace } from './shared-place.ts';

const sample = 'sample';
const programIn = (folder: string) => join(folder, 'package', 'dist', 'cli.js');
const cacheIn = (folder: string) => join(folder, 'cache');

/** The compiled program in a folder, with a cache of its own in which the sample was verified already. @param node a Node to run it. */
export async function warmProgram(folder: string, node = process.execPath): Promise<Program> {
  mkdirSync(join(folder, 'empty'), { recursive: true });
  await warmCache(cacheIn(folder));
  return programAt(folder, node, [programIn(await template())]);
}

/** Such a cache at a place where nothing is. */
export async function warmCache(folder: string): Promise<void> {
  copyStore(cacheIn(await template()), folder);
}

function template(): Promise<string> {
  return makeOnce(join(sharedFolder(), sample), async (made) => {
    const program = await compileProgram(made);
    const ran = await program.run(['verify', 'sample']);
    if (ran.code !== 0) throw new Error(`the sample cannot be verified: ${ran.stdout}${ran.stderr}`);
    await lendHelpers(cacheIn(made));
  });
}

/** A copy of what go has kept of compiling the sample, for who compiles it by hand: go finds there what the same command makes, and nothing else. */
export async function warmBuildCache(folder: string): Promise<void> {
  execFileSync('cp', ['-a', join(cacheIn(await template()), 'go-build'), folder]);
}

/** Leaves in a cache the programs of ours in Go, which are compiled when they are first needed. */
async function lendHelpers(cache: string): Promise<void> {
  const shared = sharedPlace('inspect');
  for (const program of await compileHelpers(shared)) {
    const place = join(cache, 'inspect', relative(shared, program));
    mkdirSync(dirname(place), { recursive: true });
    copyFileSync(program, place);
  }
}

/** Leaves a program, and the cache in which it has verified the sample, for what comes later in this run. */
export async function leaveWarm({ folder, cache }: Program): Promise<void> {
  await makeOnce(join(sharedFolder(), sample), async (made) => {
    execFileSync('cp', ['-a', join(folder, 'package'), made]);
    copyStore(cache, cacheIn(made));
    await lendHelpers(cacheIn(made));
  });
}

/** What is written once, beside its place, and never again. */
const linked = ['blobs', 'trees'];

/**
 * Copies a store that nobody is writing to. Who changes its blobs, or their permissions, other than the program does, would change
 * them in all copies: for that there is `cp -a`.
 */
export function copyStore(from: string, to: string): void {
  mkdirSync(to);
  const names = readdirSync(from).map((name) => join(from, name));
  const isLinked = (path: string) => linked.some((name) => path === join(from, name));
  execFileSync('cp', ['-a', '--link', ...names.filter(isLinked), to]);
  execFileSync('cp', ['-a', ...names.filter((path) => !isLinked(path)), to]);
}

/** What is wrong with the blobs that the files of a run shared; empty where all is as the first of them left it. */
export async function damageIn(folder: string): Promise<string> {
  const made = join(folder, sample);
  if (!existsSync(made)) return '';
  const ran = await programAt(made, process.execPath, [programIn(made)]).runIn(made, ['cache', 'check']);
  return ran.code === 0 ? '' : (ran.stdout + ran.stderr).slice(0, 2000);
}
