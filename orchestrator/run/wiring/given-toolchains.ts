import type { Lock } from '../../config/lock/lock.ts';
import type { ToolchainSettings } from '../../config/settings/settings.ts';
import type { Digest } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';

import type { Platform } from '../../core/platform.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { ToolchainSource } from '../../plan/node-go.ts';
import type { GivenToolchain } from '../../plan/toolchain-nodes.ts';
import { digestOfFolder } from '../../tool/tar/folder-digest.ts';
import type { Workspace } from '../../workspace/workspace.ts';

/**
 * Where the settings say that versions of Go can be had from, and the archives whose SHA-256 the lock has. Folders are known by their content, which is read here: those
 * of versions that are not wanted are not looked at.
 * Errors: `usage` for a folder that cannot be read.
 */
export async function givenToolchains(
  { toolchains }: Pick<Workspace, 'toolchains'>,
  wanted: readonly string[],
  pinned: Lock['goDownloads'],
  host: string,
): Promise<Result<ReadonlyMap<string, GivenToolchain>, Failure>> {
  const given = new Map<string, GivenToolchain>();
  for (const version of new Set(wanted)) {
    const named = toolchains.versions[version];
    const sums = { ...pinned?.[version], ...named?.downloads };
    if (named === undefined && Object.keys(sums).length === 0) continue;
    const settings: ToolchainSettings = { ...named, downloads: sums };
    const official = await officialSources(version, settings, toolchains.downloads, host);
    if (!official.ok) return official;
    const al2 = settings.rpms && { kind: 'rpms' as const, files: settings.rpms };
    given.set(version, { official: official.value, al2 });
  }
  return ok(given);
}

async function officialSources(
  version: string,
  { downloads, archive, goroot, source }: ToolchainSettings,
  url: string,
  host: string,
): Promise<Result<readonly ToolchainSource[], Failure>> {
  const sources: ToolchainSource[] = [];
  const sha256 = downloads?.[host as Platform];
  if (sha256 !== undefined) {
    const from = `${url.replace(/\/$/, '')}/go${version}.${host.replace('/', '-')}.tar.gz`;
    sources.push({ kind: 'archive', from, sha256 });
  }
  if (goroot !== undefined) {
    const digest = await digestOf(goroot, version);
    if (!digest.ok) return digest;
    sources.push({ kind: 'goroot', folder: goroot, digest: digest.value });
  }
  if (archive !== undefined) sources.push({ kind: 'archive', ...archive });
  if (source !== undefined) {
    const { from, commit, bootstrap } = source;
    if (commit !== undefined) {
      sources.push({ kind: 'source', from: { repository: from, commit }, bootstrap });
    } else {
      const digest = await digestOf(from, version);
      if (!digest.ok) return digest;
      sources.push({ kind: 'source', from: { folder: from, digest: digest.value }, bootstrap });
    }
  }
  return ok(sources);
}

async function digestOf(folder: string, version: string): Promise<Result<Digest, Failure>> {
  try {
    return ok(await digestOfFolder(folder));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const message = `The settings name a folder for Go ${version} that cannot be read: ${why}.`;
    const help = 'A git repository needs a commit beside it.';
    return err({ reason: 'usage', message, help });
  }
}
