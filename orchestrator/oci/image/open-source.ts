import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { readTar, resolveMember } from '../../tool/tar/tar.ts';
import { filesOf } from './image-tree.ts';
import type { ImageLayout } from './layout.ts';

export interface SourceOptions {
  /** What it is called in failures. */
  readonly name: string;
  /** Where what is in an archive goes: an empty folder, absolute. Layers stay packed. */
  readonly scratch: string;
  readonly signal: AbortSignal;
}

/**
 * Opens what holds images: a folder that is an OCI layout or an unpacked `docker save`, or an archive of one, packed or not.
 * @param path absolute. Errors: `usage` where there is nothing or something else; those of `readTar`. @throws system errors.
 */
export async function openImageSource(
  path: string,
  { name, scratch, signal }: SourceOptions,
): Promise<Result<ImageLayout, Failure>> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || !(found.isFile() || found.isDirectory()))
    return err(unusable(name, 'There is no such file or folder.'));
  if (found.isDirectory()) {
    const kind = kindOf((file) => existsSync(join(path, file)));
    return kind === undefined ? err(unusable(name, expected)) : ok({ kind, name, fileOf: filesOf(path) });
  }
  const archive = { name: basename(path), links: 'inside', signal } as const;
  const read = await readTar(path, { ...archive, folder: scratch, wanted: () => true });
  if (!read.ok) return read;
  // What several images share are links in what old dockers save.
  const memberOf = (file: string) => {
    const member = resolveMember(read.value, file);
    return member?.kind === 'file' ? member : undefined;
  };
  const kind = kindOf((file) => memberOf(file) !== undefined);
  if (kind === undefined) return err(unusable(name, expected));
  const fileOf = (file: string) => {
    const member = memberOf(file);
    return member === undefined ? undefined : join(scratch, member.path);
  };
  return ok({ kind, name, fileOf });
}

const expected = 'It is no OCI layout (index.json) and nothing that docker saved (manifest.json).';

/** New dockers save both in one: the layout has the manifest, so it is the better. */
function kindOf(has: (file: string) => boolean): ImageLayout['kind'] | undefined {
  if (has('oci-layout') && has('index.json')) return 'oci';
  return has('manifest.json') ? 'docker' : undefined;
}

function unusable(name: string, help: string): Failure {
  return { reason: 'usage', message: `Cannot read an image from ${name}.`, help };
}
