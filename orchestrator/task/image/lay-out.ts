import { copyFile, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { OciDigest } from '../../core/oci.ts';
import type { ImageTree } from '../../oci/image/image-tree.ts';

/** An image tree that a build stands on. */
export interface Layout {
  readonly folder: string;
  readonly digest: OciDigest;
}

/** An image tree as BuildKit's client reads it: beside the store's, since it makes a folder in every layout that it opens. */
export async function layOut(tree: ImageTree, digest: OciDigest, folder: string): Promise<Layout> {
  await mkdir(folder);
  for (const file of ['oci-layout', 'index.json'])
    await copyFile(join(tree.folder, file), join(folder, file));
  await symlink(join(tree.folder, 'blobs'), join(folder, 'blobs'));
  return { folder, digest };
}
