import { resolve } from 'node:path';
import type { Host } from '../../host.ts';
import { makeSite, type SiteOptions } from '../../run/site/make-site.ts';
import type { AllowOptions } from '../words/allowances.ts';
import { readSiteOptions } from '../words/read-site-options.ts';
import { reportFailure } from '../words/report-failure.ts';

export interface ReleaseOptions extends SiteOptions, AllowOptions {
  readonly output?: string;
}

/**
 * `eksd-rebuild release RELEASE`: rebuilds what is not in the store, and lays out the whole site of the release, as upstream's:
 * archives, sums, manifest, channel and definitions.
 */
export async function release(name: string, options: ReleaseOptions, host: Host): Promise<number> {
  const asked = readSiteOptions(options);
  if (!asked.ok) return reportFailure(asked.error, host);
  const output = options.output === undefined ? undefined : resolve(host.cwd, options.output);
  const made = await makeSite(name, options, { ...asked.value, output }, host);
  return made.ok ? made.value.code : reportFailure(made.error, host);
}
