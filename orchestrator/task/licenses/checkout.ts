import { chmod, copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { defined } from '../../core/defined.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { GoBuildNode } from '../../plan/node-go.ts';
import { failureOf } from '../../tool/process/command-failure.ts';
import { type Command, succeeded } from '../../tool/process/process.ts';
import { commonFolder } from '../../tool/process/view.ts';
import { linkAstray, preparePlace } from '../go/build-place.ts';
import { copyIn, type PinnedGo, pinnedGo } from '../go/command.ts';
import {
  describeBuild,
  type FoundForBuild,
  modeOf,
  type PreparedBuild,
  prepareBuild,
} from '../go/prepare-build.ts';
import { expandPrograms } from '../go/programs.ts';
import { overlayOf } from '../go/vendor-folder.ts';
import type { TaskContext } from '../task.ts';

/** Of a checkout, what a go command that lists may write: before Go 1.16 it brings the first two up to date. */
const written = ['go.mod', 'go.sum', 'go.work', 'go.work.sum'] as const;

/**
 * Lays out what a go-build compiled, to be listed and not to be built: as `prepareBuild` does, but with links to the files of
 * the store, because to copy thousands of them takes long. Folders are the task's own, and so is what the go command may write.
 * Where files cannot be linked, they are copied.
 * @param git absolute path of git, for PATH.
 */
export async function prepareListing(
  node: GoBuildNode,
  context: TaskContext,
  git: string,
): Promise<Result<PreparedBuild, Failure>> {
  const pinned = pinnedGo(node, context, git);
  const mode = node.layout === undefined ? await modeOf(node, context.tree(node.modules)) : undefined;
  await mkdir(pinned.env['TMPDIR'] ?? '', { recursive: true });
  const linked = await linkCheckout(node, mode, context, pinned);
  if (!linked.ok && linked.error.reason === 'aborted') return linked;
  if (!linked.ok) {
    // Another file system, more links than a file may have, or files of another user.
    await rm(copyIn(context), { recursive: true, force: true });
    return prepareBuild(node, context, git);
  }
  const programs = await expandPrograms(pinned.cwd, node.programs);
  if (!programs.ok) return programs;
  const { layout } = node;
  const astray = layout && (await linkAstray(layout, copyIn(context)));
  if (astray !== undefined) return err(astray);
  const place = layout && (await preparePlace(layout, copyIn(context), context.scratch));
  const found = { programs: programs.value, mode, ...defined({ place }) };
  return ok(describeBuild(node, context, git, found));
}

/** Errors: `command-failed` where something cannot be linked; `aborted`. */
async function linkCheckout(
  node: GoBuildNode,
  mode: FoundForBuild['mode'],
  context: TaskContext,
  { cwd, env }: PinnedGo,
): Promise<Result<void, Failure>> {
  const copy = copyIn(context);
  // No link leads from one mount to another: what has both ends in it is seen as a whole.
  const trees = [node.source, node.modules, node.generated].flatMap((id) => (id ? [context.tree(id)] : []));
  const sees = { writes: [commonFolder([context.scratch, ...trees])], calls: ['chmod'] };
  const run = async (program: string, ...args: readonly string[]): Promise<Result<string, Failure>> => {
    const command: Command = {
      ...{ program, args, cwd: context.scratch, env: { LC_ALL: 'C', PATH: env['PATH'] ?? '' } },
      ...{ network: 'none', sees, signal: context.signal },
    };
    const outcome = await context.run(command);
    return succeeded(outcome) ? ok(outcome.stdout) : err(failureOf(command, outcome));
  };
  const linked = await run('cp', '-al', join(context.tree(node.source), 'source'), copy);
  if (!linked.ok) return linked;
  // Never of files: their modes are those of the store's.
  const opened = await run('find', copy, '-type', 'd', '-exec', 'chmod', 'u+w', '{}', '+');
  if (!opened.ok) return opened;
  if (node.generated !== undefined) {
    const laid = await run('cp', '-al', '--remove-destination', `${context.tree(node.generated)}/.`, copy);
    if (!laid.ok) return laid;
  }
  if (mode !== undefined) {
    await rm(join(cwd, 'vendor'), { recursive: true, force: true });
    const overlay = `${overlayOf(context.tree(node.modules))}/.`;
    const laid = await run('cp', '-al', '--remove-destination', overlay, cwd);
    if (!laid.ok) return laid;
    await chmod(cwd, 0o755);
  }
  const names = written.flatMap((name) => ['-o', '-name', name]).slice(1);
  const found = await run('find', copy, '-type', 'f', '(', ...names, ')', '-print0');
  if (!found.ok) return found;
  for (const file of found.value.split('\0').filter((path) => path !== '')) await makeOwn(file);
  return ok(undefined);
}

/** Puts a copy into a link's place. */
async function makeOwn(file: string): Promise<void> {
  const own = `${file}.own`;
  await copyFile(file, own);
  await chmod(own, 0o644);
  await rename(own, file);
}
