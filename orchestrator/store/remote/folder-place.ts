import type { Stats } from 'node:fs';
import { copyFile, link, lstat, lutimes, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { openBytes } from '../../tool/file/read-file.ts';
import { syncOne } from '../durable.ts';
import { cannotWrite, errnoOf, failureOfErrno, isErrno } from '../errno.ts';
import { randomName } from '../handle.ts';
import { folderModes } from './folder-modes.ts';
import { type ObjectFacts, type RemotePlace, used } from './place.ts';

/** Where files are written before they are renamed: on the same file system. */
const making = 'tmp';

/**
 * A folder that several machines mount: link(2) and rename(2) are whole on NFS and EFS as on a disk. What is made in it is as open as it is
 * itself: users other than its owner share it where it lets them write.
 */
export function folderPlace(root: string, random: () => number): RemotePlace {
  const pathOf = (name: string) => join(root, name);
  const { makeFolder, openFile } = folderModes(root);
  const doing = async <T>(deed: () => Promise<Result<T, Failure>>): Promise<Result<T, Failure>> => {
    try {
      return await deed();
    } catch (error) {
      return err(failureOf(error, root));
    }
  };
  const put: RemotePlace['put'] = async (name, content, condition) => {
    const path = pathOf(name);
    const beside = join(root, making, randomName(random));
    await makeFolder(dirname(beside));
    await makeFolder(dirname(path));
    try {
      if (content instanceof Uint8Array) await writeFile(beside, content, { flag: 'wx' });
      else await copyFile(content.path, beside);
      await openFile(beside);
      await syncOne(beside);
      if (condition === 'always') await rename(beside, path);
      else await link(beside, path);
      return ok('written');
    } catch (error) {
      if (condition === 'absent' && isErrno(error, 'EEXIST')) return ok('there');
      throw error;
    } finally {
      await rm(beside, { force: true });
    }
  };
  return {
    shown: root,
    async read(name, use) {
      const found = await doing(() => there(pathOf(name)));
      if (!found.ok) return found;
      if (found.value === undefined) return ok(undefined);
      const opened = await openBytes(pathOf(name));
      if (!opened.ok) {
        // Gone since, or nothing that this user may read.
        const still = await doing(() => there(pathOf(name)));
        if (!still.ok || still.value === undefined) return ok(undefined);
        return err({ reason: 'store-damaged', path: pathOf(name), detail: opened.error });
      }
      const { size, bytes } = opened.value;
      try {
        const came = await used({ size, body: bytes }, use);
        return 'value' in came ? ok(came.value) : err(failureOf(came.broken, root));
      } finally {
        bytes.destroy();
      }
    },
    put: (name, content, condition) => doing(() => put(name, content, condition)),
    facts: (name) => doing(() => there(pathOf(name))),
    renew: (name) =>
      doing(async () => {
        const now = new Date();
        const path = pathOf(name);
        await lutimes(path, now, now).catch(async (error: unknown) => {
          if (!isErrno(error, ...cannotWrite)) return orNone(error);
          // Only a file's owner, and root, may give it a time (utimensat(2)): so it becomes this user's, with the same bytes.
          const facts = await lstat(path).catch(orNone);
          if (facts !== undefined) await put(name, { path, size: facts.size }, 'always');
        });
        return ok(undefined);
      }),
    list: (beginning) =>
      doing(async () => {
        const found = new Map<string, ObjectFacts>();
        const folders = [beginning.includes('/') ? dirname(`${beginning}x`) : ''];
        for (const folder of folders) {
          for (const item of await names(pathOf(folder))) {
            const name = folder === '' ? item : `${folder}/${item}`;
            if (name === making) continue;
            const facts = await lstat(pathOf(name)).catch(orNone);
            if (facts?.isDirectory() === true) folders.push(name);
            else if (facts?.isFile() === true && name.startsWith(beginning)) found.set(name, factsOf(facts));
          }
        }
        return ok(found);
      }),
    remove: (removed) =>
      doing(async () => {
        for (const name of removed) await rm(pathOf(name), { force: true });
        return ok(undefined);
      }),
    sweep: (before) =>
      doing(async () => {
        let count = 0;
        for (const name of await names(join(root, making))) {
          const path = join(root, making, name);
          const facts = await lstat(path).catch(orNone);
          if (facts === undefined || facts.mtimeMs >= before) continue;
          await rm(path, { force: true });
          count += 1;
        }
        return ok(count);
      }),
  };
}

async function there(path: string): Promise<Result<ObjectFacts | undefined, Failure>> {
  const found = await lstat(path).catch(orNone);
  return ok(found?.isFile() === true ? factsOf(found) : undefined);
}

function factsOf({ size, mtimeMs }: Stats): ObjectFacts {
  return { size, time: mtimeMs };
}

async function names(folder: string): Promise<readonly string[]> {
  return (await readdir(folder).catch(orNone)) ?? [];
}

function orNone(error: unknown): undefined {
  if (!isErrno(error, 'ENOENT', 'ENOTDIR')) throw error;
}

/** What a mounted folder answers with may be the network's fault. @throws what is no system error. */
function failureOf(error: unknown, root: string): Failure {
  const code = errnoOf(error);
  const ofNetwork = ['EIO', 'ESTALE', 'ETIMEDOUT', 'EHOSTDOWN', 'ENOTCONN', 'EREMOTEIO'];
  if (code !== undefined && ofNetwork.includes(code))
    return { reason: 'network', what: `using ${root}`, detail: code };
  const failure = failureOfErrno(error, root);
  if (failure.reason !== 'read-only' && failure.reason !== 'unreadable') return failure;
  // Renaming fails at two paths; who may not do so lacks permission where it leads.
  const { dest, path } = error as { readonly dest?: string; readonly path?: string };
  return { ...failure, path: dest ?? path ?? root, help: whoMay(root) };
}

const whoMay = (root: string): string =>
  `All who share ${root} have to be let read and write in it, and in the folders that it has already: by a group, say (chgrp -R, chmod -R g+rwX, chmod g+s).`;
