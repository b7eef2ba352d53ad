import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { type LocalGit, runGit } from './command.ts';

/** What a tag points at. */
export interface ResolvedTag {
  /** The commit, peeled. */
  readonly commit: string;
  /** The tag's own object where it is annotated, else the commit. */
  readonly object: string;
  readonly annotated: boolean;
}

/**
 * Whether a text can be a tag's name, and means nothing else to git (https://git-scm.com/docs/git-check-ref-format,
 * somewhat stricter): no revision syntax, no path that leaves its folder.
 */
export function isTagName(text: string): boolean {
  if (text === '' || text === '@' || /[\0-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|\.$/.test(text)) return false;
  return text.split('/').every((segment) => segment !== '' && !/^[.-]|\.lock$/.test(segment));
}

/** What a tag of a local repository points at, undefined where there is no such tag or it names no commit. */
export async function resolveTag(
  git: LocalGit,
  gitDir: string,
  tag: string,
): Promise<Result<ResolvedTag | undefined, Failure>> {
  if (!isTagName(tag)) return ok(undefined);
  const found = await objectsOf(git, gitDir, [`refs/tags/${tag}`, `refs/tags/${tag}^{commit}`]);
  if (!found.ok) return found;
  const [object, commit] = found.value;
  if (object === undefined || commit === undefined) return ok(undefined);
  return ok({ commit: commit.id, object: object.id, annotated: object.type === 'tag' });
}

/** Whether a local repository has a commit. */
export async function hasCommit(
  git: LocalGit,
  gitDir: string,
  commit: string,
): Promise<Result<boolean, Failure>> {
  const found = await objectsOf(git, gitDir, [`${commit}^{commit}`]);
  return found.ok ? ok(found.value[0] !== undefined) : found;
}

interface ObjectName {
  readonly id: string;
  readonly type: string;
}

/** Id and type for each object name, undefined where there is no such object. */
export async function objectsOf(
  git: LocalGit,
  gitDir: string,
  names: readonly string[],
): Promise<Result<readonly (ObjectName | undefined)[], Failure>> {
  const input = names.map((name) => `${name}\n`).join('');
  const printed = await runGit(git, ['cat-file', '--batch-check'], { gitDir, input });
  if (!printed.ok) return err(printed.error);
  const lines = printed.value.split('\n');
  return ok(
    names.map((_, index) => {
      const match = /^([0-9a-f]{40}) ([a-z]+) [0-9]+$/.exec(lines[index] ?? '');
      return match === null ? undefined : { id: match[1] ?? '', type: match[2] ?? '' };
    }),
  );
}

/** A file of a commit. */
export interface TreeFile {
  /** `100644`, `100755`, `120000` (a symbolic link), `160000` (a submodule's commit). */
  readonly mode: string;
  readonly id: string;
  /** Below the commit's top, as git has it. */
  readonly path: string;
}

/** All files of a commit, or those below a path of it. An empty list where the path is not in it. */
export async function listTree(
  git: LocalGit,
  gitDir: string,
  commit: string,
  path?: string,
): Promise<Result<readonly TreeFile[], Failure>> {
  const where = path === undefined ? [] : ['--', path];
  const printed = await runGit(git, ['ls-tree', '-r', '-z', '--full-tree', commit, ...where], { gitDir });
  if (!printed.ok) return printed;
  return ok(
    [...printed.value.matchAll(/([0-7]{6}) [a-z]+ ([0-9a-f]{40})\t([^\0]*)\0/g)].map(
      ([, mode = '', id = '', file = '']) => ({ mode, id, path: file }),
    ),
  );
}
