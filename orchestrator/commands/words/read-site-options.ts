import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { AskedSite } from '../../run/site/lay-out-site.ts';
import type { SiteOptions } from '../../run/site/make-site.ts';
import { type AllowOptions, allowancesOf, idleReason } from './allowances.ts';
import { refuseIdle } from './refuse-idle.ts';

/** Reads what a site is made by, as far as that needs no release. Errors: `usage`. */
export function readSiteOptions(options: SiteOptions & AllowOptions): Result<AskedSite, Failure> {
  if ((options.platform ?? []).length > 0) {
    const message = 'A manifest names the files of all platforms: --platform would make a part of it.';
    return err({
      reason: 'usage',
      message,
      help: 'Leave it out; "eksd-rebuild build" makes one platform alone.',
    });
  }
  const isPlain = !options.images;
  const beside = 'beside --no-images';
  const idle = refuseIdle([
    [isPlain && options.image !== undefined, '--image', beside],
    [isPlain && options.base !== undefined, '--base', beside],
    [isPlain && options.registry !== undefined, '--registry', beside],
    idleReason(options),
  ]);
  if (!idle.ok) return idle;
  const allowances = allowancesOf(options, 'the manifest');
  return allowances.ok ? ok({ allowances: allowances.value, insecure: options }) : allowances;
}
