import { join } from 'node:path';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { blobFile, type ImageTree } from '../../oci/image/image-tree.ts';
import { readLayer } from '../../oci/image/read-layer.ts';
import { type DatabaseFiles, normalDatabase } from '../../rpm/database/write.ts';
import { contentOf, openIntake } from './archive.ts';
import { type RootEntries, type RootEntry, resolveIn } from './entry.ts';
import { fileEntry } from './rules.ts';

/** What came of installing: file systems before and after, what was extracted, and what rpm said. */
export interface Installation {
  readonly before: RootEntries;
  readonly after: RootEntries;
  readonly trust: RootEntries;
  /** Where the database is in the image: absolute. */
  readonly databasePath: string;
  /** A line each. */
  readonly messages: readonly string[];
}

/** Takes apart what the Dockerfile of base images gives. Errors: those of reading layers. */
export async function readInstallation(
  tree: ImageTree,
  scratch: string,
  signal: AbortSignal,
): Promise<Result<Installation, Failure>> {
  const [image] = tree.images;
  const intake = await openIntake(join(scratch, 'content'));
  try {
    for (const layer of image?.manifest.layers ?? []) {
      const path = blobFile(tree, layer);
      const read = await readLayer(path, { name: layer.digest, signal }, intake.onEntry);
      if (!read.ok) return read;
    }
  } finally {
    await intake.close();
  }
  const report = below(intake.entries, 'report');
  const text = async (name: string): Promise<string> => {
    const entry = report.get(name);
    return entry === undefined ? '' : (await contentOf(entry)).toString('utf8').trim();
  };
  return ok({
    before: below(intake.entries, 'before'),
    after: below(intake.entries, 'after'),
    trust: below(intake.entries, 'trust'),
    databasePath: await text('dbpath'),
    messages: (await text('messages')).split('\n').filter((line) => line !== ''),
  });
}

function below(entries: RootEntries, folder: string): RootEntries {
  const own = [...entries].filter(([path]) => path.startsWith(`${folder}/`));
  return new Map(own.map(([path, entry]) => [path.slice(folder.length + 1), entry]));
}

/**
 * Puts a database that is a function of the packages into the place of the one that rpm wrote; gives the packages.
 * Errors: those of `normalDatabase`.
 */
export async function normaliseDatabase(
  entries: RootEntries,
  databasePath: string,
  epoch: number,
  scratch: string,
): Promise<Result<readonly string[], Failure>> {
  const folder = resolveIn(entries, databasePath, true);
  if (folder === undefined || folder === '') {
    const message = `rpm says that its database is in ${JSON.stringify(databasePath)}.`;
    return err({ reason: 'usage', message, help: 'Check the macro _dbpath of the builder image.' });
  }
  const own = [...entries].filter(([path]) => path.startsWith(`${folder}/`));
  const files: [string, Buffer][] = [];
  const modes = new Map<string, RootEntry>();
  for (const [path, entry] of own) {
    const name = path.slice(folder.length + 1);
    files.push([name, await contentOf(entry)]);
    modes.set(name, entry);
  }
  const normal = await normalDatabase(new Map(files) satisfies DatabaseFiles, epoch, scratch);
  if (!normal.ok) return normal;
  for (const [path] of own) entries.delete(path);
  for (const [name, bytes] of normal.value.files) {
    const { mode, uid, gid } = modes.get(name) ?? { mode: 0o644, uid: 0, gid: 0 };
    entries.set(`${folder}/${name}`, { ...fileEntry(bytes, mode, epoch), uid, gid });
  }
  return ok(normal.value.packages);
}
