import { execFileSync } from 'node:child_process';

export const isRoot = process.geteuid?.() === 0;

/** Permissions do not bind root: then the body runs as nobody, to whom `folder` is given. */
export async function unprivileged(folder: string, body: () => Promise<void>): Promise<void> {
  if (isRoot) {
    execFileSync('chown', ['-R', '65534:65534', folder]);
    process.setegid?.(65534);
    process.seteuid?.(65534);
  }
  try {
    await body();
  } finally {
    if (isRoot) {
      process.seteuid?.(0);
      process.setegid?.(0);
    }
  }
}
