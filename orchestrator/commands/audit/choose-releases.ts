import { nearestNames } from '../../config/nearest.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { chooseNames } from '../../workspace/choose-names.ts';

export interface ReleaseChoice {
  /** Words of `chooseNames`. */
  readonly branch?: readonly string[];
  readonly all?: boolean;
}

/** `1-30` of `v1-30-eks-5`; a release of another name is of no branch. */
const branchOf = (release: string): string | undefined => /^v([0-9]+-[0-9]+)-eks-/.exec(release)?.[1];

/**
 * Those that are meant of the releases at hand, each once. Errors: `usage` where nothing says which; those of `chooseNames`.
 * @param words names and globs. @param isAll where nothing says which, all are meant.
 */
export function chooseReleases(
  words: readonly string[],
  { branch = [], all = false }: ReleaseChoice,
  atHand: readonly string[],
  isAll = false,
): Result<readonly string[], Failure> {
  const ways = [words.length > 0, branch.length > 0, all].filter(Boolean).length;
  if (ways === 0 && !isAll) return err(wrong('No release was named.'));
  if (ways > 1) return err(wrong('Releases by name, --branch and --all do not go together.'));
  if (words.length > 0) {
    const chosen = chooseNames(words, { option: 'RELEASE', all: atHand, unknown: noRelease(atHand) });
    return chosen.ok ? ok(chosen.value.names) : chosen;
  }
  const branches = [...new Set(atHand.flatMap((name) => branchOf(name) ?? []))];
  const unknown = (name: string): Failure => {
    const help = `Of ${branches.join(', ') || 'no branch'} there are locks: "eksd-rebuild import --all" writes all of them.`;
    return { reason: 'unknown-name', what: 'branch', name, nearest: nearestNames(name, branches), help };
  };
  const chosen = chooseNames(branch, { option: '--branch', all: branches, unknown });
  if (!chosen.ok) return chosen;
  return ok(branch.length === 0 ? atHand : atHand.filter((name) => chosen.value.has(branchOf(name) ?? '')));
}

function wrong(message: string): Failure {
  return { reason: 'usage', message, help: 'Name some, or say --branch 1-30, or --all.' };
}

function noRelease(atHand: readonly string[]) {
  return (name: string): Failure => {
    const help = `It has no lock: "eksd-rebuild import ${name}" writes it.`;
    return { reason: 'unknown-name', what: 'release', name, nearest: nearestNames(name, atHand), help };
  };
}
