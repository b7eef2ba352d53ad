import { shellQuote } from '../../core/shell-quote.ts';

/** A patch in a commit of a repository. */
export interface RemotePatch {
  readonly repository: string;
  readonly commit: string;
  readonly path: string;
  /** What the script calls it, in the folder `into`. */
  readonly name: string;
}

/**
 * The part of a script that reads patches out of a repository, a commit of which it fetches.
 * @param clone, into names of new folders below `$work`; `into` is there already.
 */
export function fetchPatches(
  patches: readonly RemotePatch[],
  clone: string,
  into: string,
): readonly string[] {
  const [first] = patches;
  if (first === undefined) return [];
  const commits = [...new Set(patches.map(({ commit }) => commit))];
  return [
    `git init --quiet "$work"/${clone}`,
    `cd "$work"/${clone}`,
    `git remote add origin ${shellQuote(first.repository)}`,
    `git fetch --quiet --depth 1 --filter=blob:none origin ${commits.map(shellQuote).join(' ')}`,
    ...patches.map(({ commit, path, name }) => {
      return `git cat-file blob ${shellQuote(`${commit}:${path}`)} >"$work"/${into}/${name}`;
    }),
  ];
}

/** The part that checks files of a folder below `$work`, into which it goes. */
export function checkSums(
  folder: string,
  files: readonly { readonly name: string; readonly sha256: string }[],
): readonly string[] {
  return [
    `cd "$work"/${folder}`,
    "sha256sum --quiet -c - <<'END'",
    ...files.map(({ sha256, name }) => `${sha256}  ${name}`),
    'END',
  ];
}

/** `0001.patch`, in the order of application, from 0. */
export function patchName(index: number): string {
  return `${String(index + 1).padStart(4, '0')}.patch`;
}
