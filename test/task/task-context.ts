import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TaskContext } from '../../orchestrator/task/task.ts';
import type { Command, ProcessOutcome, RunProcess } from '../../orchestrator/tool/process/process.ts';

/** A task's context in folders of its own, with a runner that a test answers for. */
export interface FakeContext extends TaskContext {
  readonly folder: string;
  /** What was run, in order. */
  readonly commands: readonly Command[];
}

/**
 * @param answer what a command does and says; `undefined`: it succeeds and says nothing.
 * @param below trees that are below the context's folder.
 */
export function fakeContext(
  answer: (command: Command) => Partial<ProcessOutcome> | undefined,
  trees: Readonly<Record<string, string>> = {},
  below: Readonly<Record<string, string>> = {},
): FakeContext {
  const folder = mkdtempSync(join(tmpdir(), 'task-'));
  const [output, scratch] = [join(folder, 'output'), join(folder, 'scratch')];
  for (const each of [output, scratch]) mkdirSync(each);
  const commands: Command[] = [];
  const run: RunProcess = async (command) => {
    commands.push(command);
    return keepOutput(command, { ...succeeding, ...answer(command) });
  };
  const tree = (id: string): string => {
    const path = below[id] === undefined ? trees[id] : join(folder, below[id]);
    if (path === undefined) throw new Error(`the test has no tree ${id}`);
    return path;
  };
  const signal = new AbortController().signal;
  return { folder, output, scratch, commands, run, tree, signal, progress: () => {} };
}

/** As a process's output goes: to the file that the command names, unless the answer wrote that itself. */
export function keepOutput({ stdoutFile }: Command, outcome: ProcessOutcome): ProcessOutcome {
  if (stdoutFile === undefined) return outcome;
  if (!existsSync(stdoutFile)) writeFileSync(stdoutFile, outcome.stdout);
  return { ...outcome, stdout: '' };
}

const succeeding: ProcessOutcome = {
  exitCode: 0,
  signal: undefined,
  spawnError: undefined,
  aborted: false,
  stdout: '',
  stderr: '',
  seconds: 0,
};
