import type { Artifacts, FileSum } from './cluster-release.ts';
import { commentLines } from './file-text.ts';

const words: Readonly<Record<FileSum['from'], string>> = {
  manifest: 'as the manifest says',
  published: 'as published',
  rebuilt: 'as rebuilt',
};

/** The text of SHA256SUMS, as `sha256sum -c` reads it in the folder that the files lie below; undefined where none is known. */
export function sumsFile(release: string, { sums }: Artifacts): string | undefined {
  if (sums.length === 0) return undefined;
  const counts = Object.entries(words).flatMap(([from, as]) => {
    const { length } = sums.filter((sum) => sum.from === from);
    return length === 0 ? [] : [`${length} ${as}`];
  });
  const comment = commentLines([`Files of ${release}: ${counts.join(', ')}.`]);
  return `${comment}${sums.map(({ path, sha256 }) => `${sha256}  ${path}\n`).join('')}`;
}
