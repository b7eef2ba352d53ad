import { canonicalJson, type Json } from '../../core/canonical-json.ts';
import { type Digest, digestOf, isDigest } from '../../core/digest.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { visible } from '../../core/visible.ts';
import { makeManifest, parseManifest, whyNoPath } from '../manifest.ts';
import type { TreeEntry } from '../store.ts';
import { type Chunk, chunkOf, chunksOf, distinct, type TreeFile } from './chunks.ts';

/**
 * Names a tree whole: its digest, and where it has what that leaves out (derived files, empty folders), a dot and the digest of
 * those. Who has the reference needs to trust nobody for the bytes.
 */
export type TreeReference = string;

/** All that it takes to make a tree again but the bytes of its files. */
export interface TreeDocument {
  readonly reference: TreeReference;
  readonly entries: readonly TreeEntry[];
  readonly derived: readonly TreeEntry[];
  /** Empty ones, which a manifest does not have: git takes a folder without `refs/` for no repository. */
  readonly folders: readonly string[];
  readonly chunks: readonly Chunk[];
}

/** The digest of a reference's tree; undefined where it is no reference. */
export function treeOfReference(reference: string): Digest | undefined {
  const [tree = '', beside, ...more] = reference.split('.');
  if (!isDigest(tree) || more.length > 0) return undefined;
  return beside === undefined || isDigest(beside) ? tree : undefined;
}

const isFile = (entry: TreeEntry): entry is TreeFile => entry.type === 'file';

export function filesOf({
  entries,
  derived,
}: Pick<TreeDocument, 'entries' | 'derived'>): readonly TreeFile[] {
  return [...entries, ...derived].filter(isFile);
}

/** Three lines: chunks, manifest, what stands beside it. The chunks come first, so that who only wants to know them reads no more. */
export function encodeTree(given: Pick<TreeDocument, 'entries' | 'derived' | 'folders'>): {
  readonly document: TreeDocument;
  readonly text: string;
} {
  const { entries, derived, folders } = given;
  const manifest = makeManifest(entries);
  const chunks = chunksOf(filesOf(given));
  const beside = canonicalJson({ derived: derived.map((entry) => ({ ...entry })), folders: [...folders] });
  const hasMore = derived.length > 0 || folders.length > 0;
  const reference = hasMore ? `${manifest.digest}.${digestOf(beside)}` : manifest.digest;
  const list = canonicalJson(chunks.map(({ name, files }) => [name, files.length]) as Json);
  return {
    document: { reference, entries, derived, folders, chunks },
    text: `${list}\n${manifest.text}\n${beside}`,
  };
}

/** Reads it back, every word of it held against the reference. Errors: why it is not that tree, as the end of a sentence. */
export function decodeTree(text: string, reference: TreeReference): Result<TreeDocument, string> {
  const lines = linesOf(text);
  const [tree, extra] = reference.split('.');
  if (lines === undefined || digestOf(lines.manifest) !== tree)
    return err('has other entries than its name says');
  const { list, manifest, beside } = lines;
  const entries = parseManifest(manifest);
  if (entries === undefined) return err('has no entries that can be read');
  const more = extra === undefined ? { derived: [], folders: [] } : readBeside(beside, extra);
  if (more === undefined) return err('has other derived files than its name says');
  const { derived, folders } = more;
  const why = whyImpossible([...entries, ...derived], folders);
  if (why !== undefined) return err(why);
  const chunks = readChunks(list, filesOf({ entries, derived }));
  if (chunks === undefined) return err('has chunks that are not those of its files');
  return ok({ reference, entries, derived, folders, chunks });
}

/** Bytes of the longest first line: a chunk has a quarter of a MiB or more, and 75 bytes there. */
export const mostOfChunks = 2 ** 24;

/** The three lines of a document; undefined where it has others. Not by `split`, which breaks on a text of nothing but line ends. */
function linesOf(
  text: string,
): { readonly list: string; readonly manifest: string; readonly beside: string } | undefined {
  const first = text.indexOf('\n');
  const second = text.indexOf('\n', first + 1);
  if (first < 0 || second < 0 || text.includes('\n', second + 1)) return undefined;
  const manifest = text.slice(first + 1, second);
  return { list: text.slice(0, first), manifest, beside: text.slice(second + 1) };
}

/** The names of the chunks in the first line; undefined where they cannot be read. */
export function chunkNames(list: string): readonly Digest[] | undefined {
  return partsIn(list)?.map(({ name }) => name);
}

/** No digest vouches for this line, so nothing is made of it but what it may hold. */
function partsIn(list: string): readonly { readonly name: Digest; readonly count: number }[] | undefined {
  if (list === '[]') return [];
  if (list.length > mostOfChunks) return undefined;
  const part = /([[,])\["([0-9a-f]{64})",([1-9][0-9]{0,9})\]/y;
  const parts: { readonly name: Digest; readonly count: number }[] = [];
  for (let at = 0; at < list.length - 1; at = part.lastIndex) {
    const [, before, name = '', count] = part.exec(list) ?? [];
    if (before !== (at === 0 ? '[' : ',') || !isDigest(name)) return undefined;
    parts.push({ name, count: Number(count) });
  }
  return parts.length > 0 && list.endsWith(']]') ? parts : undefined;
}

/** The rule by which files are parted may change: the list says how they were. */
function readChunks(list: string, files: readonly TreeFile[]): readonly Chunk[] | undefined {
  const parts = partsIn(list);
  if (parts === undefined) return undefined;
  const left = distinct(files);
  const chunks: Chunk[] = [];
  let at = 0;
  for (const { count } of parts) {
    chunks.push(chunkOf(left.slice(at, at + count)));
    at += count;
  }
  const isWhole = at === left.length && chunks.every(({ name }, index) => name === parts[index]?.name);
  return isWhole ? chunks : undefined;
}

/**
 * Why no folder can hold these; undefined where one can. What is below a link would be written to where that leads.
 */
function whyImpossible(entries: readonly TreeEntry[], folders: readonly string[]): string | undefined {
  const paths = new Set<string>();
  for (const { path } of entries) {
    if (paths.has(path)) return `has ${visible(path)} twice`;
    paths.add(path);
  }
  for (const path of [...paths, ...folders]) {
    for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1))
      if (paths.has(path.slice(0, at))) return `has ${visible(path)} below what is no folder`;
  }
  const taken = folders.find((folder) => paths.has(folder));
  return taken === undefined ? undefined : `has ${visible(taken)} twice`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readBeside(text: string, digest: string): Pick<TreeDocument, 'derived' | 'folders'> | undefined {
  if (digestOf(text) !== digest) return undefined;
  const value = parsed(text) as { readonly derived?: unknown; readonly folders?: unknown } | null | undefined;
  const derived = parseManifest(JSON.stringify(value?.derived ?? null));
  const folders = value?.folders;
  const isFolder = (each: unknown): each is string =>
    typeof each === 'string' && whyNoPath(each) === undefined;
  if (derived === undefined || !Array.isArray(folders) || !folders.every(isFolder)) return undefined;
  return { derived, folders };
}
