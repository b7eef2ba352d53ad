import type { FileHashes } from '../../tool/file/read-file.ts';

/** A line of `sha256sum` or `sha512sum`: the hash, and the file in the same folder, or below it. */
const line = /^([0-9a-f]{64}|[0-9a-f]{128}) [ *]((?!\/)(?!(?:.*\/)?\.{0,2}(?:\/|$)).+)$/;

/** Bytes: the sums of a release's largest folder have a tenth. */
export const mostOfSums = 2 ** 20;

/**
 * The files that a list of sums is about, where it is nothing but one of sums, all right: then it says no more than its files are. Undefined
 * for any other text. @param hashesOf of a file, by its path in the list's own folder.
 */
export function filesOfSums(
  text: string,
  hashesOf: (name: string) => FileHashes | undefined,
): readonly string[] | undefined {
  const lines = text.endsWith('\n') ? text.slice(0, -1).split('\n') : [text];
  const names: string[] = [];
  for (const each of lines) {
    const [, hash = '', name = ''] = line.exec(each) ?? [];
    const hashes = name === '' ? undefined : hashesOf(name);
    if (hashes === undefined || (hash !== hashes.sha256 && hash !== hashes.sha512)) return undefined;
    names.push(name);
  }
  return names;
}
