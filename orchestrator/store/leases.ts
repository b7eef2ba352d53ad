import { readdirSync, rmSync, statSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unless } from './errno.ts';
import type { Layout } from './layout.ts';
import { readPlain } from './list.ts';
import { isRunning, type ProcessIdentity } from './process-life.ts';

/**
 * Who has the store open. A process holds one lease from open to close; its temporary folders and its locks name it,
 * so that one answer, whether a lease is live, tells what of them is left over.
 */
export interface Leases {
  /** The name of this process's lease. */
  readonly mine: string;
  /** Writes this process's lease. @throws system errors, where the store cannot be written. */
  take(): void;
  release(): void;
  isLive(lease: string): boolean;
  /** When the oldest lease of another live process was taken, in milliseconds since 1970; undefined where there is none. */
  oldestOther(): number | undefined;
  /** Removes the leases of processes that are gone. */
  sweep(): void;
}

/** How often a lease says that it lives, for those who cannot see its process. */
const beatMilliseconds = 60_000;

/** A holder that cannot be seen is taken for gone after this long without a sign. */
const silenceMilliseconds = 10 * beatMilliseconds;

export function leasesOf(layout: Layout, mine: string, self: ProcessIdentity, now: () => number): Leases {
  const pathOf = (lease: string) => join(layout.leases, lease);
  let heart: NodeJS.Timeout | undefined;

  /** When a lease was taken, where it is live. */
  const liveSince = (lease: string): number | undefined => {
    const text = readPlain(pathOf(lease));
    const beat = unless(['ENOENT', 'ENOTDIR'], () => statSync(pathOf(lease)).mtimeMs);
    if (text === undefined || beat === undefined) return undefined;
    // A lease that cannot be read is just being written, or was torn by a power cut: silence tells.
    const holder = parseLease(text);
    const runs = holder && isRunning(holder, self);
    return (runs ?? now() - beat < silenceMilliseconds) ? (holder?.since ?? beat) : undefined;
  };
  const isLive = (lease: string) => lease === mine || liveSince(lease) !== undefined;
  return {
    mine,
    isLive,
    take() {
      writeFileSync(pathOf(mine), JSON.stringify({ ...self, since: now() }), { flag: 'wx' });
      heart = setInterval(() => {
        unless(['ENOENT', 'EROFS', 'EACCES', 'EPERM'], () =>
          utimesSync(pathOf(mine), now() / 1000, now() / 1000),
        );
      }, beatMilliseconds).unref();
    },
    release() {
      clearInterval(heart);
      unless(['ENOENT', 'ENOTDIR', 'EROFS', 'EACCES', 'EPERM'], () => unlinkSync(pathOf(mine)));
    },
    oldestOther() {
      const since = readdirSync(layout.leases)
        .filter((lease) => lease !== mine)
        .map(liveSince)
        .filter((time) => time !== undefined);
      return since.length > 0 ? Math.min(...since) : undefined;
    },
    sweep() {
      for (const lease of readdirSync(layout.leases))
        if (!isLive(lease)) rmSync(pathOf(lease), { recursive: true, force: true });
    },
  };
}

function parseLease(text: string): (ProcessIdentity & { readonly since: number }) | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { pid, started, host, since } = value as Readonly<Record<string, unknown>>;
  if (typeof pid !== 'number' || typeof host !== 'string' || typeof since !== 'number') return undefined;
  return { pid, host, since, started: typeof started === 'string' ? started : undefined };
}
