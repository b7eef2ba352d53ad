import { isPlatform, type Platform } from '../../core/platform.ts';
import { applicableBuilds, type PlanInput, type PlannedProject } from '../../plan/plan.ts';
import { earlierPatches } from '../../verdict/explain/expectation.ts';
import { kubernetesVariants } from '../../verdict/explain/kubernetes-variants.ts';
import { linkVariants } from '../../verdict/explain/link-variants.ts';
import { settingVariants } from '../../verdict/explain/setting-variants.ts';
import { sourceVariants } from '../../verdict/explain/source-variants.ts';
import type { Variant } from '../../verdict/explain/variant.ts';

/**
 * All that is known to try for a project on a platform. None where nobody knows its Go.
 * @param gos others that may have built it. @param host the machine's platform.
 */
export function knownVariants(
  { project, locked }: Pick<PlannedProject, 'project' | 'locked'>,
  platform: Platform,
  input: PlanInput,
  gos: readonly Variant[],
  host: string,
): readonly Variant[] {
  const { go } = locked;
  if (go === undefined) return [];
  if (!isPlatform(host)) throw new TypeError(`not a platform: ${host}`);
  const minor = Number(go.version.split('.')[1] ?? 0);
  const builds = applicableBuilds(project, input);
  return [
    ...earlierPatches(locked),
    ...kubernetesVariants(locked, builds, input.lock),
    ...gos,
    ...sourceVariants(locked, minor),
    ...linkVariants(builds),
    ...settingVariants(builds, platform, go.version, host),
  ];
}
