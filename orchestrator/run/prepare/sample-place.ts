import type { Host } from '../../host.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import { sampleWord } from '../sample/name.ts';

/**
 * The workspace that a run of many releases has, with the place of the sample's repositories where the sample is one of them: its sources
 * have no host. What keeps them from being made says whoever plans the sample.
 */
export async function withSamplePlace(
  names: readonly string[],
  workspace: Workspace,
  host: Host,
): Promise<Workspace> {
  if (!names.includes(sampleWord)) return workspace;
  const { loadSample } = await import('../sample/load-sample.ts');
  const sample = await loadSample(workspace, host);
  return sample.ok ? { ...workspace, mirrors: sample.value.workspace.mirrors } : workspace;
}
