import { readFile, rm } from 'node:fs/promises';
import type { Command, ProcessOutcome, RunProcess } from './process.ts';

/**
 * Runs a command whose standard output may be longer than what is kept in memory (4 MB): through a file, which is gone
 * afterwards.
 * @param file absolute path of one that is not there. @throws system errors of reading it.
 */
export async function runForLongOutput(
  run: RunProcess,
  command: Command,
  file: string,
): Promise<ProcessOutcome> {
  try {
    const outcome = await run({ ...command, stdoutFile: file });
    if (outcome.spawnError !== undefined) return outcome;
    return { ...outcome, stdout: await readFile(file, 'utf8') };
  } finally {
    await rm(file, { force: true });
  }
}
