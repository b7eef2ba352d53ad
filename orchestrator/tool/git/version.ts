import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { type LocalGit, runGit } from './command.ts';

/** The first git that takes its settings from `GIT_CONFIG_COUNT` (its release notes, 2.31.0). */
const oldestGit = [2, 31] as const;

/** The version of git, such as `2.39.5`. Errors: `missing-program`, `program-too-old`. */
export async function checkGit(git: LocalGit): Promise<Result<string, Failure>> {
  const printed = await runGit(git, ['--version'], {});
  if (!printed.ok) {
    if (printed.error.reason !== 'missing-program') return printed;
    return err({
      reason: 'missing-program',
      program: 'git',
      help: `Install git ${oldestGit.join('.')} or newer: all sources are read through it.`,
    });
  }
  const found = /^git version (([0-9]+)\.([0-9]+)\S*)/.exec(printed.value);
  const [major, minor] = [Number(found?.[2] ?? 0), Number(found?.[3] ?? 0)];
  const isNewEnough = major > oldestGit[0] || (major === oldestGit[0] && minor >= oldestGit[1]);
  const version = found?.[1] ?? printed.value.trim();
  if (isNewEnough) return ok(version);
  return err({ reason: 'program-too-old', program: 'git', found: version, needed: oldestGit.join('.') });
}
