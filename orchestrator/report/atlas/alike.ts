import { type AtlasRelease, rowsOf } from './data.ts';
import { anchorOf } from './places.ts';

/**
 * Two digests that differ and would have one place in an atlas, of builds or of files: records that somebody forged can name such, and
 * the page of the one would have the files of the other. Undefined: there are none.
 */
export function alikeDigests(releases: readonly AtlasRelease[]): readonly [string, string] | undefined {
  const [builds, files] = [new Map<string, string>(), new Map<string, string>()];
  for (const { file } of rowsOf(releases)) {
    for (const [known, digest] of [
      ...[[builds, file.said?.build] as const],
      ...[file.expected, file.said?.found].map((sum) => [files, sum] as const),
    ]) {
      if (digest === undefined) continue;
      const other = known.get(anchorOf(digest));
      if (other !== undefined && other !== digest) return [other, digest];
      known.set(anchorOf(digest), digest);
    }
  }
  return undefined;
}
