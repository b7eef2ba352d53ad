import { type Digest, digestOf } from '../../core/digest.ts';
import type { TreeEntry } from '../store.ts';

export type TreeFile = Extract<TreeEntry, { type: 'file' }>;

/** Files that travel as one object: their bytes one after another. Sizes come from the tree, so nothing stands between them. */
export interface Chunk {
  /** Of a single file, its SHA-256; of several, that of their SHA-256s one after another. */
  readonly name: Digest;
  /** One after another among the tree's, each with other bytes than the ones before it. */
  readonly files: readonly TreeFile[];
  /** Bytes. */
  readonly size: number;
}

/**
 * Bytes of an average chunk; a file that has as many travels alone. Of 176 trees of a real release (7.1 GB; modules of fourteen projects,
 * 181,000 files, make half of it), whole trees share nothing, chunks of 4 MiB a fifth, of 1 MiB a third, and single files four
 * tenths, for some sixty times as many requests.
 */
const target = 2 ** 20;

/**
 * Parts a tree's files, in their order. Where a chunk ends is decided by the files' own digests, so that trees which have the same files
 * in the same order for a while, as two versions of a project's modules have, come to the same chunks there.
 */
export function chunksOf(files: readonly TreeFile[]): readonly Chunk[] {
  const chunks: Chunk[] = [];
  let current: TreeFile[] = [];
  let size = 0;
  const end = (): void => {
    if (current.length > 0) chunks.push(chunkOf(current));
    current = [];
    size = 0;
  };
  for (const file of distinct(files)) {
    if (file.size >= target) {
      end();
      chunks.push(chunkOf([file]));
      continue;
    }
    current.push(file);
    size += file.size;
    // As many bytes as a file has, so likely it is that a chunk ends with it.
    const isEnd = Number.parseInt(file.sha256.slice(0, 12), 16) / 2 ** 48 < file.size / target;
    if (size >= 4 * target || (size >= target / 4 && isEnd)) end();
  }
  end();
  return chunks;
}

export function chunkOf(files: readonly TreeFile[]): Chunk {
  const [first] = files;
  const name =
    files.length === 1 && first !== undefined
      ? first.sha256
      : digestOf(files.map(({ sha256 }) => sha256).join('\n'));
  return { name, files, size: files.reduce((sum, file) => sum + file.size, 0) };
}

/** The first of each that have the same bytes. */
export function distinct(files: readonly TreeFile[]): readonly TreeFile[] {
  const known = new Set<Digest>();
  return files.filter(({ sha256 }) => !known.has(sha256) && known.add(sha256));
}
