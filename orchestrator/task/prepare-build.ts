import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { GoBuildNode } from '../plan/node-go.ts';
import { failureOf } from '../tool/command-failure.ts';
import { type Command, succeeded } from '../tool/process.ts';
import { preparePlace } from './build-place.ts';
import { type PinnedGo, preparePinnedGo, targetEnvironment } from './go-command.ts';
import { expandPrograms, type NamedProgram } from './programs.ts';
import type { TaskContext } from './task.ts';
import { hasVendor, overlayOf } from './vendor-folder.ts';

/** The pinned go before what a go-build compiles: ready to build it, or to list it. */
export interface PreparedBuild extends PinnedGo {
  /** Flags in order, before the packages, with the mode that the modules call for. */
  readonly flags: readonly string[];
  readonly programs: readonly NamedProgram[];
  /** What the go command has to see elsewhere; `cwd` is there. */
  readonly mounted?: NonNullable<Command['mounted']>;
}

/**
 * Lays out what a go-build compiles in `context.scratch`: the checkout's copy, with what `go mod vendor` wrote over it.
 * The environment has no network, and leaves GOCACHE and what git gets to the caller.
 * @param git absolute path of git, which go runs for the version-control stamp.
 */
export async function prepareBuild(
  node: GoBuildNode,
  context: TaskContext,
  git: string,
): Promise<Result<PreparedBuild, Failure>> {
  const pinned = await preparePinnedGo(node, context, git);
  if (!pinned.ok) return pinned;
  const programs = await expandPrograms(pinned.value.cwd, node.programs);
  if (!programs.ok) return programs;
  const base = {
    ...pinned.value.env,
    ...targetEnvironment(node.platform),
    ...node.environment,
    GOPROXY: 'off',
    GOSUMDB: 'off',
  };
  if (node.layout !== undefined) {
    const { fill, env, ...place } = await preparePlace(node.layout, pinned.value.cwd, context.scratch);
    const flags = node.flags.map(fill);
    return ok({ ...pinned.value, ...place, env: { ...base, ...env }, flags, programs: programs.value });
  }
  const isVendored = node.vendors || (await hasVendor(context.tree(node.modules)));
  const flags = isVendored ? await layVendored(node, context, pinned.value) : ok(node.flags);
  if (!flags.ok) return flags;
  const gopath = join(node.vendors ? context.scratch : context.tree(node.modules), 'gopath');
  const env = { ...base, GOPATH: gopath, GOMODCACHE: join(gopath, 'pkg', 'mod') };
  return ok({ ...pinned.value, env, flags: flags.value, programs: programs.value });
}

/**
 * Puts what `go mod vendor` wrote in the place of what the checkout has, and gives the flags to build with. The copy is
 * the task's own.
 */
async function layVendored(
  node: GoBuildNode,
  context: TaskContext,
  pinned: PinnedGo,
): Promise<Result<readonly string[], Failure>> {
  const tree = context.tree(node.modules);
  await rm(join(pinned.cwd, 'vendor'), { recursive: true, force: true });
  const command = {
    program: 'cp',
    args: ['-a', `${overlayOf(tree)}/.`, pinned.cwd],
    cwd: context.scratch,
    env: { LC_ALL: 'C', PATH: pinned.env['PATH'] ?? '' },
    network: 'none' as const,
    signal: context.signal,
  };
  const outcome = await context.run(command);
  if (!succeeded(outcome)) return err(failureOf(command, outcome));
  const mode = (await hasVendor(tree)) ? '-mod=vendor' : '-mod=mod';
  // Go 1.13 has no word for module mode, so there may be no flag to replace.
  const others = node.flags.filter((flag) => !flag.startsWith('-mod='));
  const trimmed = others[0] === '-trimpath' ? others.splice(0, 1) : [];
  return ok([...trimmed, mode, ...others]);
}
