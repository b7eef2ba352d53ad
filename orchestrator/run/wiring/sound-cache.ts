import { errnoOf } from '../../store/errno.ts';
import { checkGoBuild } from '../../store/go-build.ts';
import type { RunProcess } from '../../tool/process/process.ts';
import { once } from './once.ts';

/**
 * Has a go command that failed on the shared build cache tried again where something in there was not what was put into it: Go takes
 * what it has compiled as it stands, and would fail so every time. The cache is looked at once a run; to hash it takes seconds.
 * @param isRechecked whether that is done before the first command.
 */
export function onSoundCache(run: RunProcess, buildCache: string, isRechecked: boolean): RunProcess {
  const hadDamage = once(async () => {
    try {
      return (await checkGoBuild(buildCache)).length > 0;
    } catch (error) {
      // It may be another user's.
      if (errnoOf(error) === undefined) throw error;
      return false;
    }
  });
  return async (command) => {
    if (command.env['GOCACHE'] !== buildCache) return run(command);
    if (isRechecked) await hadDamage();
    const outcome = await run(command);
    const hasFailed = outcome.exitCode !== undefined && outcome.exitCode !== 0;
    return hasFailed && (await hadDamage()) ? run(command) : outcome;
  };
}
