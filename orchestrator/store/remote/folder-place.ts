import { createWriteStream, type Stats } from 'node:fs';
import { link, lstat, lutimes, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { openBytes } from '../../tool/file/read-file.ts';
import { syncOne } from '../durable.ts';
import { cannotWrite, errnoOf, failureOfErrno, isErrno } from '../errno.ts';
import { randomName } from '../handle.ts';
import { whyNotIn } from './folder-links.ts';
import { folderModes } from './folder-modes.ts';
import { type Content, type ObjectFacts, type RemotePlace, used } from './place.ts';

/** Where files are written before they are renamed: on the same file system. */
const making = 'tmp';

/** How many folders and files lie in one another: `results/ab/name`. */
const deepest = 3;

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
  /** Does something in a folder of the place, where no link stands for it. */
  const doingIn = <T>(folder: string, deed: () => Promise<Result<T, Failure>>): Promise<Result<T, Failure>> =>
    doing(async () => {
      const why = await whyNotIn(root, folder);
      return why === undefined ? deed() : err(why);
    });
  const put: RemotePlace['put'] = async (name, content, condition) => {
    const path = pathOf(name);
    const beside = join(root, making, randomName(random));
    const why = (await whyNotIn(root, dirname(beside))) ?? (await whyNotIn(root, dirname(path)));
    if (why !== undefined) return err(why);
    await makeFolder(dirname(beside));
    await makeFolder(dirname(path));
    try {
      const written = await writeNew(content, beside);
      if (!written.ok) return written;
      await openFile(beside);
      await syncOne(beside);
      if (condition === 'absent') {
        const isFirst = await link(beside, path).then(
          () => true,
          (error: unknown) => {
            if (!isErrno(error, 'EEXIST')) throw error;
            return false;
          },
        );
        if (isFirst) return ok('written');
        // What is no file is no object: a link, a pipe.
        if ((await lstat(path).catch(orNone))?.isFile() !== false) return ok('there');
      }
      if ((await lstat(path).catch(orNone))?.isDirectory() === true)
        await rename(path, join(root, making, randomName(random)));
      await rename(beside, path);
      return ok('written');
    } finally {
      await rm(beside, { force: true });
    }
  };
  return {
    shown: root,
    async read(name, use) {
      const opened = await doing(async () => ok(await openBytes(pathOf(name))));
      if (!opened.ok) return opened;
      if (!opened.value.ok) {
        // Nothing there, or nothing that this user may read, or no file.
        const found = await doing(async () => ok(await lstat(pathOf(name)).catch(orNone)));
        if (!found.ok || found.value === undefined) return found.ok ? ok(undefined) : found;
        return err({ reason: 'store-damaged', path: pathOf(name), detail: opened.value.error });
      }
      const { size, bytes } = opened.value.value;
      try {
        const came = await used({ size, body: bytes }, use);
        return 'value' in came ? ok(came.value) : err(failureOf(came.broken, root));
      } finally {
        bytes.destroy();
      }
    },
    put: (name, content, condition) => doing(() => put(name, content, condition)),
    facts: (name) => doing(async () => ok(await there(pathOf(name)))),
    renew: (name) =>
      doingIn(dirname(pathOf(name)), async () => {
        const now = new Date();
        const path = pathOf(name);
        const renewed = await lutimes(path, now, now).catch(async (error: unknown) => {
          if (!isErrno(error, ...cannotWrite)) return orNone(error);
          // Only a file's owner, and root, may give it a time (utimensat(2)): so it becomes this user's, with the same bytes.
          const facts = await there(path);
          return facts === undefined ? undefined : put(name, { path, size: facts.size }, 'always');
        });
        return renewed?.ok === false ? renewed : ok(undefined);
      }),
    list: (beginning) => {
      const first = beginning.includes('/') ? dirname(`${beginning}x`) : '';
      return doingIn(pathOf(first), async () => {
        const found = new Map<string, ObjectFacts>();
        const folders = [first];
        for (const folder of folders) {
          for (const item of await names(pathOf(folder))) {
            const name = folder === '' ? item : `${folder}/${item}`;
            if (name === making) continue;
            const facts = await lstat(pathOf(name)).catch(orNone);
            // Of what is no shared store yet, all is looked at.
            const isBelow = first === '' || name.split('/').length < deepest;
            if (facts?.isDirectory() === true && isBelow) folders.push(name);
            else if (facts?.isFile() === true && name.startsWith(beginning)) found.set(name, factsOf(facts));
          }
        }
        return ok(found);
      });
    },
    remove: (removed) =>
      doing(async () => {
        for (const name of removed) {
          const gone = await doingIn(dirname(pathOf(name)), async () =>
            ok(await rm(pathOf(name), { force: true, recursive: true })),
          );
          if (!gone.ok) return gone;
        }
        return ok(undefined);
      }),
    sweep: (before) =>
      doingIn(join(root, making), async () => {
        let count = 0;
        for (const name of await names(join(root, making))) {
          const path = join(root, making, name);
          const facts = await lstat(path).catch(orNone);
          if (facts === undefined || facts.mtimeMs >= before) continue;
          count += await rm(path, { force: true, recursive: true }).then(
            () => 1,
            (error: unknown) => {
              if (isErrno(error, ...cannotWrite)) throw error;
              // Folders that somebody else put there, deeper than a path can say.
              return 0;
            },
          );
        }
        return ok(count);
      }),
  };
}

async function there(path: string): Promise<ObjectFacts | undefined> {
  const found = await lstat(path).catch(orNone);
  return found?.isFile() === true ? factsOf(found) : undefined;
}

/** Writes a file that is not there yet. Errors: `store-damaged` where what is to be written is no file: a link in its place is not followed. */
async function writeNew(content: Content, path: string): Promise<Result<void, Failure>> {
  if (content instanceof Uint8Array) return ok(await writeFile(path, content, { flag: 'wx' }));
  const opened = await openBytes(content.path);
  if (!opened.ok) return err({ reason: 'store-damaged', path: content.path, detail: opened.error });
  return ok(await pipeline(opened.value.bytes, createWriteStream(path, { flags: 'wx' })));
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
