import type { Host } from '../../host.ts';
import { type RebuildOptions, rebuild } from '../../run/rebuild.ts';
import { type PlaceOptions, showClusterPolicy } from '../words/cluster-policy.ts';
import { reportFailure } from '../words/report-failure.ts';

export interface VerifyOptions extends RebuildOptions {
  /** Where what is said of each file is kept. */
  readonly records?: string;
}

/** `eksd-rebuild verify RELEASE`: rebuilds, and compares every file with what was published. */
export async function verify(
  release: string,
  { records, ...options }: VerifyOptions & PlaceOptions,
  host: Host,
): Promise<number> {
  if (options.policy === true) return showClusterPolicy(options, host);
  const result = await rebuild(release, options, host, { records, reads: 'programs' });
  return result.ok ? result.value : reportFailure(result.error, host);
}
