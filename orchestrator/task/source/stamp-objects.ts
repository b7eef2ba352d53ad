import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Failure } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';
import { type LocalGit, runGit } from '../../tool/git/command.ts';

/**
 * The ids, one a line, of the objects without which a git folder does not answer as the full clone does:
 * - every commit of the history, and the tags' own objects (`describe`, `tag --merged`, `rev-list --count`);
 * - the trees of HEAD (`status`) and of its parents (`show -s` compares with them even where it prints nothing);
 * - the targets of HEAD's symbolic links, which `status` compares with the stored ones, not with their hashes;
 * - HEAD's go.mod files, which the go command reads out of the commit for the main module's version (Go 1.24 and newer);
 * - the files that came or went with HEAD, where both happened: `show -s` looks for renames among them.
 * All other files of all commits are left out.
 * @param tips HEAD and the tags.
 * @param scratch an empty folder.
 * Errors: those of `runGit`.
 */
export async function stampObjects(
  git: LocalGit,
  gitDir: string,
  head: string,
  tips: readonly string[],
  scratch: string,
): Promise<Result<Buffer, Failure>> {
  const list = ['rev-list', '--objects', '--no-object-names'];
  const questions = {
    history: [...list, '--filter=tree:0', '--stdin'],
    trees: [...list, '--filter=blob:none', '--no-walk', head, `${head}^@`],
    files: ['ls-tree', '-r', '-z', head],
    changes: ['diff-tree', '-r', '-z', '-m', '--no-renames', '--no-commit-id', head],
  };
  const answers: Record<string, Buffer> = {};
  for (const [name, args] of Object.entries(questions)) {
    const stdoutFile = join(scratch, name);
    const input = name === 'history' ? { input: tips.map((id) => `${id}\n`).join('') } : {};
    const asked = await runGit(git, args, { gitDir, stdoutFile, ...input });
    if (!asked.ok) return asked;
    answers[name] = await readFile(stdoutFile);
  }
  const files = [...filesToKeep(answers['files']), ...possibleRenames(answers['changes'])];
  const lines = Buffer.from(files.map((id) => `${id}\n`).join(''));
  return ok(Buffer.concat([answers['history'] ?? lines, answers['trees'] ?? lines, lines]));
}

const symbolicLink = '120000';
const submodule = '160000';

/** @param listing of `git ls-tree -r -z`. */
function* filesToKeep(listing: Buffer | undefined): Generator<string> {
  const text = listing?.toString('latin1') ?? '';
  for (const [, mode, id = '', path = ''] of text.matchAll(/([0-7]{6}) blob ([0-9a-f]{40})\t([^\0]*)\0/g)) {
    if (mode === symbolicLink || /(^|\/)go\.mod$/.test(path)) yield id;
  }
}

/** @param changes of `git diff-tree -r -z`. */
function possibleRenames(changes: Buffer | undefined): readonly string[] {
  const text = changes?.toString('latin1') ?? '';
  const [added, deleted]: [string[], string[]] = [[], []];
  for (const [, oldMode, newMode, oldId = '', newId = '', kind] of text.matchAll(
    /:([0-7]{6}) ([0-7]{6}) ([0-9a-f]{40}) ([0-9a-f]{40}) ([A-Z])\0[^\0]*\0/g,
  )) {
    if (kind === 'A' && newMode !== submodule) added.push(newId);
    if (kind === 'D' && oldMode !== submodule) deleted.push(oldId);
  }
  return added.length > 0 && deleted.length > 0 ? [...added, ...deleted] : [];
}
