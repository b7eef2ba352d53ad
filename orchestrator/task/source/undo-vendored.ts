import { mkdir } from 'node:fs/promises';
import type { Failure } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';
import { type LocalGit, runGit } from '../../tool/git/command.ts';
import type { Patch } from './apply-patches.ts';

/**
 * Undoes in a checkout what upstream's `update-vendor.sh` undid, which made `vendor/` again from go.mod after patching:
 * changes of files there by patches that change no go.mod. What such a patch adds is there again, because a changed source
 * calls for it. Neither HEAD nor the index is changed, and nothing that a patch of the user's own touches.
 * @param commit what the tag points at.
 * @param undoneTree a folder that gets what HEAD has of the files that are undone: the archive of the source is of HEAD.
 */
export async function undoVendored(
  patches: readonly Patch[],
  commit: string,
  git: LocalGit,
  place: { readonly gitDir: string; readonly workTree: string },
  undoneTree: string,
): Promise<Result<void, Failure>> {
  const undone = new Set(patches.filter(isUndone).flatMap(vendoredNames));
  for (const name of patches.filter((patch) => !isUndone(patch)).flatMap(vendoredNames)) undone.delete(name);
  if (undone.size === 0) return ok(undefined);
  await mkdir(undoneTree);
  for (const [from, workTree] of [
    ['HEAD', undoneTree],
    [commit, place.workTree],
  ] as const) {
    const listed = await runGit(git, [...literally, 'ls-tree', '-z', '--name-only', from, ...undone], place);
    if (!listed.ok) return listed;
    const files = listed.value.split('\0').filter((name) => name !== '');
    if (files.length === 0) continue;
    const restore = [...literally, 'restore', '--worktree', `--source=${from}`, '--', ...files];
    const restored = await runGit(git, restore, { ...place, workTree });
    if (!restored.ok) return restored;
  }
  return ok(undefined);
}

/** Names with a star in them are names. */
const literally = ['--literal-pathspecs'];

function isUndone({ pin, parts }: Patch): boolean {
  if (pin.from.kind === 'user') return false;
  return !parts.some(({ names }) => names.some((name) => /(^|\/)go\.mod$/.test(name)));
}

function vendoredNames({ parts }: Patch): readonly string[] {
  return parts.flatMap(({ names }) => names).filter((name) => name.startsWith('vendor/'));
}
