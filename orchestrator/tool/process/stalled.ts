import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { countOf } from '../../core/numbers.ts';
import type { Command, ProcessOutcome, RunProcess } from './process.ts';

/**
 * Seconds, and bytes a second: where less was added for so long, what fetches into a folder is given up. Go itself waits for ever, also
 * for who sends a byte now and then.
 */
const patience = 300;
const leastRate = 50;

/**
 * Runs a command that fetches into a folder, and ends it where nothing, or next to nothing, was added there for long. That is told as
 * go tells of a connection that timed out.
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
    // What goes meanwhile has been unpacked.
    if (Math.abs(size - last) >= leastRate * seconds) [last, since] = [size, Date.now()];
    else if (Date.now() - since >= seconds * 1000) guard.abort();
  };
  const timer = setInterval(() => void look(), (seconds * 1000) / 10);
  try {
    const outcome = await run({ ...command, signal: AbortSignal.any([signal, guard.signal]) });
    if (!guard.signal.aborted || signal.aborted) return outcome;
    const why = `operation timed out: less than ${leastRate} bytes a second came for ${countOf(seconds, 'second')}\n`;
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
