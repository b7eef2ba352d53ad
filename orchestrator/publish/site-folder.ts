import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { byCodeUnit } from '../core/canonical-json.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import type { Failure } from '../core/failure.ts';
import { whyStrangePath } from '../core/relative-path.ts';
import { err, ok, type Result } from '../core/result.ts';
import {
  artifactsFolder,
  changelogPath,
  channelPath,
  crdPaths,
  manifestPath,
  releaseResourceName,
} from './layout.ts';

/** A release that a site's folder has the manifest of, and where its files are below the root. */
export interface SiteLayout {
  readonly channel: string;
  readonly number: number;
  readonly manifest: string;
  readonly channelFile: string;
  readonly crds: readonly string[];
  readonly artifacts: readonly string[];
  /** Absent where the site has none: upstream's has not. */
  readonly changelog?: string;
}

/** A complaint about a whole file. */
export function about(file: string, message: string, help?: string): Diagnostic {
  return { severity: 'error', message, location: { file }, help };
}

/**
 * All that is below a folder, in order: plain files in plain folders. A link would bring to the world what lies elsewhere.
 * Errors: `usage` where there is no folder, `configuration` for what is no file.
 * @param shown a path below the root as complaints give it.
 */
export async function listSite(
  folder: string,
  shown: (path: string) => string,
): Promise<Result<readonly string[], Failure>> {
  const paths: string[] = [];
  const complaints: Diagnostic[] = [];
  const walk = async (below: string): Promise<void> => {
    const entries = await readdir(join(folder, below), { withFileTypes: true });
    for (const entry of entries.sort((a, b) => byCodeUnit(a.name, b.name))) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      const why = whyStrangePath(path);
      if (why !== undefined) complaints.push(about(shown(path), `its path ${why}`));
      else if (entry.isDirectory()) await walk(path);
      else if (entry.isFile()) paths.push(path);
      else {
        const kind = entry.isSymbolicLink() ? 'a symbolic link' : 'no file';
        complaints.push(about(shown(path), `is ${kind}: a site is made of files and folders`));
      }
    }
  };
  try {
    await walk('');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
    const message = `There is no folder ${shown('')}.`;
    return err({
      reason: 'usage',
      message,
      help: 'Lay a site out there by "eksd-rebuild release RELEASE --output", or name another.',
    });
  }
  return complaints.length === 0 ? ok(paths.sort(byCodeUnit)) : err(configuration(complaints));
}

/**
 * Finds the release in a site that goes by a name: `v1-30-eks-5`, or what its manifest is called; the only one there by any name,
 * which its manifest has to confirm. Errors: `usage` where there is none; `configuration` where something is missing, or is no part
 * of a site.
 */
export function findLayout(
  paths: readonly string[],
  release: string,
  shown: (path: string) => string,
): Result<SiteLayout, Failure> {
  const manifests = paths.flatMap((path) => {
    const [, channel, number] =
      /^kubernetes-([^/]+)\/kubernetes-\1-eks-([1-9][0-9]{0,8})\.yaml$/.exec(path) ?? [];
    return channel === undefined ? [] : [{ channel, number: Number(number) }];
  });
  const named = manifests.filter(({ channel, number }) => namesOf(channel, number).includes(release));
  const found = named[0] ?? (manifests.length === 1 ? manifests[0] : undefined);
  if (found === undefined) {
    const all = manifests.map(({ channel, number }) => namesOf(channel, number)[0]).join(', ');
    const message = `The site in ${shown('')} is none of ${release}.`;
    const help = all === '' ? 'It has no manifest of a release.' : `It has ${all}.`;
    return err({ reason: 'usage', message, help });
  }
  const { channel, number } = found;
  const layout = {
    ...found,
    manifest: manifestPath(channel, number),
    channelFile: channelPath(channel),
    crds: Object.values(crdPaths),
    artifacts: paths.filter((path) => path.startsWith(`${artifactsFolder(channel, number)}/`)),
  };
  const changelog = changelogPath(channel, number);
  const needed = [layout.channelFile, ...layout.crds].filter((path) => !paths.includes(path));
  const complaints = [
    ...needed.map((path) => about(shown(path), 'is missing: a site has one')),
    ...(layout.artifacts.length > 0 ? [] : [about(shown(artifactsFolder(channel, number)), 'has no file')]),
    ...paths
      .filter((path) => !isOfSite(path))
      .map((path) => about(shown(path), "is no part of a release's site")),
  ];
  if (complaints.length > 0) return err(configuration(complaints));
  return ok(paths.includes(changelog) ? { ...layout, changelog } : layout);
}

/** What a release is called by: as a tag, as a resource. */
export function namesOf(channel: string, number: number): readonly [string, string] {
  return [`v${channel}-eks-${number}`, releaseResourceName(channel, number)];
}

export function configuration(diagnostics: readonly Diagnostic[]): Failure {
  return { reason: 'configuration', diagnostics };
}

/** Whether upstream's layout has a place for it, or publishing leaves it beside a manifest. */
function isOfSite(path: string): boolean {
  const crds: readonly string[] = Object.values(crdPaths);
  return (
    crds.includes(path) ||
    /^releasechannels\/[^/]+\.yaml$/.test(path) ||
    /^kubernetes-([^/]+)\/(kubernetes-\1-eks-[1-9][0-9]*\.(yaml|announcement\.json)|releases\/([1-9][0-9]*)\/(artifacts\/.+|CHANGELOG-v\1-eks-\4\.md))$/.test(
      path,
    )
  );
}
