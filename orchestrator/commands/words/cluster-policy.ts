import { canonicalJson } from '../../core/canonical-json.ts';
import { exitCode } from '../../core/exit-code.ts';
import { leastRole } from '../../engine/kubernetes/role.ts';
import type { Host } from '../../host.ts';
import { type GlobalOptions, openWorkspace } from '../../workspace/workspace.ts';
import { refuseIdle } from './refuse-idle.ts';
import { reportFailure } from './report-failure.ts';

/** What the words say of where tasks are done. */
export interface PlaceOptions extends GlobalOptions {
  readonly on?: 'local' | 'kubernetes';
  readonly policy?: boolean;
}

/** `--on kubernetes --policy`: on standard output, and alone there, what the cluster's user has to see to. Asks nobody. */
export async function showClusterPolicy(options: PlaceOptions, host: Host): Promise<number> {
  const idle = refuseIdle([[options.on !== 'kubernetes', '--policy', 'without --on kubernetes']]);
  if (!idle.ok) return reportFailure(idle.error, host);
  const workspace = await openWorkspace(options, host);
  if (!workspace.ok) return reportFailure(workspace.error, host);
  const { namespace = 'default', isolation = 'namespace', storeAddresses = [] } = workspace.value.kubernetes;
  const role = leastRole({ namespace, isolation, storeAddresses });
  host.stdout.write(`${JSON.stringify(JSON.parse(canonicalJson(role)), undefined, 2)}\n`);
  return exitCode.identical;
}
