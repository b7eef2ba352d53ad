import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lock } from '../../config/lock/lock.ts';
import { renderDiagnostic } from '../../core/diagnostic.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { webFiles } from '../../publish/check/file-source.ts';
import { type AllowedHosts, complaintsOfHosts, readHosts, whyNotFetched } from '../../publish/check/hosts.ts';
import { type ManifestText, openPlace } from '../../publish/check/place.ts';
import { releaseAnnotation } from '../../publish/former-site.ts';
import { releaseResourceName } from '../../publish/layout.ts';
import { type DecodedManifest, decodeReleaseManifest } from '../../publish/manifest/release.ts';
import { openHttp } from '../../run/wiring/http.ts';
import { ensureFolder } from '../../tool/file/ensure-folder.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import { knownHosts } from '../words/known-hosts.ts';

export interface ManifestOptions {
  /** A file or URL. */
  readonly manifest?: string;
  readonly allowHost?: readonly string[];
  /** Asks nobody. */
  readonly offline?: boolean;
}

/** What of a manifest's addresses is in what is written: where the user names another place, they are not. */
interface Used {
  readonly files: boolean;
  readonly images: boolean;
}

const help = "Name a manifest's file or URL.";

/**
 * Reads the manifest of a release, strictly: of this one, or of one's own that was made of it. Undefined where none is asked for.
 * Errors: `configuration`, at its line, also where it leads to a host that nobody asked for; `usage`; those of fetching.
 */
export async function readManifest(
  { manifest: given, allowHost = [], offline }: ManifestOptions,
  used: Used,
  lock: Lock,
  workspace: Workspace,
  host: Host,
): Promise<Result<DecodedManifest | undefined, Failure>> {
  if (given === undefined) return ok(undefined);
  const own = /^https?:\/\//i.test(given) && URL.canParse(given) ? new URL(given) : undefined;
  if (own !== undefined && offline === true) return err(offlineUrl);
  const named = readHosts(allowHost);
  if (!named.ok) return named;
  const allowed: AllowedHosts = { own, others: new Set([...named.value, ...knownHosts(workspace)]) };
  const text = await readPlace(given, lock, allowed, workspace, host);
  if (!text.ok) return text;
  const decoded = decodeReleaseManifest(text.value.text, text.value.file);
  if (!decoded.ok) return decoded;
  const { manifest, notes, complain } = decoded.value;
  for (const note of notes) host.stderr.write(`${renderDiagnostic(note)}\n`);
  const isOfRelease =
    manifest.annotations[releaseAnnotation] === lock.release ||
    (manifest.channel === lock.branch && manifest.number === lock.number);
  const diagnostics = isOfRelease
    ? complaintsOfHosts(decoded.value, allowed, used)
    : [complain(['metadata', 'name'], `this is not of ${lock.release}, which was asked for`)];
  return diagnostics.length > 0 ? err({ reason: 'configuration', diagnostics }) : decoded;
}

async function readPlace(
  given: string,
  { branch, number }: Lock,
  allowed: AllowedHosts,
  workspace: Workspace,
  host: Host,
): Promise<Result<ManifestText, Failure>> {
  ensureFolder(workspace.cache);
  const scratch = await mkdtemp(join(workspace.cache, 'manifest-'));
  try {
    const fetch = webFiles({
      ...{ scratch, clock: host, send: openHttp(host), signal: host.signal },
      mayFollow: (from, to) => whyNotFetched(from, to, allowed),
    });
    const message = 'A manifest in a bucket is not read from there.';
    const bucket = async () => err<Failure>({ reason: 'usage', message, help });
    const place = await openPlace(given, { cwd: host.cwd, fetch, bucket });
    if (!place.ok) return place;
    const { manifests } = place.value;
    const name = `/${releaseResourceName(branch, number)}.yaml`;
    const [one, ...others] =
      manifests.length === 1 ? manifests : manifests.filter(({ file }) => file.endsWith(name));
    if (one !== undefined && others.length === 0) return ok(one);
    return err({
      reason: 'usage',
      message: `${given} has several manifests, and none is ${name.slice(1)}.`,
      help,
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

const offlineUrl: Failure = {
  reason: 'usage',
  message: '--manifest is fetched from its URL, and --offline asks nobody.',
  help: "Give one of the two, or the manifest's file.",
};
