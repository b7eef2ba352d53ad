import { countOf } from '../core/numbers.ts';
import { whyUnsafePath } from '../core/relative-path.ts';

/** Bytes: what the system takes a name by (PATH_MAX), but for what stands before it wherever a tree is copied to. */
const longestPath = 3072;

/** Bytes that a file system takes for one name, and Linux for where a link leads (NAME_MAX, PATH_MAX). */
const longestName = 255;
const longestTarget = 4095;

/** Why nothing in a tree has this path; undefined where something can. */
export function whyNoPath(path: string): string | undefined {
  if (Buffer.byteLength(path) > longestPath) return `is longer than ${countOf(longestPath, 'byte')}`;
  // Node decodes a name that is not UTF-8 to U+FFFD, and the file cannot be reached by it; half a character is written as that.
  if (/[\uFFFD\p{Cs}]/u.test(path)) return 'is not UTF-8';
  const isLong = path.split('/').some((name) => Buffer.byteLength(name) > longestName);
  return isLong ? `holds a name that is longer than ${countOf(longestName, 'byte')}` : whyUnsafePath(path);
}

/** Whether a link can lead there, wherever that is. */
export function isTarget(text: string): boolean {
  return text !== '' && !text.includes('\0') && Buffer.byteLength(text) <= longestTarget;
}
