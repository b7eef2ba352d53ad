import type { z } from 'zod';
import { defined } from '../../core/defined.ts';
import type { Digest } from '../../core/digest.ts';
import { type Lock, lockSchema } from './lock.ts';
import type { UnsealedLock } from './lock-file.ts';
import { toTexts } from './seal.ts';

/** What of a lock some projects and images are built from, every scalar a text. The same pins give the same part. */
export type LockPart = UnsealedLock;

/** @param projects, bases names of projects and base images; what the lock does not have is left out. */
export function partOfLock(lock: Lock, projects: readonly string[], bases: readonly string[]): LockPart {
  const own = Object.entries(lock.projects)
    .filter(([name]) => projects.includes(name))
    // What a site is to hold is of the release.
    .map(([name, { expectedFiles: _, ...locked }]) => [name, locked] as const);
  const builds = new Set(own.map(([, { go }]) => go?.build));
  const versions = new Set(own.map(([, { go }]) => go?.version));
  const { digest: _digest, schema: _schema, goBuilds, goDownloads, ...rest } = lock;
  return toTexts({
    ...rest,
    upstream: { ...lock.upstream, differences: [] },
    ...defined({
      goBuilds: only(goBuilds, builds),
      goDownloads: only(goDownloads, versions),
    }),
    baseImages: lock.baseImages.filter(({ name }) => bases.includes(name)),
    projects: Object.fromEntries(own),
  }) as LockPart;
}

function only<T>(
  record: Readonly<Record<string, T>> | undefined,
  names: ReadonlySet<string | undefined>,
): Readonly<Record<string, T>> | undefined {
  const kept = Object.entries(record ?? {}).filter(([name]) => names.has(name));
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

/** Such a part, as it is read. */
export const lockPartSchema = lockSchema.omit({ digest: true, schema: true });

/** A lock that has nothing but that part, under the digest of the whole, which it cannot be held against. */
export function lockOfPart(part: z.output<typeof lockPartSchema>, digest: Digest): Lock {
  return { schema: '1', digest, ...part };
}
