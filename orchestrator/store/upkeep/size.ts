import { join } from 'node:path';
import { goBuildEntry } from '../go-build.ts';
import type { Handle } from '../handle.ts';
import { ownFolders } from '../layout.ts';
import { forEachFile, listFolder, listShards, stat } from '../list.ts';
import { newPace } from '../pace.ts';
import { resultsByUse } from '../results.ts';
import type { StoreSize } from './maintenance.ts';

/**
 * See `StoreMaintenance.size`. @param since milliseconds since 1970: what was used after it counts as used. Without it nothing is
 * looked at twice, and all does. @throws system errors.
 */
export async function measure(handle: Handle, since?: number): Promise<StoreSize> {
  const { layout, signal } = handle;
  const pace = newPace(signal);
  const sum = async (folder: string, counts: (links: number) => boolean = () => true) => {
    let bytes = 0;
    await forEachFile(folder, pace, (_, found) => {
      if (counts(found.nlink)) bytes += found.size;
    });
    return bytes;
  };
  const isUnused = (used: number) => since !== undefined && used < since;
  const unused = { blobs: 0, trees: 0, results: 0, goBuild: 0 };

  const kept = new Set<string>();
  for (const { tree, used, path } of since === undefined ? [] : resultsByUse(handle)) {
    if (isUnused(used)) unused.results += stat(path)?.size ?? 0;
    else kept.add(tree);
  }
  /** Files of the pool that a tree has which stays. */
  const shared = new Set<number>();
  let trees = 0;
  for (const { name, path } of listShards(layout.trees)) {
    const stays = since === undefined || kept.has(name);
    await forEachFile(path, pace, (_, found) => {
      // What has more than one name is in the pool as well, and counted there.
      if (found.nlink > 1) {
        if (stays && since !== undefined) shared.add(found.ino);
        return;
      }
      trees += found.size;
      if (!stays) unused.trees += found.size;
    });
  }
  let blobs = 0;
  await forEachFile(layout.blobs, pace, (_, found) => {
    blobs += found.size;
    if (since !== undefined && !shared.has(found.ino)) unused.blobs += found.size;
  });
  const results = (await sum(layout.results)) + (await sum(layout.titles)) + (await sum(layout.lacks));
  const temporary = await sum(layout.temporary, (links) => links === 1);
  const git = await sum(layout.git);
  const goBuild = await sum(layout.goBuild);
  for (const { name, path } of since === undefined ? [] : listShards(layout.goBuild)) {
    const found = stat(path);
    if (found === undefined || !goBuildEntry.test(name) || !isUnused(found.mtimeMs)) continue;
    unused.goBuild += found.isFile() ? found.size : await sum(path);
  }
  const known = new Set<string>([...ownFolders(layout), layout.git, layout.goBuild]);
  let others = 0;
  for (const item of listFolder(layout.root)) {
    const path = join(layout.root, item.name);
    if (item.isDirectory() && !known.has(path)) others += await sum(path);
  }
  const total = blobs + trees + results + temporary + git + goBuild + others;
  return { blobs, trees, results, temporary, git, goBuild, others, total, unused };
}
