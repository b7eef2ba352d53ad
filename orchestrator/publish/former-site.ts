import { join } from 'node:path';
import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import { readText, sizeLimit } from '../tool/file/read-file.ts';
import { entriesIn, type FolderPlace, lookAtFolder, ownFiles } from './former-folder.ts';
import { artifactsFolder, changelogPath, channelPath, crdPaths, manifestPath } from './layout.ts';
import { readReleaseManifest } from './manifest/release.ts';

/** The annotation that tells a release that was made here from upstream's, and of what it was made. */
export const releaseAnnotation = 'eksd-rebuild/release';

/** Whether a site can be laid out there: see `lookAtFolder`. */
export function lookAtPlace(output: string, shown: string): Promise<Result<FolderPlace, Failure>> {
  return lookAtFolder(output, shown, 'a site', (folder) => filesOfSite(folder, shown));
}

/**
 * The files of the one site in a folder that was made here, by path below it. Errors: what else is there, a sentence's end.
 */
async function filesOfSite(folder: string, shown: string): Promise<Result<ReadonlySet<string>, string>> {
  const top = await entriesIn(folder);
  if (top.length === 0) return ok(new Set());
  const channels = top.filter((entry) => entry.isDirectory() && entry.name.startsWith('kubernetes-'));
  const manifests: string[] = [];
  for (const { name } of channels) {
    const below = await entriesIn(join(folder, name));
    manifests.push(...below.flatMap((each) => (each.name.endsWith('.yaml') ? [`${name}/${each.name}`] : [])));
  }
  const [manifest, ...others] = manifests;
  if (manifest === undefined) return err('is not empty, and holds no site');
  if (others.length > 0) return err(`holds more than one release: ${[manifest, ...others].join(', ')}`);
  const file = join(folder, manifest);
  const text = await readText(file, { limit: sizeLimit.lock, refuseLink: true }, join(shown, manifest));
  const read = text.ok && text.value !== undefined ? readReleaseManifest(text.value, file) : undefined;
  if (read?.ok !== true) return err(`holds ${manifest}, which is no manifest of a release`);
  const { channel, number, annotations } = read.value;
  if (annotations[releaseAnnotation] === undefined) return err(`holds ${manifest}, which was not made here`);
  const artifacts = `${artifactsFolder(channel, number)}/`;
  const single = [
    manifestPath(channel, number),
    channelPath(channel),
    changelogPath(channel, number),
    ...Object.values(crdPaths),
  ];
  return ownFiles(folder, 'the site', {
    isFile: (path) => path.startsWith(artifacts) || single.includes(path),
    leadsThere: (below) =>
      below.startsWith(artifacts) || [artifacts, ...single].some((each) => each.startsWith(below)),
  });
}
