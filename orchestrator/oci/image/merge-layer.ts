import { posix } from 'node:path';
import { impliedFolder, type ViewEntry } from './view-entry.ts';

/** What one layer changes. Paths are absolute and normal: `/etc/passwd`. */
export interface LayerChanges {
  readonly added: ReadonlyMap<string, ViewEntry>;
  /** Paths that go, with all below them, of what lower layers have. */
  readonly removed: readonly string[];
  /** Folders of which all that lower layers have goes. */
  readonly emptied: readonly string[];
}

/** A member that engines treat each in their own way. */
export interface Oddity {
  readonly path: string;
  readonly layer: number;
  readonly why: 'leaves the image' | 'is below what is no folder';
}

/**
 * Puts a layer over what lower ones have, as overlayfs shows it: whiteouts first, since they mean lower layers only
 * (OCI image specification, layer.md); a member below what a lower layer has as a link makes a folder of that, and is not
 * written through the link. Says of which paths that was so.
 */
export function mergeLayer(
  merged: Map<string, ViewEntry>,
  { added, removed, emptied }: LayerChanges,
  layer: number,
): readonly Oddity[] {
  const gone = new Set(removed);
  const empty = new Set(emptied);
  const oddities: Oddity[] = [];
  for (const path of [...gone, ...empty]) {
    const parents = empty.has(path) ? [...ancestors(path), path] : ancestors(path);
    const isBelowLink = parents.some((each) => {
      const has = added.get(each) ?? merged.get(each);
      return has !== undefined && has.kind !== 'folder';
    });
    if (isBelowLink) oddities.push({ path, layer, why: 'is below what is no folder' });
  }
  if (gone.size + empty.size > 0) {
    for (const path of [...merged.keys()]) {
      if (gone.has(path) || ancestors(path).some((each) => gone.has(each) || empty.has(each))) {
        merged.delete(path);
      }
    }
  }
  for (const [path, entry] of added) {
    for (const parent of ancestors(path)) {
      const has = added.get(parent) ?? merged.get(parent);
      if (has?.kind === 'folder') continue;
      if (has !== undefined) oddities.push({ path, layer, why: 'is below what is no folder' });
      merged.set(parent, impliedFolder(layer));
    }
    if (entry.kind !== 'folder' && merged.get(path)?.kind === 'folder') {
      for (const each of [...merged.keys()]) if (each.startsWith(`${path}/`)) merged.delete(each);
    }
    merged.set(path, entry);
  }
  return oddities;
}

/** Of `/a/b/c`: `/`, `/a`, `/a/b`. Nothing of the root. */
function ancestors(path: string): readonly string[] {
  if (path === '/') return [];
  const found: string[] = [];
  for (let at = path; at !== '/'; ) {
    at = posix.dirname(at);
    found.push(at);
  }
  return found.reverse();
}

const whiteout = '.wh.';
/** Empties the folder it is in. */
const opaque = '.wh..wh..opq';
/** What aufs kept for itself; nothing in it is of the image. */
const meta = '.wh..wh.';

/** What a member of this path means for its layer. */
export type Meaning =
  | { readonly kind: 'content'; readonly path: string }
  | { readonly kind: 'removes'; readonly path: string }
  | { readonly kind: 'empties'; readonly path: string }
  | { readonly kind: 'nothing' };

export function meaningOf(path: string): Meaning {
  const parts = path.split('/');
  const name = posix.basename(path);
  if (name === opaque) return { kind: 'empties', path: posix.dirname(path) };
  if (parts.some((part) => part.startsWith(meta))) return { kind: 'nothing' };
  if (!name.startsWith(whiteout)) return { kind: 'content', path };
  const hidden = name.slice(whiteout.length);
  if (hidden === '' || hidden === '.' || hidden === '..') return { kind: 'nothing' };
  return { kind: 'removes', path: posix.join(posix.dirname(path), hidden) };
}
