import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { ScriptBuildNode } from '../../plan/node-script.ts';
import { failureOf } from '../../tool/process/command-failure.ts';
import { succeeded } from '../../tool/process/process.ts';
import { findProgram } from '../../tool/process/program-path.ts';
import { copyIn } from '../go/command.ts';
import { notesOnGo } from '../go/file.ts';
import { factsFiller, readSourceFacts } from '../source/facts.ts';
import type { Outputs, TaskContext } from '../task.ts';
import { scriptCommands, scriptFolders, stampText } from './command.ts';
import { takeOutputs } from './outputs.ts';

export interface ScriptBuildOptions {
  /** The environment of a git that works locally, for what runs it: go does, for its stamp. */
  readonly gitEnv: Readonly<Record<string, string>>;
  /** The PATH on which the tools are found. */
  readonly searchPath: string;
}

/**
 * A project's own scripts in a copy of its checkout, without a network, with the pinned Go and the declared tools alone on
 * their PATH. What a tool is called by is a link of ours, so its place is nowhere.
 * Errors: `missing-program` for a tool that the machine lacks; `path-unavailable`; `missing-output`; those of its commands.
 */
export async function runScripts(
  node: ScriptBuildNode,
  context: TaskContext,
  { gitEnv, searchPath }: ScriptBuildOptions,
): Promise<Result<Outputs, Failure>> {
  const folders = scriptFolders(context);
  for (const folder of [folders.tools, folders.home, folders.temporary, context.output]) {
    await mkdir(folder, { recursive: true });
  }
  const linked = await linkTools(node, folders.tools, searchPath);
  if (!linked.ok) return linked;
  const fill = factsFiller(await readSourceFacts(context.tree(node.source)));
  const stamp = stampText(node, fill);
  if (stamp !== undefined) await writeFile(folders.stamp, stamp);
  if (node.at !== undefined) await mkdir(folders.mount);
  context.progress(`running the project's scripts${node.title === '' ? '' : ` for ${node.title}`}`);
  for (const command of scriptCommands(node, context, fill, gitEnv)) {
    const outcome = await context.run({ ...command, signal: context.signal });
    if (!succeeded(outcome)) return err(failureOf(command, outcome));
  }
  // Whatever the scripts put there themselves: links would lead what is copied astray.
  await rm(context.output, { recursive: true, force: true });
  await mkdir(context.output);
  const taken = await takeOutputs(node.outputs, copyIn(context), context.output);
  if (!taken.ok) return taken;
  return ok(node.go === undefined ? {} : { notes: await notesOnGo(node.go, context.tree(node.source)) });
}

/** A folder of links to the tools. Errors: `missing-program`. */
async function linkTools(
  { tools }: ScriptBuildNode,
  folder: string,
  searchPath: string,
): Promise<Result<void, Failure>> {
  for (const { name } of tools) {
    const path = await findProgram(name, searchPath, '/');
    if (path === undefined) {
      const help = "Install it: the project's own scripts call it. Without it: --method direct.";
      return err({ reason: 'missing-program', program: name, help });
    }
    await symlink(path, join(folder, name));
  }
  return ok(undefined);
}
