import { join } from 'node:path';
import { type Layout, ownFolders } from '../layout.ts';
import { forEachFile, listFolder } from '../list.ts';
import { newPace } from '../pace.ts';
import type { StoreSize } from './maintenance.ts';

/** See `StoreMaintenance.size`. @throws system errors. */
export async function measure(layout: Layout, signal?: AbortSignal): Promise<StoreSize> {
  const pace = newPace(signal);
  const sum = async (folder: string, counts: (links: number) => boolean = () => true) => {
    let bytes = 0;
    await forEachFile(folder, pace, (_, found) => {
      if (counts(found.nlink)) bytes += found.size;
    });
    return bytes;
  };
  const blobs = await sum(layout.blobs);
  // What has more than one name is in the pool as well, and counted there.
  const trees = await sum(layout.trees, (links) => links === 1);
  const results = (await sum(layout.results)) + (await sum(layout.titles)) + (await sum(layout.lacks));
  const temporary = await sum(layout.temporary, (links) => links === 1);
  const git = await sum(layout.git);
  const goBuild = await sum(layout.goBuild);
  const known = new Set<string>([...ownFolders(layout), layout.git, layout.goBuild]);
  let others = 0;
  for (const item of listFolder(layout.root)) {
    const path = join(layout.root, item.name);
    if (item.isDirectory() && !known.has(path)) others += await sum(path);
  }
  return {
    blobs,
    trees,
    results,
    temporary,
    git,
    goBuild,
    others,
    total: blobs + trees + results + temporary + git + goBuild + others,
  };
}
