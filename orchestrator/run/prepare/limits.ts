import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Capacities } from '../../engine/resources.ts';
import type { Workspace } from '../../workspace/workspace.ts';

/** How much of each resource a run may use at once. @param jobs `--jobs`. Errors: `usage`. */
export function capacitiesOf(workspace: Workspace, jobs: string | undefined): Result<Capacities, Failure> {
  if (jobs !== undefined && !/^[1-9][0-9]{0,3}$/.test(jobs)) {
    const message = `--jobs takes a number of builds from 1 to 9999, not ${JSON.stringify(jobs)}.`;
    return err({
      reason: 'usage',
      message,
      help: 'Without it, a quarter as many as there are cores run at once, and at least two.',
    });
  }
  const { network, builds, memoryBytes } = workspace.limits;
  return ok({ network, processor: jobs === undefined ? builds : Number(jobs), memory: memoryBytes });
}
