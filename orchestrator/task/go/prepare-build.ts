import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { GoBuildNode } from '../../plan/node-go.ts';
import { failureOf } from '../../tool/process/command-failure.ts';
import { type Command, succeeded } from '../../tool/process/process.ts';
import type { TaskContext } from '../task.ts';
import { type BuildPlace, linkAstray, preparePlace } from './build-place.ts';
import { type Folders, type PinnedGo, pinnedGo, preparePinnedGo, targetEnvironment } from './command.ts';
import { expandPrograms, type NamedProgram } from './programs.ts';
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
  const found = { programs: programs.value, mode: await modeOf(node, context.tree(node.modules)) };
  if (node.layout !== undefined) {
    const astray = await linkAstray(node.layout, pinned.value.cwd);
    if (astray !== undefined) return err(astray);
    const place = await preparePlace(node.layout, pinned.value.cwd, context.scratch);
    return ok(describeBuild(node, context, git, { ...found, place }));
  }
  if (found.mode !== undefined) {
    await rm(replacedBy(pinned.value), { recursive: true, force: true });
    const command = layCommand(node, context, pinned.value);
    const outcome = await context.run({ ...command, signal: context.signal });
    if (!succeeded(outcome)) return err(failureOf(command, outcome));
  }
  return ok(describeBuild(node, context, git, found));
}

/** What only the checkout and the modules say, or was made of them. */
export interface FoundForBuild {
  readonly programs: readonly NamedProgram[];
  /** Where something is laid over the checkout: how it is built then. */
  readonly mode: 'vendor' | 'mod' | undefined;
  readonly place?: BuildPlace;
}

/** What `prepareBuild` gives, once all is laid out. Pure. */
export function describeBuild(
  node: GoBuildNode,
  folders: Folders,
  git: string,
  { programs, mode, place: laidOut }: FoundForBuild,
): PreparedBuild {
  const pinned = pinnedGo(node, folders, git);
  const base = {
    ...pinned.env,
    ...targetEnvironment(node.platform),
    ...node.environment,
    GOPROXY: 'off',
    GOSUMDB: 'off',
  };
  if (laidOut !== undefined) {
    const { fill, env, ...place } = laidOut;
    return { ...pinned, ...place, env: { ...base, ...env }, flags: node.flags.map(fill), programs };
  }
  const gopath = join(node.vendors ? folders.scratch : folders.tree(node.modules), 'gopath');
  const env = { ...base, GOPATH: gopath, GOMODCACHE: join(gopath, 'pkg', 'mod') };
  return { ...pinned, env, flags: mode === undefined ? node.flags : inMode(mode, node.flags), programs };
}

/** @param tree of the modules, as far as they are there. */
export async function modeOf({ vendors }: GoBuildNode, tree: string): Promise<FoundForBuild['mode']> {
  const isThere = await hasVendor(tree);
  if (!vendors && !isThere) return undefined;
  return isThere ? 'vendor' : 'mod';
}

/** What has to go before what `go mod vendor` wrote takes its place. */
export function replacedBy({ cwd }: PinnedGo): string {
  return join(cwd, 'vendor');
}

/** Lays what `go mod vendor` wrote over what the checkout has. The copy is the task's own. */
export function layCommand(node: GoBuildNode, folders: Folders, { cwd, env }: PinnedGo): Command {
  return {
    program: 'cp',
    args: ['-a', `${overlayOf(folders.tree(node.modules))}/.`, cwd],
    cwd: folders.scratch,
    env: { LC_ALL: 'C', PATH: env['PATH'] ?? '' },
    network: 'none',
  };
}

function inMode(mode: 'vendor' | 'mod', flags: readonly string[]): readonly string[] {
  // Go 1.13 has no word for module mode, so there may be no flag to replace.
  const others = flags.filter((flag) => !flag.startsWith('-mod='));
  const trimmed = others[0] === '-trimpath' ? others.splice(0, 1) : [];
  return [...trimmed, `-mod=${mode}`, ...others];
}
