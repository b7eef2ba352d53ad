import type { Host } from '../../host.ts';
import { type RebuildOptions, rebuild } from '../../run/rebuild.ts';
import { reportFailure } from '../words/report-failure.ts';

/** `eksd-rebuild verify RELEASE`: rebuilds, and compares every file with what was published. */
export async function verify(release: string, options: RebuildOptions, host: Host): Promise<number> {
  const result = await rebuild(release, options, host);
  return result.ok ? result.value : reportFailure(result.error, host);
}
