import { resolve } from 'node:path';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { type InsecureOptions, insecureOf } from '../../oci/registry/endpoint.ts';
import { lookAtPlace } from '../../publish/former-site.ts';
import type { ImageOptions } from '../../run/prepare/images.ts';
import type { KnownRelease } from '../../run/prepare/prepare.ts';
import { type RebuildOptions, rebuild } from '../../run/rebuild.ts';
import { shownPath } from '../../workspace/shown-path.ts';
import { type AllowOptions, allowancesOf, idleReason } from '../words/allowances.ts';
import { refuseIdle } from '../words/refuse-idle.ts';
import { reportFailure } from '../words/report-failure.ts';
import { type Identity, type IdentityOptions, identityOf } from './identity.ts';
import { type AskedSite, layOutSite } from './lay-out-site.ts';

export interface ReleaseOptions
  extends RebuildOptions,
    ImageOptions,
    IdentityOptions,
    InsecureOptions,
    AllowOptions {
  readonly output?: string;
  /** False: archives alone. */
  readonly images: boolean;
}

/**
 * `eksd-rebuild release RELEASE --output FOLDER`: rebuilds what is not in the store, and lays out the whole site of the release, as
 * upstream's: archives, sums, manifest, channel and definitions. Only what is verified goes, or what was allowed for a reason; what is
 * not upstream's release is not called so.
 */
export async function release(name: string, options: ReleaseOptions, host: Host): Promise<number> {
  const asked = readOptions(options, host);
  if (!asked.ok) return reportFailure(asked.error, host);
  const { output } = asked.value;
  const place = await lookAtPlace(output, shownPath(output, host.cwd));
  if (!place.ok) return reportFailure(place.error, host);
  const identify = ({ workspace, lock, userPatches }: KnownRelease): Result<Identity, Failure> => {
    const ownPatches = [...userPatches.values()].flat().map(({ path }) => path);
    return identityOf(options, workspace.release, { lock, ownPatches, hasImages: options.images });
  };
  const result = await rebuild(name, options, host, {
    ...(options.images
      ? { images: options, ahead: { needsAll: true, check: async () => ok(undefined) } }
      : {}),
    // Before anything is built: what may not be called so is not made for it.
    archives: (known) => {
      const identity = identify(known);
      if (!identity.ok) return identity;
      const { registry, channel: branch, number } = identity.value;
      const insecure = insecureOf(registry.host, options);
      if (!insecure.ok) return insecure;
      return ok({ registry, release: { branch, number } });
    },
    use: async (rebuilt) => {
      const identity = identify(rebuilt.prepared);
      return identity.ok ? layOutSite(rebuilt, identity.value, asked.value, host) : identity;
    },
  });
  return result.ok ? result.value : reportFailure(result.error, host);
}

/** Reads what needs no release. Errors: `usage`. */
function readOptions(options: ReleaseOptions, host: Host): Result<AskedSite, Failure> {
  if (options.output === undefined) {
    const help = 'Say where the site goes: --output FOLDER.';
    return err({ reason: 'usage', message: 'A release is laid out in a folder.', help });
  }
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
  if (!allowances.ok) return allowances;
  const output = resolve(host.cwd, options.output);
  return ok({ output, allowances: allowances.value, insecure: options });
}
