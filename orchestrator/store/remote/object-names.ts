import type { Digest } from '../../core/digest.ts';
import type { TreeReference } from './tree-document.ts';

/**
 * Where everything lies in a shared store. `ab` is the first two characters of what follows.
 *
 *     version  results/ab/<key>[.<signer>]  trees/ab/<reference>  chunks/ab/<digest>  documents/ab/<digest>
 *     leases/<milliseconds>-<random>  swept/<milliseconds>
 *
 * What points comes after what is pointed at: a result after its tree, a tree after its chunks.
 */
export const versionName = 'version';

/** What `version` holds. Counts up whenever another version of this program could misread what is there. */
export const versionText = 'eksd-rebuild shared store 1\n';

/** What folders are called, and object names begin with. */
export const kinds = {
  results: 'results/',
  trees: 'trees/',
  chunks: 'chunks/',
  documents: 'documents/',
  leases: 'leases/',
  swept: 'swept/',
} as const;

const sharded = (folder: string, name: string) => `${folder}${name.slice(0, 2)}/${name}`;

export const chunkObject = (name: Digest): string => sharded(kinds.chunks, name);
export const treeObject = (reference: TreeReference): string => sharded(kinds.trees, reference);
export const documentObject = (digest: Digest): string => sharded(kinds.documents, digest);

/** @param signer SHA-256 of the public key; undefined for what nobody signed. */
export function resultObject(key: Digest, signer: Digest | undefined): string {
  return sharded(kinds.results, signer === undefined ? key : `${key}.${signer}`);
}

/** The last part of an object's name. */
export function baseOf(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}
