import {
  chmod,
  copyFile,
  lstat,
  mkdir,
  readdir,
  readlink,
  rename,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Failure } from '../../core/failure.ts';
import { whyUnsafePath } from '../../core/relative-path.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { readFileOfImage } from '../../oci/image/image-file.ts';
import type { ImageTree } from '../../oci/image/image-tree.ts';
import type { ImageNode } from '../../plan/node-image.ts';
import { writeTar } from '../../tool/tar/write-tar.ts';
import { goesThroughLink } from '../source/within.ts';
import type { TaskContext } from '../task.ts';
import { addUsers } from './users.ts';

/**
 * Lays out what COPY and ADD read: the node's files, its folders as archives (`LICENSES.tar`), `passwd` and `group` where it
 * has users, `rootfs.tar` where it has links. Modes are 0755 of programs and folders, 0644 of all else. There is no folder in
 * it, because a daemon leaves a folder that any earlier build sent it as it was, with that one's date.
 * @param folder absolute path of one that is not there yet. @param base what users are added to. @param epoch dates what is in archives.
 * Errors: `unsafe-path`, `missing-output`, `usage`; those of `readFileOfImage`. @throws system errors.
 */
export async function writeImageContext(
  node: ImageNode,
  base: ImageTree | undefined,
  folder: string,
  epoch: number,
  context: Pick<TaskContext, 'scratch' | 'signal' | 'tree'>,
): Promise<Result<void, Failure>> {
  await mkdir(folder, { recursive: true });
  const parts = join(context.scratch, 'parts');
  for (const { from, path, to } of node.files) {
    const detail = whyUnsafePath(path) ?? whyUnsafePath(to);
    if (detail !== undefined)
      return err({ reason: 'unsafe-path', path: to, where: `image ${node.image}`, detail });
    const tree = context.tree(from);
    const kind = (await goesThroughLink(tree, path))
      ? undefined
      : await copyEntry(join(tree, path), join(parts, to));
    if (kind === 'folder') await pack(join(parts, to), to, join(folder, `${to}.tar`), epoch);
    else if (kind === 'file') {
      await makeFolder(dirname(join(folder, to)));
      await rename(join(parts, to), join(folder, to));
    } else {
      return err({
        reason: 'missing-output',
        file: path,
        detail: `${from} was to have it for ${node.image}`,
      });
    }
  }
  if (node.users.length > 0) {
    const written = await writeUsers(node, base, folder, context.signal);
    if (!written.ok) return written;
  }
  for (const [path, target] of Object.entries(node.links)) {
    const detail = path.startsWith('/') ? whyUnsafePath(path.slice(1)) : 'is not absolute';
    if (detail !== undefined)
      return err({ reason: 'unsafe-path', path, where: `image ${node.image}`, detail });
    await makeFolder(dirname(join(parts, 'rootfs', path)));
    await symlink(target, join(parts, 'rootfs', path));
  }
  if (Object.keys(node.links).length > 0) {
    await writeTar(join(parts, 'rootfs'), join(folder, 'rootfs.tar'), epoch);
  }
  return ok(undefined);
}

/** Puts a folder into an archive under its name. */
async function pack(from: string, name: string, file: string, epoch: number): Promise<void> {
  const root = `${from}-packed`;
  await makeFolder(dirname(join(root, name)));
  await rename(from, join(root, name));
  await makeFolder(dirname(file));
  await writeTar(root, file, epoch);
}

/** Adds the users to the base's own files of them. */
async function writeUsers(
  node: ImageNode,
  base: ImageTree | undefined,
  folder: string,
  signal: AbortSignal,
): Promise<Result<void, Failure>> {
  const texts: string[] = [];
  for (const path of ['/etc/passwd', '/etc/group']) {
    const file =
      base === undefined
        ? ok(undefined)
        : await readFileOfImage(base, node.platform, path, { name: `base of ${node.image}`, signal });
    if (!file.ok) return file;
    texts.push(file.value?.toString('utf8') ?? '');
  }
  const [passwd = '', group = ''] = texts;
  const added = addUsers({ passwd, group }, node.users);
  if (!added.ok) {
    const help = `Change "users" of the image ${node.image} in its recipe.`;
    return err({ reason: 'usage', message: `Cannot add users to ${node.image}: ${added.error}.`, help });
  }
  for (const [name, text] of Object.entries(added.value)) {
    await writeFile(join(folder, name), text);
    await chmod(join(folder, name), 0o644);
  }
  return ok(undefined);
}

/** Copies a file, a link as it is, or a folder, and says which; undefined where there is none. */
async function copyEntry(from: string, to: string): Promise<'file' | 'folder' | undefined> {
  const found = await lstat(from).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (found === undefined) return undefined;
  await makeFolder(dirname(to));
  if (found.isDirectory()) {
    await makeFolder(to);
    for (const name of await readdir(from)) await copyEntry(join(from, name), join(to, name));
  } else if (found.isSymbolicLink()) {
    await symlink(await readlink(from), to);
  } else {
    await copyFile(from, to);
    await chmod(to, (found.mode & 0o100) === 0 ? 0o644 : 0o755);
  }
  return found.isDirectory() ? 'folder' : 'file';
}

/** Whatever the umask. */
async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) return;
  for (let at = path; at.length >= first.length; at = dirname(at)) await chmod(at, 0o755);
}
