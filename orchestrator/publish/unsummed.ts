import { canonicalJson } from '../core/canonical-json.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import { parseJson } from '../core/json-text.ts';
import { hasSums, isBundle } from './check-sums.ts';
import type { DecodedManifest, ReleaseManifest } from './manifest/release.ts';
import type { SiteFile } from './site-file.ts';
import { about } from './site-folder.ts';

/**
 * The annotation that has the SHA-256 of artifacts of which upstream has no sums (attributions, names of images), by path below
 * `artifacts/`: without it, nothing would tell that one was changed or taken away after the site was made.
 */
export const unsummedAnnotation = 'eksd-rebuild/unsummed';

/** Its text; undefined where there are no such files. */
export function unsummedText(files: readonly Pick<SiteFile, 'path' | 'sha256'>[]): string | undefined {
  if (files.length === 0) return undefined;
  return canonicalJson(Object.fromEntries(files.map(({ path, sha256 }) => [path, sha256])));
}

/** Where it stands in a manifest. */
export const unsummedPlace = ['metadata', 'annotations', unsummedAnnotation] as const;

/** What a manifest says of such files, by path below `artifacts/`; undefined where it says nothing, as upstream's. */
export function unsummedOf({
  annotations,
}: Pick<ReleaseManifest, 'annotations'>): ReadonlyMap<string, unknown> | 'strange' | undefined {
  const text = annotations[unsummedAnnotation];
  if (text === undefined) return undefined;
  const said = parseJson(text);
  const isRecord = typeof said === 'object' && said !== null && !Array.isArray(said);
  return isRecord ? new Map(Object.entries(said)) : 'strange';
}

/**
 * Compares such files with what the manifest says of them. Upstream's says nothing, and then nothing is said here.
 * @param artifacts what paths are below, with a slash at its end. @param files by path below the site's root.
 */
export function complaintsOfUnsummed(
  { manifest, complain }: DecodedManifest,
  artifacts: string,
  files: ReadonlyMap<string, SiteFile>,
  shown: (path: string) => string,
): readonly Diagnostic[] {
  const said = unsummedOf(manifest);
  if (said === undefined) return [];
  const place = unsummedPlace;
  if (said === 'strange') return [complain(place, 'expected hashes by path, as JSON')];
  const sums = new Map([...said].map(([path, sum]) => [`${artifacts}${path}`, sum]));
  const wrong = [...sums].flatMap(([path, sum]) => {
    const file = files.get(path);
    if (file === undefined) return [complain(place, `there is no such file as ${path} here`)];
    if (file.sha256 === sum) return [];
    return [about(shown(path), `has another SHA-256 than the manifest says: ${file.sha256}`)];
  });
  const unnamed = [...files.keys()].filter((path) => !hasSums(path) && !isBundle(path) && !sums.has(path));
  return [...wrong, ...unnamed.map((path) => about(shown(path), 'is not named by the manifest'))];
}
