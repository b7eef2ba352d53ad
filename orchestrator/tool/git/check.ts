import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { failureOf, lastLines } from '../process/command-failure.ts';
import { gitCommand, type LocalGit } from './command.ts';
import { damageIn } from './damage.ts';

/** What a look at a clone came to: what git says of its damage; `unfinished`: it took too long. */
type CloneState =
  | { readonly kind: 'sound' | 'unfinished' }
  | { readonly kind: 'damaged'; readonly said: string };

/** The bare clones below a folder, absolute, in the order of their names. What is being made beside one is none yet. */
export async function clonesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const found: string[] = [];
  for (const { name } of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, name);
    const inside: readonly string[] = await readdir(path).catch(() => []);
    if (name.endsWith('.git') && inside.includes('objects')) found.push(path);
    else if (!/\.git(\.new-|$)/.test(name)) found.push(...(await clonesBelow(path)));
  }
  return found;
}

/**
 * Has git read all objects of a clone, and see that they hold together. What upstream's history has against git's rules of today
 * (modes, dates, names) is no damage. Errors: those of running git.
 * @param seconds after which it is given up.
 */
export async function checkClone(
  git: LocalGit,
  gitDir: string,
  seconds: number,
): Promise<Result<CloneState, Failure>> {
  const args = ['fsck', '--full', '--no-dangling', '--no-progress'];
  const command = { ...gitCommand(git, args, { gitDir }), limits: { seconds } };
  const outcome = await git.run(command);
  if (outcome.timedOut !== undefined) return ok({ kind: 'unfinished' });
  if (outcome.aborted || outcome.spawnError !== undefined) return err(failureOf(command, outcome));
  const said = damageIn(`${outcome.stderr}\n${outcome.stdout}`);
  return ok(said.length === 0 ? { kind: 'sound' } : { kind: 'damaged', said: lastLines(said.join('\n'), 3) });
}
