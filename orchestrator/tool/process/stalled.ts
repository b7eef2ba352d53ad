import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { countOf } from '../../core/numbers.ts';
import type { Command, ProcessOutcome, RunProcess } from './process.ts';

/** Seconds without a byte more, after which what fetches into a folder is given up: go itself waits for ever. */
const patience = 300;

/**
 * Runs a command that fetches into a folder, and ends it where nothing was added there for long. That is told as go tells of a
 * connection that timed out.
 */
export async function runWatched(
  { run, signal }: { readonly run: RunProcess; readonly signal: AbortSignal },
  command: Command,
  folder: string,
  seconds = patience,
): Promise<ProcessOutcome> {
  const guard = new AbortController();
  let [last, since] = [-1, Date.now()];
  const look = async (): Promise<void> => {
    const size = await sizeOf(folder);
    if (size !== last) [last, since] = [size, Date.now()];
    else if (Date.now() - since >= seconds * 1000) guard.abort();
  };
  const timer = setInterval(() => void look(), (seconds * 1000) / 10);
  try {
    const outcome = await run({ ...command, signal: AbortSignal.any([signal, guard.signal]) });
    if (!guard.signal.aborted || signal.aborted) return outcome;
    const why = `operation timed out: not a byte came for ${countOf(seconds, 'second')}\n`;
    return { ...outcome, aborted: false, exitCode: 1, signal: undefined, stderr: `${outcome.stderr}${why}` };
  } finally {
    clearInterval(timer);
  }
}

/** Bytes of all files; what comes and goes meanwhile counts or does not. */
async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  let size = 0;
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    size += (await stat(join(entry.parentPath, entry.name)).catch(() => undefined))?.size ?? 0;
  }
  return size;
}
