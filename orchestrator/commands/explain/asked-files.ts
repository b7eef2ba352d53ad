import type { Lock } from '../../config/lock/lock.ts';
import type { Failure } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';
import type { AskedFile } from '../../run/explain/plan-program.ts';
import { chooseNames } from '../../workspace/choose-names.ts';
import { nearestNames } from '../../workspace/nearest.ts';

/** The files that words of the command line are about. */
export interface AskedFiles {
  /** Holds the words against what is published. Errors: those of `chooseNames`. Comes before `isAsked`. */
  check(lock: Lock): Result<void, Failure>;
  isAsked(file: AskedFile): boolean;
}

/** @param words `etcd`, `linux/arm64/etcd` or `etcd-io/etcd/linux/arm64/etcd`; all files where there is none. */
export function askedFiles(words: readonly string[]): AskedFiles {
  let has = (_: string): boolean => true;
  return {
    check({ projects }) {
      const all = Object.entries(projects).flatMap(([project, { checksums }]) =>
        (checksums?.files ?? []).map(({ platform, name }) => fullName({ project, platform, name })),
      );
      const chosen = chooseNames(words, { option: 'FILE', all, unknown: (name) => noFile(name, all) });
      if (!chosen.ok) return chosen;
      has = chosen.value.has;
      return ok(undefined);
    },
    isAsked: (file) => has(fullName(file)),
  };
}

export function fullName({ project, platform, name }: AskedFile): string {
  return `${project}/${platform}/${name}`;
}

function noFile(name: string, all: readonly string[]): Failure {
  const help = 'A file is called by its name, with its platform or its project before it: linux/arm64/etcd.';
  // With its platform, and without.
  const shorter = all.flatMap((each) => [-3, -1].map((parts) => each.split('/').slice(parts).join('/')));
  const nearest = nearestNames(name, [...all, ...shorter]);
  return { reason: 'unknown-name', what: 'file', name, nearest, help };
}
