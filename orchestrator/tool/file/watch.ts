import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Milliseconds between two looks, and how many times longer than the last one took, so that they cost nothing. */
const usualPeriod = 2000;
const restAfterLook = 50;

/**
 * Does something, and looks meanwhile at what it leaves on the disk: for programs that say nothing of how far they are. A look
 * that fails, or comes too late, tells nothing.
 */
export async function watching<T, Seen>(
  look: () => Promise<Seen | undefined>,
  tell: (seen: Seen) => void,
  body: () => Promise<T>,
  period = usualPeriod,
): Promise<T> {
  let isOver = false;
  let timer: NodeJS.Timeout | undefined;
  const lookIn = (milliseconds: number): void => {
    timer = setTimeout(lookOnce, milliseconds);
    timer.unref();
  };
  const lookOnce = async (): Promise<void> => {
    const began = performance.now();
    const seen = await look().catch(() => undefined);
    if (isOver) return;
    if (seen !== undefined) tell(seen);
    lookIn(Math.max(period, (performance.now() - began) * restAfterLook));
  };
  lookIn(period);
  try {
    return await body();
  } finally {
    isOver = true;
    clearTimeout(timer);
  }
}

/** Bytes of a file, or of all files below a folder; of what is not there, 0. */
export async function bytesAt(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() !== true) return found?.size ?? 0;
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  let bytes = 0;
  for (const entry of entries) {
    // What goes meanwhile is not there any more.
    if (entry.isFile())
      bytes += (await stat(join(entry.parentPath, entry.name)).catch(() => undefined))?.size ?? 0;
  }
  return bytes;
}
