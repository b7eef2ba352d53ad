import type { Digest } from '../../core/digest.ts';
import type { TarEntryKind } from '../../tool/tar/tar-stream.ts';

/** Where the bytes of a file are: in memory, or in a file that many share. */
type Content = Buffer | { readonly file: string; readonly offset: number };

/** A file of an image as all that is known of it. Hard links are files that share an inode. */
export interface RootEntry {
  readonly kind: Exclude<TarEntryKind, 'hard-link'>;
  /** 12 bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since 1970. */
  readonly mtime: number;
  /** Of symbolic links. */
  readonly target?: string;
  /** `major:minor`, of devices. */
  readonly device?: string;
  /** Extended attributes by name, as hexadecimal. */
  readonly xattrs: Readonly<Record<string, string>>;
  /** Of files. */
  readonly content?: { readonly bytes: Content; readonly size: number; readonly sha256: Digest };
  /** The same of all names of one file; of files with several names only. */
  readonly inode?: number;
}

/** A file system: entries by path, without a slash at either end. The root itself has none. */
export type RootEntries = Map<string, RootEntry>;

/** The folder that a path is in; '' for the root. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0));
}

/** Bytes of an image's links that are followed, one after the other: as many as Linux does. */
const hopLimit = 40;

/**
 * Where a path leads through the links of the image: those of its folders, and with `all` a link at its end as well.
 * Undefined where they lead in a circle.
 */
export function resolveIn(entries: RootEntries, path: string, all = false): string | undefined {
  const left = path.split('/').filter((part) => part !== '');
  let at: string[] = [];
  for (let hops = 0; left.length > 0; ) {
    const part = left.shift() as string;
    if (part === '.') continue;
    if (part === '..') {
      at.pop();
      continue;
    }
    const here = [...at, part];
    const target = entries.get(here.join('/'))?.target;
    if (target === undefined || (left.length === 0 && !all)) {
      at = here;
      continue;
    }
    hops += 1;
    if (hops > hopLimit) return undefined;
    if (target.startsWith('/')) at = [];
    left.unshift(...target.split('/').filter((each) => each !== ''));
  }
  return at.join('/');
}
