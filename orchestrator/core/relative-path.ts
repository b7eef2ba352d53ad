declare const relativePathBrand: unique symbol;

/** A path below some folder: `/`-separated, not empty, without `.`, `..`, empty segments, backslashes or NUL. */
export type RelativePath = string & { readonly [relativePathBrand]: true };

/** Says why a text is no `RelativePath`, or undefined where it is one. Used on paths out of YAML, archives, patches. */
export function whyUnsafePath(text: string): string | undefined {
  if (text === '') return 'is empty';
  if (text.includes('\0')) return 'holds a NUL character';
  if (text.includes('\\')) return 'holds a backslash';
  if (text.startsWith('/') || /^[A-Za-z]:/.test(text)) return 'is absolute';
  for (const segment of text.split('/')) {
    if (segment === '..') return 'leaves its folder';
    if (segment === '' || segment === '.') return 'holds an empty or "." segment';
  }
  return undefined;
}

/** @throws TypeError where the text is no relative path: a bug of the caller, who has checked it. */
export function asRelativePath(text: string): RelativePath {
  const why = whyUnsafePath(text);
  if (why !== undefined) throw new TypeError(`path ${JSON.stringify(text)} ${why}`);
  return text as RelativePath;
}
