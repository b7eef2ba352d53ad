import { byCodeUnit, canonicalJson } from '../core/canonical-json.ts';
import { type Digest, digestOf, isDigest } from '../core/digest.ts';
import { countOf } from '../core/numbers.ts';
import { whyUnsafePath } from '../core/relative-path.ts';
import { readPlain } from './list.ts';
import type { TreeEntry } from './store.ts';

export interface Manifest {
  readonly text: string;
  /** SHA-256 of the text. */
  readonly digest: Digest;
}

/** The canonical text of a tree's entries, in code-unit order of their paths. */
export function makeManifest(entries: readonly TreeEntry[]): Manifest {
  const sorted = [...entries].sort((a, b) => byCodeUnit(a.path, b.path));
  const text = canonicalJson(sorted.map((entry) => ({ ...entry })));
  return { text, digest: digestOf(text) };
}

/** Reads a manifest; undefined where it is missing, or is none, or (where a digest is given) has another one. */
export function readManifest(path: string, digest?: Digest): readonly TreeEntry[] | undefined {
  const text = readPlain(path);
  if (text === undefined || (digest !== undefined && digestOf(text) !== digest)) return undefined;
  return parseManifest(text);
}

/** The entries in a manifest's text; undefined where it is none. */
export function parseManifest(text: string): readonly TreeEntry[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return Array.isArray(value) && value.every(isEntry) ? value : undefined;
}

function isEntry(value: unknown): value is TreeEntry {
  if (typeof value !== 'object' || value === null) return false;
  const { path, type, executable, size, sha256, target } = value as Readonly<Record<string, unknown>>;
  if (typeof path !== 'string' || whyNoPath(path) !== undefined) return false;
  if (type === 'link') return typeof target === 'string' && isTarget(target);
  const isFile = type === 'file' && typeof executable === 'boolean' && Number.isSafeInteger(size);
  return isFile && (size as number) >= 0 && typeof sha256 === 'string' && isDigest(sha256);
}

/** Bytes: what the system takes a name by (PATH_MAX), but for what stands before it wherever a tree is copied to. */
const longestPath = 3072;

/** Bytes that a file system takes for one name, and Linux for where a link leads (NAME_MAX, PATH_MAX). */
const longestName = 255;
const longestTarget = 4095;

/** Why nothing in a tree has this path; undefined where something can. */
export function whyNoPath(path: string): string | undefined {
  // Nearly all are of this kind.
  if (path.length <= longestName && /^[ -~]*$/.test(path)) return whyUnsafePath(path);
  if (Buffer.byteLength(path) > longestPath) return `is longer than ${countOf(longestPath, 'byte')}`;
  // Node decodes a name that is not UTF-8 to U+FFFD, and the file cannot be reached by it; half a character is written as that.
  if (/[\uFFFD\p{Cs}]/u.test(path)) return 'is not UTF-8';
  const isLong = path.split('/').some((name) => Buffer.byteLength(name) > longestName);
  return isLong ? `holds a name that is longer than ${countOf(longestName, 'byte')}` : whyUnsafePath(path);
}

/** Whether a link can lead there, wherever that is. */
function isTarget(text: string): boolean {
  return text !== '' && !text.includes('\0') && Buffer.byteLength(text) <= longestTarget;
}
