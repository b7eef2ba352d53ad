import type { BinaryPath, BinaryReport } from './binary.ts';
import type { Lists, StringValue } from './difference.ts';

/** Shorter strings are mostly chance: two neighbouring words of data that look like an address and a length. */
const shortestString = 4;

/** What strings only one of two programs has: those that look like what `-X` puts in, and the others. */
export function compareStrings(
  built: BinaryReport,
  published: BinaryReport,
): { readonly values: Lists<StringValue>; readonly others: Lists<string> } {
  const onlyBuilt = missingIn(published.strings, built.strings);
  const onlyPublished = missingIn(built.strings, published.strings);
  return {
    values: { onlyBuilt: onlyBuilt.flatMap(recognise), onlyPublished: onlyPublished.flatMap(recognise) },
    others: { onlyBuilt: onlyBuilt.filter(isOther), onlyPublished: onlyPublished.filter(isOther) },
  };
}

function missingIn(others: readonly string[], strings: readonly string[]): readonly string[] {
  const known = new Set(others);
  return strings.filter((each) => !known.has(each) && each.length >= shortestString);
}

const shapes: readonly (readonly [StringValue['looksLike'], RegExp])[] = [
  // With and without v, as tags, `git describe` and Kubernetes' versions have it: v1.27.4-eks-8ccc7ba, v1.2.3-4-gdbc45af.
  ['version', /^v?[0-9]+\.[0-9]+(\.[0-9]+)?([-+~.][0-9A-Za-z.+~-]+)?$/],
  [
    'date',
    /^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?( ?(Z|[+-][0-9]{2}:?[0-9]{2}|[A-Z]{3,4}))?)?$/,
  ],
  ['date', /^[0-9]{8}([-T]?[0-9]{4,6}Z?)?$/],
  // Abbreviated by git to four digits at least, in Go programs to seven or more; SHA-1 and SHA-256 in full.
  ['commit', /^g?(?=[0-9a-f]*[0-9])[0-9a-f]{7,40}(-dirty)?$|^[0-9a-f]{64}$/],
];

/** What a string looks like; none where it looks like nothing that `-X` is used for. */
function recognise(text: string): readonly StringValue[] {
  const found = shapes.find(([, shape]) => shape.test(text));
  return found === undefined ? [] : [{ text, looksLike: found[0] }];
}

function isOther(text: string): boolean {
  return recognise(text).length === 0;
}

/** Folders and paths that only one of two programs names. */
export function comparePaths(built: BinaryReport, published: BinaryReport): Lists<BinaryPath> {
  const missing = (from: readonly BinaryPath[], others: readonly BinaryPath[]) => {
    const known = new Set(others.map(({ kind, path }) => `${kind} ${path}`));
    return from.filter(({ kind, path }) => !known.has(`${kind} ${path}`));
  };
  return {
    onlyBuilt: missing(built.paths, published.paths),
    onlyPublished: missing(published.paths, built.paths),
  };
}
