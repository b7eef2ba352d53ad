import { canonicalJson, type Json } from '../../orchestrator/core/canonical-json.ts';
import { asDigest, type Digest, digestOf } from '../../orchestrator/core/digest.ts';
import { ok } from '../../orchestrator/core/result.ts';
import type { EngineStore } from '../../orchestrator/engine/execute.ts';
import type { StoredResult } from '../../orchestrator/store/store.ts';

/** A store without files. A tree is what was last written, by `write`, into the folder that is added. */
export interface MemoryStore extends EngineStore {
  readonly results: Map<Digest, StoredResult>;
  /** Trees that `recheck` finds damaged, once. */
  readonly damaged: Set<Digest>;
  /** Temporary folders that are there. */
  readonly folders: Map<string, Json>;
  write(folder: string, content: Json): void;
}

export function newMemoryStore(): MemoryStore {
  const results = new Map<Digest, StoredResult>();
  const titles = new Map<string, Digest>();
  const damaged = new Set<Digest>();
  const folders = new Map<string, Json>();
  const lacks = new Map<Digest, { what: string; asked: number }>();
  let made = 0;
  return {
    root: '/store',
    results,
    damaged,
    folders,
    write: (folder, content) => void folders.set(folder, content),
    lookup: async (key) => results.get(key),
    lastResult: async (kind, title) =>
      results.get(titles.get(`${kind} ${title}`) ?? asDigest('0'.repeat(64))),
    record: async (result) => {
      results.set(result.key, result);
      titles.set(`${result.kind} ${result.title}`, result.key);
      return ok(undefined);
    },
    lackOf: async (key) => lacks.get(key),
    setLack: async (key, what) =>
      void (what === undefined ? lacks.delete(key) : lacks.set(key, { what, asked: Date.now() })),
    addTree: async (folder) => {
      const content = folders.get(folder) ?? null;
      folders.delete(folder);
      return ok(digestOf(canonicalJson(content)));
    },
    entries: async () => ok([]),
    treePath: (tree) => `/store/trees/${tree}`,
    temporaryFolder: async () => {
      const path = `/store/tmp/${made++}`;
      folders.set(path, null);
      return ok(path);
    },
    removeTemporary: async (folder) => void folders.delete(folder),
    withLock: (_name, _signal, body) => body(),
    recheck: async (tree) => {
      if (!damaged.delete(tree)) return ok([]);
      for (const [key, result] of results) if (result.tree === tree) results.delete(key);
      return ok(['file has other bytes']);
    },
  };
}
