import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { byCodeUnit } from '../../core/canonical-json.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { failureOf } from '../../tool/process/command-failure.ts';
import { succeeded } from '../../tool/process/process.ts';
import type { PreparedBuild } from '../go/prepare-build.ts';
import { textWithin } from '../source/within.ts';
import type { TaskContext } from '../task.ts';
import type { LinkedModule } from './linked-package.ts';

/** A module as a program's own build information has it; of one that is replaced, what stands in its place. */
interface BuiltModule {
  readonly path: string;
  readonly version: string;
  /** `h1:...`; empty where the go command left it out. */
  readonly sum: string;
}

interface BuiltProgram {
  readonly name: string;
  readonly modules: readonly { readonly asked: BuiltModule; readonly used: BuiltModule }[];
}

/**
 * Holds what `go list` says against what the programs say of themselves, so that nothing is in them that is not
 * attributed. The sums are held against go.sum, which the modules were checked with when they were fetched.
 * @param tree of the go-build.
 * Errors: `missing-output` where a program holds a module that was not listed, or has no build information;
 * `module-mismatch` where a sum is not that of go.sum.
 */
export async function checkPrograms(
  tree: string,
  modules: readonly LinkedModule[],
  build: PreparedBuild,
  context: TaskContext,
): Promise<Result<void, Failure>> {
  const programs = await readPrograms(tree, build, context);
  if (!programs.ok) return programs;
  // What is of the checkout itself has no version there, and here whatever the go command made of its tags.
  const own = new Set(modules.filter((each) => each.isMain).map((each) => each.path));
  const listed = new Set(modules.map((each) => `${each.path} ${each.version}`));
  const sums = await textWithin(build.cwd, 'go.sum');
  const known = new Map(
    sums.split('\n').map((line) => {
      const [path, version, sum = ''] = line.trim().split(/\s+/);
      return [`${path} ${version}`, sum] as const;
    }),
  );
  for (const program of programs.value) {
    for (const { asked, used } of program.modules) {
      if (!own.has(asked.path) && !listed.has(`${asked.path} ${asked.version}`)) {
        const detail = `${program.name} holds that module in version ${asked.version}, and the go command does not list it`;
        return err({ reason: 'missing-output', file: `LICENSES/${asked.path}`, detail });
      }
      const sum = known.get(`${used.path} ${used.version}`) ?? '';
      if (used.sum !== '' && used.sum !== sum) {
        const detail = `${program.name} says ${used.sum}, go.sum ${sum === '' ? 'nothing' : sum}`;
        return err({ reason: 'module-mismatch', module: `${used.path}@${used.version}`, detail });
      }
    }
  }
  return ok(undefined);
}

async function readPrograms(
  tree: string,
  build: PreparedBuild,
  context: TaskContext,
): Promise<Result<readonly BuiltProgram[], Failure>> {
  const names = (await readdir(tree)).sort(byCodeUnit);
  const command = {
    program: build.program,
    args: ['version', '-m', ...names.map((name) => join(tree, name))],
    cwd: context.scratch,
    env: build.env,
    network: 'none' as const,
    signal: context.signal,
  };
  const outcome = await context.run(command);
  if (!succeeded(outcome)) return err(failureOf(command, outcome));
  const programs: BuiltProgram[] = [];
  for (const name of names) {
    const lines = linesOf(outcome.stdout, join(tree, name));
    if (!lines.some((line) => line.startsWith('mod\t'))) {
      const detail =
        'the go command finds no build information in it, so that what it links cannot be checked';
      return err({ reason: 'missing-output', file: `modules of ${name}`, detail });
    }
    programs.push({ name, modules: readModules(lines) });
  }
  return ok(programs);
}

/** The lines that `go version -m` has below a file's name, without their tabs in front. */
function linesOf(printed: string, file: string): readonly string[] {
  const lines = printed.split('\n');
  const from = lines.findIndex((line) => line.startsWith(`${file}: `)) + 1;
  if (from === 0) return [];
  const end = lines.findIndex((line, index) => index >= from && !line.startsWith('\t'));
  return lines.slice(from, end === -1 ? undefined : end).map((line) => line.slice(1));
}

/** `dep\tpath\tversion\tsum`, and after it, where it is replaced, `=>\tpath\tversion\tsum`. */
function readModules(lines: readonly string[]): BuiltProgram['modules'] {
  const modules: { asked: BuiltModule; used: BuiltModule }[] = [];
  for (const line of lines) {
    const [word, path = '', version = '', sum = ''] = line.split('\t');
    const module = { path, version, sum };
    const last = modules.at(-1);
    if (word === 'dep') modules.push({ asked: module, used: module });
    else if (word === '=>' && last !== undefined) modules.splice(-1, 1, { asked: last.asked, used: module });
  }
  return modules;
}
