import * as fs from 'node:fs';
import { join } from 'node:path';
import type { Digest } from '../../../orchestrator/core/digest.ts';
import { openStore } from '../../../orchestrator/store/open-store.ts';
import { folderPlace } from '../../../orchestrator/store/remote/folder-place.ts';
import type { RemotePlace } from '../../../orchestrator/store/remote/place.ts';
import type { Seal } from '../../../orchestrator/store/remote/result-object.ts';
import { type Sharing, sharedStore } from '../../../orchestrator/store/remote/shared.ts';
import { resultKey } from '../../../orchestrator/store/result-key.ts';
import { type Files, must, storeOptions, type TestStore, writeFiles } from '../fixture.ts';

/** A machine: a store of its own, joined with the one that is shared. */
type Machine = TestStore & Sharing;

export interface Shared {
  /** The folder that all of them mount. */
  readonly folder: string;
  readonly place: RemotePlace;
  /** A machine with an empty store. */
  machine(more?: MachineOptions): Promise<Machine>;
}

interface MachineOptions {
  readonly place?: RemotePlace;
  readonly mayWrite?: boolean;
  readonly seal?: Seal;
  readonly now?: () => number;
}

/** Makes an empty shared store below a folder. */
export function sharedIn(folder: string): Shared {
  const shared = join(folder, 'shared');
  fs.mkdirSync(shared);
  const place = folderPlace(shared, Math.random);
  let count = 0;
  return {
    folder: shared,
    place,
    async machine({ mayWrite = true, seal, now = Date.now, ...given } = {}) {
      count += 1;
      const local = must(await openStore(join(folder, `store-${count}`), storeOptions()));
      const signal = new AbortController().signal;
      return sharedStore(local, given.place ?? place, { mayWrite, seal, now, signal });
    },
  };
}

const derived = (path: string) => path.startsWith('.git/packs/');

/** Records a tree with all that a tree can have, and gives its key. */
export async function recordTree(
  store: TestStore,
  name: string,
  files: Files,
): Promise<{ key: Digest; tree: Digest }> {
  const folder = must(await store.temporaryFolder());
  writeFiles(folder, { ...files, '.git/packs/one': `pack of ${name}` });
  fs.mkdirSync(join(folder, '.git', 'refs'));
  const tree = must(await store.addTree(folder, derived));
  const inputs = { name };
  const key = resultKey('test', inputs);
  const title = `test ${name}`;
  must(await store.record({ key, kind: 'test', inputs, tree, seconds: 1, notes: [], commands: [], title }));
  return { key, tree };
}

/** Everything below a tree's folder: bytes, permissions, where links lead, empty folders. */
export function contentOf(store: TestStore, tree: Digest): ReadonlyMap<string, string> {
  const root = store.treePath(tree);
  const found = new Map<string, string>();
  const folders = [''];
  for (const folder of folders) {
    for (const item of fs.readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = join(folder, item.name);
      if (item.isDirectory()) {
        folders.push(path);
        found.set(`${path}/`, '');
      } else if (item.isSymbolicLink()) found.set(path, `-> ${fs.readlinkSync(join(root, path))}`);
      else {
        const { mode } = fs.lstatSync(join(root, path));
        found.set(path, `${(mode & 0o777).toString(8)} ${fs.readFileSync(join(root, path), 'base64')}`);
      }
    }
  }
  return new Map([...found].sort());
}
