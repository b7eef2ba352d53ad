import { basename, join, posix } from 'node:path';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { ImageFile } from '../../oci/image/layout.ts';
import { findInLayers, openImage, takeFromLayer } from '../../oci/image/open-image.ts';
import { readTar, resolveMember, type TarMember } from '../../tool/tar/tar.ts';
import { fileNames, pathsFor, platformInPath } from './platform-in-path.ts';
import type { FindContext, PublishedFile, WantedFile } from './published-file.ts';

type Found = Promise<Result<PublishedFile | undefined, Failure>>;

/** Finds a file in a tar archive: among its members, or, where it is an image, in the image's layers. Errors: those of `Published`. */
export async function findInArchive(archive: string, wanted: WantedFile, context: FindContext): Found {
  const name = basename(archive);
  const { signal } = context;
  const read = await readTar(archive, { name, links: 'inside', signal });
  if (!read.ok) return read;
  const members = read.value;
  const has = (path: string) => members.some((each) => each.path === path);
  if (has('oci-layout') && has('index.json')) return findInImageTar('oci', archive, members, wanted, context);
  if (has('manifest.json')) return findInImageTar('docker', archive, members, wanted, context);

  const names = fileNames(wanted.name, wanted.platform);
  const paths = [...new Set(members.map(({ path }) => path))].filter(
    (path) => names.includes(posix.basename(path)) && resolveMember(members, path)?.kind === 'file',
  );
  const chosen = pathsFor(wanted.platform, paths, platformInPath(name));
  const [path] = chosen;
  if (path === undefined) return ok(undefined);
  if (chosen.length > 1) return err(ambiguous(wanted, name, chosen));
  const source = resolveMember(members, path)?.path;
  const folder = await context.scratch();
  const taken = await readTar(archive, {
    name,
    links: 'inside',
    signal,
    folder,
    wanted: (member) => member.path === source,
  });
  return taken.ok ? ok({ path: join(folder, source ?? path), where: `${name}: ${path}` }) : taken;
}

async function findInImageTar(
  kind: 'oci' | 'docker',
  archive: string,
  members: readonly TarMember[],
  wanted: WantedFile,
  { scratch, signal }: FindContext,
): Found {
  const folder = await scratch();
  const name = basename(archive);
  const taken = await readTar(archive, { name, links: 'inside', signal, folder, wanted: () => true });
  if (!taken.ok) return taken;
  // Layers that two images share are links in what old dockers save.
  const fileOf = (path: string) => {
    const member = resolveMember(members, path);
    return member?.kind === 'file' ? join(folder, member.path) : undefined;
  };
  return findInImage(kind, name, fileOf, wanted, { scratch, signal });
}

/** Finds a file in an image by its base name. @param name what the image is called. Errors: those of `Published`. */
export async function findInImage(
  kind: 'oci' | 'docker',
  name: string,
  fileOf: ImageFile,
  wanted: WantedFile,
  { scratch, signal }: FindContext,
): Found {
  const image = await openImage(kind, name, wanted.platform, fileOf);
  if (!image.ok || image.value === undefined) return image.ok ? ok(undefined) : image;
  for (const each of fileNames(wanted.name, wanted.platform)) {
    const found = await findInLayers(image.value, each, signal);
    if (!found.ok) return found;
    const [first] = found.value;
    if (first === undefined) continue;
    if (found.value.length > 1) {
      return err(
        ambiguous(
          wanted,
          name,
          found.value.map(({ path }) => `/${path}`),
        ),
      );
    }
    const taken = await takeFromLayer(first, await scratch(), signal);
    return taken.ok ? ok({ path: taken.value, where: `${name}: /${first.path}` }) : taken;
  }
  return ok(undefined);
}

export function ambiguous({ name, platform }: WantedFile, where: string, paths: readonly string[]): Failure {
  return {
    reason: 'usage',
    message: `${where} has several files that could be ${name} for ${platform}: ${paths.join(', ')}.`,
    help: 'Give the one that is meant.',
  };
}
