import { canonicalJson } from '../../core/canonical-json.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { folderOf, type RootEntries, type RootEntry } from './entry.ts';

/**
 * What an image adds to the one below it: entries that are new or other, and the folders that they are in. Dates do not
 * count, but for those of files.
 * Errors: `usage` where something of the lower one is gone: such a layer cannot be made.
 */
export function addedEntries(before: RootEntries, after: RootEntries): Result<RootEntries, Failure> {
  const gone = [...before.keys()].filter((path) => !after.has(path));
  if (gone.length > 0) {
    const [first = ''] = gone;
    const more = gone.length > 1 ? ` and ${gone.length - 1} more` : '';
    const message = `The image would lack /${first}${more}, which the one that it stands on has.`;
    return err({ reason: 'usage', message, help: 'Remove it there, or let it be.' });
  }
  const added: RootEntries = new Map();
  for (const [path, entry] of after) {
    const old = before.get(path);
    if (old !== undefined && factsOf(old) === factsOf(entry)) continue;
    added.set(path, entry);
    for (let folder = folderOf(path); folder !== '' && !added.has(folder); folder = folderOf(folder)) {
      const is = after.get(folder);
      if (is !== undefined) added.set(folder, is);
    }
  }
  return ok(added);
}

function factsOf({ kind, mode, uid, gid, mtime, target, device, xattrs, content }: RootEntry): string {
  return canonicalJson([
    ...[kind, mode, uid, gid, target ?? null, device ?? null, xattrs],
    ...(content === undefined ? [] : [mtime, content.sha256]),
  ]);
}

/**
 * Dates a file system: what a package dated keeps that, unless it is younger than the image; of folders and links the
 * date is when rpm made them, so they get the image's.
 */
export function datedEntries(entries: RootEntries, epoch: number): RootEntries {
  const dated = [...entries].map(([path, entry]): readonly [string, RootEntry] => {
    const mtime = entry.kind === 'file' ? Math.min(Math.floor(entry.mtime), epoch) : epoch;
    return [path, { ...entry, mtime }];
  });
  return new Map(dated);
}
