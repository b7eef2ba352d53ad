import { join } from 'node:path';
import type { ExitCode } from '../../core/exit-code.ts';
import type { Failure } from '../../core/failure.ts';
import type { ReleaseName } from '../../core/names.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { type InsecureOptions, insecureOf } from '../../oci/registry/endpoint.ts';
import { lookAtPlace } from '../../publish/former-site.ts';
import type { ReleaseDifference } from '../../release/difference/difference.ts';
import type { SignWords } from '../../statement/sign/key-place.ts';
import { shownPath } from '../../workspace/shown-path.ts';
import { outFolderOf } from '../../workspace/workspace.ts';
import { signerOnce } from '../deliver/find-signer.ts';
import { differenceSince } from '../difference/since.ts';
import type { ImageOptions } from '../prepare/images.ts';
import type { KnownRelease } from '../prepare/prepare.ts';
import { type RebuildOptions, rebuild } from '../rebuild.ts';
import { holdPlanToLists } from './expected.ts';
import { type Identity, type IdentityOptions, identityOf } from './identity.ts';
import { type AskedSite, layOutSite } from './lay-out-site.ts';
import { pathsOf } from './release-name.ts';

/** What a site is made by. */
export interface SiteOptions
  extends RebuildOptions,
    ImageOptions,
    IdentityOptions,
    InsecureOptions,
    SignWords {
  /** False: archives alone. */
  readonly images: boolean;
  /** The release that the changelog begins from. */
  readonly since?: string;
}

export interface MadeSite {
  /** What the run ends with. */
  readonly code: ExitCode;
  /** Absent where the run was interrupted. */
  readonly site?: { readonly folder: string; readonly release: ReleaseName };
}

/**
 * Rebuilds what is not in the store, and lays out the whole site of the release. Only what is verified goes, or what was allowed for a
 * reason; what is not upstream's release is not called so. Errors: whatever kept the run from starting; those of `layOutSite`.
 */
export async function makeSite(
  name: string,
  options: SiteOptions,
  asked: AskedSite,
  host: Host,
): Promise<Result<MadeSite, Failure>> {
  const identify = ({ workspace, lock, userPatches }: KnownRelease): Result<Identity, Failure> => {
    const subject = { lock, ownPatches: pathsOf(userPatches), hasImages: options.images };
    return identityOf(options, workspace.release, subject);
  };
  const folderOf = ({ workspace, lock }: Pick<KnownRelease, 'workspace' | 'lock'>) =>
    asked.output ?? join(outFolderOf(workspace, lock.release), 'site');
  const findSigner = signerOnce(options, host);
  let changes: ReleaseDifference | undefined;
  let site: MadeSite['site'];
  const result = await rebuild(name, options, host, {
    ...(options.images
      ? {
          images: { ...options, keepsProjects: true },
          ahead: { needsAll: true, check: async () => ok(undefined) },
        }
      : {}),
    check: async (prepared) => {
      const held = holdPlanToLists(prepared);
      return held.ok ? findSigner(prepared.workspace) : held;
    },
    // Before anything is built: what may not be called so is not made for it, nor what has no place to go to.
    call: async (known) => {
      const folder = folderOf(known);
      const place = await lookAtPlace(folder, shownPath(folder, host.cwd));
      if (!place.ok) return place;
      const identity = identify(known);
      if (!identity.ok) return identity;
      const difference = await differenceSince(options.since, known, options, host);
      if (!difference.ok) return difference;
      changes = difference.value;
      const { registry, channel, number } = identity.value;
      const insecure = insecureOf(registry.host, options);
      if (!insecure.ok) return insecure;
      return ok({ archives: { registry }, release: { channel, number } });
    },
    use: async (rebuilt) => {
      const identity = identify(rebuilt.prepared);
      if (!identity.ok) return identity;
      const folder = folderOf(rebuilt.prepared);
      const laid = await layOutSite(
        rebuilt,
        identity.value,
        { ...asked, output: folder, changes, findSigner },
        host,
      );
      if (laid.ok) site = { folder, release: rebuilt.lock.release };
      return laid;
    },
  });
  return result.ok ? ok({ code: result.value, ...(site === undefined ? {} : { site }) }) : result;
}
