/** The word for the release in `examples/`. */
export const sampleWord = 'sample';

/** What it is called in its own repository, and so in reports, records and statements. */
export const sampleRelease = 'v1-0-eks-1';

/** What a release is called in what was made of it. @param word as it was given, with the `!` of what is left out. */
export function recordedName(word: string): string {
  return word.replace(new RegExp(`^(!?)${sampleWord}$`), `$1${sampleRelease}`);
}
