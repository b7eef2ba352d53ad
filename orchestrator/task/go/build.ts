import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { defined } from '../../core/defined.ts';
import type { Failure } from '../../core/failure.ts';
import { platformParts } from '../../core/platform.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { GoBuildNode } from '../../plan/node-go.ts';
import { goMinor } from '../../tool/go/go.ts';
import { failureOf } from '../../tool/process/command-failure.ts';
import { type PathLinks, withPathLink } from '../../tool/process/path-link.ts';
import { type Command, type ProcessOutcome, succeeded } from '../../tool/process/process.ts';
import { readSourceFacts, resolvePlaceholders } from '../source/facts.ts';
import type { Outputs, TaskContext } from '../task.ts';
import type { Folders } from './command.ts';
import { notesOnGo } from './file.ts';
import { underOtherConditions } from './other-conditions.ts';
import { type PreparedBuild, prepareBuild } from './prepare-build.ts';
import type { NamedProgram } from './programs.ts';
import { watchingBuild } from './watch-build.ts';

export interface GoBuildOptions {
  /** The build cache that all builds share, keyed by what go keys it by. */
  readonly buildCache: string;
  /** Git, which go runs for the version-control stamp: its absolute path, and a hermetic environment. */
  readonly git: { readonly program: string; readonly env: Readonly<Record<string, string>> };
  /** How a checkout comes to be at another path where nothing can be mounted; undefined: not at all. */
  readonly links?: PathLinks & {
    /** Why nothing can be mounted; undefined where it can. Found once. */
    readonly whyNoMounts: () => Promise<string | undefined>;
  };
}

/** All programs of one module for one platform, by one go command, without a network. */
export async function buildPrograms(
  node: GoBuildNode,
  context: TaskContext,
  options: GoBuildOptions,
): Promise<Result<Outputs, Failure>> {
  const prepared = await prepareBuild(node, context, options.git.program);
  if (!prepared.ok) return prepared;
  const { programs } = prepared.value;
  const facts = await readSourceFacts(context.tree(node.source));
  const ldflags = resolvePlaceholders(node.ldflags.join(' '), facts);
  await mkdir(context.output, { recursive: true });
  const files = programs.map((each) => fileName(each, node));
  const compile = compileCommand(node, prepared.value, ldflags, context, options);
  const command = node.conditions === undefined ? compile : underOtherConditions(compile);
  const text = `compiling ${node.platform}`;
  context.progress(text);
  const ran = await watchingBuild(
    command.env['TMPDIR'] ?? context.scratch,
    (how) => context.progress(`${text}, ${how}`),
    () => runInPlace({ ...command, signal: context.signal }, context, options.links),
  );
  if (!ran.ok) return ran;
  const { outcome, notes } = ran.value;
  if (!succeeded(outcome)) return err(failureOf(command, outcome));
  for (const file of files) {
    const exists = await access(join(context.output, file)).then(
      () => true,
      () => false,
    );
    if (!exists)
      return err({ reason: 'missing-output', file, detail: 'the go command succeeded without writing it' });
  }
  return ok({ notes: [...notes, ...(await notesOnGo(node, context.tree(node.source)))] });
}

/**
 * Runs a command that sees its folder elsewhere: in a mount namespace, or, where the machine has none, through a symbolic
 * link, by whose name go knows the folder (PWD) as by any other. Scripts that ask for the real name need the former.
 * Errors: those of `withPathLink`, with why nothing can be mounted.
 */
async function runInPlace(
  command: Command,
  context: TaskContext,
  links: GoBuildOptions['links'],
): Promise<Result<{ readonly outcome: ProcessOutcome; readonly notes: readonly string[] }, Failure>> {
  const { mounted, ...plain } = command;
  const refused = mounted === undefined ? undefined : await links?.whyNoMounts();
  if (mounted === undefined || links === undefined || refused === undefined) {
    return ok({ outcome: await context.run(command), notes: [] });
  }
  const { at, folder } = mounted;
  const linked = await withPathLink(at, folder, links, context.signal, () => context.run(plain));
  if (linked.ok) return ok({ outcome: linked.value, notes: [`${at} was a symbolic link: ${refused}.`] });
  const { error } = linked;
  if (error.reason !== 'path-unavailable') return linked;
  const detail = `nothing can be mounted (${refused}), and no link made: ${error.detail}`;
  return err({ ...error, detail });
}

/** The go command of a build. Pure. @param ldflags with the values of the source in them. */
export function compileCommand(
  node: GoBuildNode,
  { program, cwd, env, flags, programs, mounted }: PreparedBuild,
  ldflags: string,
  { output, scratch }: Folders,
  { git, buildCache }: GoBuildOptions,
): Command {
  const [only] = programs;
  // A pattern stands here only where a command is shown: it stands for several.
  const isOnly = programs.length === 1 && only !== undefined && !only.package.includes('*');
  const target = isOnly ? join(output, fileName(only, node)) : `${output}/`;
  const packages = programs.map((each) => each.package);
  return {
    program,
    args: ['build', ...flags, '-ldflags', ldflags, '-o', target, ...packages],
    cwd,
    env: {
      ...git.env,
      ...env,
      ...(node.memory === undefined ? collectingLess(node) : {}),
      GOCACHE: sharesCache(node) ? buildCache : join(scratch, 'go-build'),
    },
    network: 'none',
    sees: { writes: [buildCache], calls: [git.program] },
    ...defined({ mounted }),
  };
}

/**
 * Go's compiler and linker, told to collect less garbage: a seventh of the time for more memory, which from Go 1.19 on has a limit
 * of its own. From Go 1.20 on the compiler begins with 48 MiB on two cores unless GOGC is set (cmd/compile/internal/gc/main.go), so
 * that less than 1000, which begins with 40, would win nothing. What they write does not depend on it, nor does what the build
 * cache keys it by. Not where a recipe says that linking takes much.
 */
function collectingLess({ goVersion }: GoBuildNode): Readonly<Record<string, string>> {
  return goMinor(goVersion) >= 19 ? { GOGC: '1000', GOMEMLIMIT: '1GiB' } : { GOGC: '400' };
}

/**
 * With -trimpath, Go 1.13 keys what it compiles without the module's version, so that one build could be given objects of
 * another version of a module: it gets a cache of its own. Mended in Go 1.14 (cmd/go/internal/work, buildActionID).
 */
function sharesCache({ goVersion, conditions }: GoBuildNode): boolean {
  return goMinor(goVersion) >= 14 && conditions === undefined;
}

function fileName(program: NamedProgram, node: GoBuildNode): string {
  return platformParts(node.platform).os === 'windows' ? `${program.name}.exe` : program.name;
}
