import type { Failure } from '../../core/failure.ts';
import { lastLines } from '../process/command-failure.ts';

/** A clone that is read, for the words of a failure. */
export interface ReadClone {
  /** The repository by its own name. */
  readonly repository: string;
  /** Absolute. */
  readonly gitDir: string;
}

/**
 * Git's words (LC_ALL=C, up to 2.47) for an object that is named and cannot be read: it is missing, its file or pack is damaged, or it was
 * left out of a partial clone and whoever promised it is away.
 */
const words =
  /\b(loose|packed) object .* is corrupt|object file .* is empty|inflate: |from promisor remote|(missing|bad) (blob|tree|commit|object)|(unable|failed) to (read|unpack|parse)|Could not read [0-9a-f]{40}|(packfile|index file|pack) .*(is corrupt|does not match|cannot be |too small|truncated|invalid)|hash mismatch|sha1 mismatch|not point to a valid object/i;

/** Git's words where what one object names is not there (git-fsck(1)). */
const broken =
  /^(missing|broken link|error: .*(not a git repository|invalid sha1 pointer)|fatal: not a git)/i;

/** The lines of what `git fsck` says that tell of damage. */
export function damageIn(said: string): readonly string[] {
  return said.split('\n').filter((line) => words.test(line) || broken.test(line));
}

/** An object of a clone that cannot be read. @param said git's own words. */
export function damaged({ repository, gitDir }: ReadClone, object: string, said: string): Failure {
  return { reason: 'clone-damaged', repository, object, path: gitDir, detail: said };
}

/** What a failed command says of a clone's objects, where it is that. */
export function orDamaged(failure: Failure, clone: ReadClone): Failure {
  if (failure.reason !== 'command-failed') return failure;
  if (/not a git repository/.test(failure.output))
    return damaged(clone, 'HEAD', lastLines(failure.output, 3));
  if (!words.test(failure.output)) return failure;
  // Packs have such names, too.
  const id = /(?<!pack-)\b[0-9a-f]{40}\b/.exec(failure.output)?.[0];
  return damaged(clone, id === undefined ? 'An object' : `Object ${id}`, lastLines(failure.output, 3));
}
