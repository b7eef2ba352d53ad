import { resolve } from 'node:path';
import { type ExitCode, exitCode } from '../../core/exit-code.ts';
import type { Failure } from '../../core/failure.ts';
import { expectedRelease, isReleaseName } from '../../core/names.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { proseOn } from '../../run/deliver/reporter.ts';
import { readSiteOptions } from '../words/read-site-options.ts';
import { refuseIdle } from '../words/refuse-idle.ts';
import type { PublishOptions } from './target.ts';

/** The site that is to be published. */
export interface ChosenSite {
  /** Absolute. */
  readonly folder: string;
  readonly release: string;
  /** What the run ends with that made it: what was allowed to differ still does. */
  readonly code: ExitCode;
}

/**
 * The site that was named; else one that is made, as `release` makes it: what lay there may be of another lock, or of other patches.
 * Gives the exit code of a run that made none. Errors: `usage`; those of `makeSite`.
 */
export async function chooseSite(
  release: string,
  options: PublishOptions,
  host: Host,
): Promise<Result<ChosenSite | ExitCode, Failure>> {
  if (options.site !== undefined) {
    const named = refuseMaking(release, options);
    return named.ok
      ? ok({ release, folder: resolve(host.cwd, options.site), code: exitCode.identical })
      : named;
  }
  const asked = readSiteOptions(options);
  if (!asked.ok) return asked;
  const { makeSite } = await import('../../run/site/make-site.ts');
  // A plan for programs stands alone on standard output.
  const stdout = proseOn(options.json === true ? 'json' : 'auto', host);
  const made = await makeSite(release, options, asked.value, { ...host, stdout });
  if (!made.ok) return made;
  const { code, site } = made.value;
  return ok(site === undefined ? code : { ...site, code });
}

/** Options of a publication beside a site that is laid out. */
const ofItsOwn: ReadonlySet<string> = new Set<keyof PublishOptions>([
  ...(['to', 'site', 'confirm', 'announce', 'overwrite', 'policy', 'json'] as const),
  ...(['region', 'endpoint', 'expectedOwner', 'kmsKey', 'publicRead'] as const),
  ...(['root', 'cache', 'settings'] as const),
]);

/** Of a site that is named: refuses what says how one is made, and what is no release. Errors: `usage`. */
export function refuseMaking(release: string, options: PublishOptions): Result<void, Failure> {
  if (!isReleaseName(release)) {
    const message = `${JSON.stringify(release)}: ${expectedRelease}.`;
    return err({ reason: 'usage', message, help: 'Name one.' });
  }
  const { log, images, ...others } = options;
  const idle = Object.entries(others).filter(([key, value]) => value !== undefined && !ofItsOwn.has(key));
  const where = 'beside --site, which is laid out already';
  return refuseIdle([
    [!images, '--no-images', where],
    [log !== 'auto', '--log', where],
    ...idle.map(
      ([key]) => [true, `--${key.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`, where] as const,
    ),
  ]);
}
