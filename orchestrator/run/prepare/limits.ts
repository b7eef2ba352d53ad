import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { unreachable } from '../../core/unreachable.ts';
import type { Capacities, Demand } from '../../engine/resources.ts';
import type { BuildNode } from '../../plan/node.ts';
import type { Workspace } from '../../workspace/workspace.ts';

const gibibyte = 1024 ** 3;

/** Peaks of linking, measured on the thirteen plain components: the largest, CoreDNS, stays below 1.5 GiB. */
const linking = 2 * gibibyte;

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

/** What a node takes of each resource while it runs. */
export function demandOf(node: BuildNode): Demand {
  switch (node.kind) {
    case 'toolchain':
    case 'source':
    case 'modules':
    case 'base-image':
    case 'rpms':
    case 'checkout':
      return { network: 1 };
    // It asks go for packages, and compiles nothing.
    case 'licenses':
      return { processor: 1, memory: gibibyte / 2 };
    // The daemon does the work, which may be elsewhere.
    case 'image':
    case 'base-root':
    case 'c-build':
      return { processor: 1 };
    case 'image-index':
      return {};
    case 'script-build':
      return { processor: 1, memory: node.memory ?? linking };
    case 'go-build':
      return {
        processor: 1,
        memory: node.memory ?? linking,
        // Side by side they would compile the same packages twice: neither finds in the build cache what the other is at.
        exclusive: `${node.goVersion} ${node.platform}`,
      };
    default:
      return unreachable(node);
  }
}

/** About how many seconds a node takes, for the order in which nodes start; measured on v1-30-eks-5 with two cores. */
export function weightOf(node: BuildNode): number {
  switch (node.kind) {
    case 'toolchain':
      return 15;
    case 'source':
      return 10;
    case 'modules':
      return 15;
    case 'go-build':
      return 40;
    // It shares no build cache with others.
    case 'script-build':
      return 80;
    case 'base-image':
    case 'rpms':
    case 'base-root':
      return 10;
    case 'checkout':
    case 'c-build':
      return 5;
    case 'licenses':
      return 5;
    case 'image':
      return 2;
    case 'image-index':
      return 1;
    default:
      return unreachable(node);
  }
}
