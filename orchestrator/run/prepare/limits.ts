import type { Failure } from '../../core/failure.ts';
import { readNumber } from '../../core/numbers.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Capacities } from '../../engine/resources.ts';
import type { Workspace } from '../../workspace/workspace.ts';

/** How much of each resource a run may use at once. @param jobs `--jobs`. Errors: `usage`. */
export function capacitiesOf(workspace: Workspace, jobs: string | undefined): Result<Capacities, Failure> {
  const { network, builds, memoryBytes } = workspace.limits;
  const processor = jobs === undefined ? ok(builds) : readNumber('--jobs', jobs, bounds);
  return processor.ok ? ok({ network, processor: processor.value, memory: memoryBytes }) : processor;
}

const bounds = {
  ...{ from: 1, to: 9999, of: 'a number of builds', isWhole: true },
  help: 'Without it, a quarter as many as there are cores run at once, and at least two.',
};
