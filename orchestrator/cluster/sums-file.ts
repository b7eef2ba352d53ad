import type { Artifacts } from './cluster-release.ts';
import { commentLines } from './file-text.ts';

/** The text of SHA256SUMS, as `sha256sum -c` reads it in the folder that the files lie below; undefined where none is known. */
export function sumsFile(release: string, { sums }: Artifacts): string | undefined {
  if (sums.length === 0) return undefined;
  const published = sums.filter(({ from }) => from === 'published').length;
  const rebuilt = sums.length - published;
  const counts = [
    ...(published === 0 ? [] : [`${published} as published`]),
    ...(rebuilt === 0 ? [] : [`${rebuilt} as rebuilt`]),
  ];
  const comment = commentLines([`Files of ${release}: ${counts.join(', ')}.`]);
  return `${comment}${sums.map(({ path, sha256 }) => `${sha256}  ${path}\n`).join('')}`;
}
