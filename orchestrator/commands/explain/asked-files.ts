import type { Lock } from '../../config/lock/lock.ts';
import { nearestNames } from '../../config/nearest.ts';
import type { Failure } from '../../core/failure.ts';
import { isPlatform } from '../../core/platform.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { AskedFile } from '../../run/explain/plan-program.ts';
import { type Subject, subjectsIn } from '../../verdict/inspect/published-subjects.ts';
import { chooseNames } from '../../workspace/choose-names.ts';

/** The files that words of the command line are about, and else what is given as published. */
export interface AskedFiles {
  /** Holds the words against what is published. Errors: those of `chooseNames`. Comes before all else. */
  check(lock: Lock): Result<void, Failure>;
  /**
   * Where no word names a file, those are asked for that the one at a path is about. Gives a note where it is about none.
   * Errors: `usage` where it cannot be read.
   */
  narrow(lock: Lock, path: string): Promise<Result<string | undefined, Failure>>;
  isAsked(file: AskedFile): boolean;
  /** Whether some files were asked for, and not all that are selected. */
  isPart(): boolean;
}

/** @param words `etcd`, `linux/arm64/etcd` or `etcd-io/etcd/linux/arm64/etcd`; all files where there is none. */
export function askedFiles(words: readonly string[]): AskedFiles {
  let has = (_: string): boolean => true;
  let isPart = words.length > 0;
  return {
    check(lock) {
      const all = publishedFiles(lock).map(fullName);
      const chosen = chooseNames(words, { option: 'FILE', all, unknown: (name) => noFile(name, all) });
      if (!chosen.ok) return chosen;
      has = chosen.value.has;
      return ok(undefined);
    },
    async narrow(lock, path) {
      if (isPart) return ok(undefined);
      const found = await subjectsIn(path, publishedFiles(lock));
      if (!found.ok) return err(unreadable(path, found.error));
      if (found.value === undefined) return ok(undefined);
      const { by, files } = found.value;
      if (files.length === 0) {
        const no = `no file of ${lock.release}`;
        return ok(by === 'hash' ? `its SHA-256 is that of ${no}` : `it is about ${no}`);
      }
      const names = new Set(files.map(fullName));
      has = (name) => names.has(name);
      isPart = true;
      return ok(undefined);
    },
    isAsked: (file) => has(fullName(file)),
    isPart: () => isPart,
  };
}

function publishedFiles({ projects }: Lock): readonly (AskedFile & Subject)[] {
  return Object.entries(projects).flatMap(([project, { checksums }]) =>
    (checksums?.files ?? []).flatMap(({ platform, name, sha256 }) =>
      isPlatform(platform) ? [{ project, platform, name, sha256 }] : [],
    ),
  );
}

export function fullName({ project, platform, name }: AskedFile): string {
  return `${project}/${platform}/${name}`;
}

function unreadable(path: string, why: string): Failure {
  const help = 'Name a file that is a program, or says of some how they were built.';
  return { reason: 'usage', message: `${path} ${why}.`, help };
}

function noFile(name: string, all: readonly string[]): Failure {
  const help = 'A file is called by its name, with its platform or its project before it: linux/arm64/etcd.';
  // With its platform, and without.
  const shorter = all.flatMap((each) => [-3, -1].map((parts) => each.split('/').slice(parts).join('/')));
  const nearest = nearestNames(name, [...all, ...shorter]);
  return { reason: 'unknown-name', what: 'file', name, nearest, help };
}
