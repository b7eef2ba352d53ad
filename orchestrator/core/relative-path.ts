import { countOf } from './numbers.ts';

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

/** Bytes that file systems take for one name, and Linux for a path (NAME_MAX, PATH_MAX). */
const longestName = 255;
const longestPath = 4095;

/**
 * Says why a path is none that a person would choose, for what is written down by people and shown to them: beside what is unsafe,
 * what is not seen, or seen as something else. Archives and checkouts may hold such names.
 */
export function whyStrangePath(text: string): string | undefined {
  if (/\p{Cc}/u.test(text)) return 'holds a control character';
  if (/[\p{Cf}\p{Zl}\p{Zp}\p{Cs}\ufffd]/u.test(text)) return 'holds a character that is not seen';
  const why = whyUnsafePath(text);
  if (why !== undefined) return why;
  if (bytesOf(text) > longestPath) return `is longer than ${countOf(longestPath, 'byte')}`;
  for (const segment of text.split('/')) {
    if (bytesOf(segment) > longestName)
      return `holds a name that is longer than ${countOf(longestName, 'byte')}`;
    if (/[ .]$|^ /.test(segment)) return 'holds a name with a space or a dot at its end';
  }
  return undefined;
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** @throws TypeError where the text is no relative path: a bug of the caller, who has checked it. */
export function asRelativePath(text: string): RelativePath {
  const why = whyUnsafePath(text);
  if (why !== undefined) throw new TypeError(`path ${JSON.stringify(text)} ${why}`);
  return text as RelativePath;
}
