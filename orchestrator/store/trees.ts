import { existsSync, lutimesSync, mkdirSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Digest } from '../core/digest.ts';
import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import { makeTreeDurable } from './durable.ts';
import { isErrno, unless } from './errno.ts';
import { removeAll } from './folders.ts';
import { type Handle, makeShard } from './handle.ts';
import { inspectTree } from './inspect-tree.ts';
import { shardOf, treePlace, treePlaceOf } from './layout.ts';
import { stat } from './list.ts';
import { makeManifest, readManifest } from './manifest.ts';
import { offerToPool } from './pool.ts';
import { takeIn } from './take-in.ts';

/** See `Store.addTree`. @throws system errors. */
export async function addTree(
  handle: Handle,
  folder: string,
  isDerived: (path: string) => boolean,
): Promise<Result<Digest, Failure>> {
  if (handle.unwritable !== undefined) return err(handle.unwritable);
  const made = treePlace(handle.temporaryName());
  try {
    mkdirSync(made.folder, { mode: 0o755 });
    renameSync(folder, made.content);
    const taken = await takeIn(handle.layout, made.content, handle.temporaryName(), isDerived, handle.signal);
    if (!taken.ok) return taken;
    const manifest = makeManifest(taken.value.entries);
    writeFileSync(made.manifest, manifest.text, { flag: 'wx', mode: 0o444 });
    if (taken.value.derived.length > 0) {
      writeFileSync(made.derived, makeManifest(taken.value.derived).text, { flag: 'wx', mode: 0o444 });
    }
    const failure = await putInPlace(handle, made.folder, manifest.digest);
    return failure === undefined ? ok(manifest.digest) : err(failure);
  } finally {
    await removeAll(made.folder);
  }
}

/**
 * Gives a new tree its place, unless the same tree has it already. One that was never made durable may have been torn by
 * a power cut since, so it must show that it is whole before it is preferred.
 */
async function putInPlace(handle: Handle, made: string, tree: Digest): Promise<Failure | undefined> {
  const shard = shardOf(handle.layout.trees, tree);
  const failure = makeShard(handle, shard);
  if (failure !== undefined) return failure;
  const place = treePlaceOf(handle.layout, tree);
  for (;;) {
    touch(handle, made);
    try {
      renameSync(made, place.folder);
      return undefined;
    } catch (error) {
      if (isErrno(error, 'ENOTDIR')) unless(['ENOENT', 'EISDIR'], () => unlinkSync(place.folder));
      else if (!isErrno(error, 'ENOTEMPTY', 'EEXIST')) throw error;
    }
    const isWhole =
      (existsSync(place.durable) && hasTree(handle, tree)) ||
      (await inspectTree(handle.layout, tree, { depth: 'content', signal: handle.signal })).length === 0;
    if (isWhole && touch(handle, place.folder)) return undefined;
    if (!isWhole) await removeTree(handle, tree);
  }
}

/** Marks as used now; false where it is gone. */
export function touch(handle: Handle, path: string): boolean {
  const seconds = handle.now() / 1000;
  return unless(['ENOENT', 'ENOTDIR'], () => lutimesSync(path, seconds, seconds) ?? true) ?? false;
}

/** Takes a tree out of its place in one step, and then apart. */
export async function removeTree(handle: Handle, tree: Digest): Promise<void> {
  const aside = handle.temporaryName();
  const place = treePlaceOf(handle.layout, tree);
  const moved = unless(['ENOENT'], () => renameSync(place.folder, aside) ?? true);
  handle.durable.delete(tree);
  if (moved) await removeAll(aside);
}

/**
 * Makes a tree durable and puts its files into the pool. The pool comes second, so that nothing in it can be torn.
 * Errors: `store-damaged` where there is no such tree. @throws system errors.
 */
export async function settleTree(handle: Handle, tree: Digest): Promise<Failure | undefined> {
  if (handle.durable.has(tree)) return undefined;
  const place = treePlaceOf(handle.layout, tree);
  const entries = readManifest(place.manifest, tree);
  if (entries === undefined) {
    return { reason: 'store-damaged', path: place.folder, detail: 'the tree of a result is missing' };
  }
  if (!existsSync(place.durable)) {
    await makeTreeDurable(place, [...entries, ...(readManifest(place.derived) ?? [])], handle.syncAll);
    const failure = await offerToPool(handle, place, entries);
    if (failure !== undefined) return failure;
    // Of two that settle one tree at once, the second finds a file that nobody but root may open to write.
    unless(['EEXIST'], () => writeFileSync(place.durable, '', { flag: 'wx', mode: 0o444 }));
    touch(handle, place.folder);
  }
  handle.durable.add(tree);
  return undefined;
}

/** Whether a tree is in its place, by its manifest alone: it comes and goes as a whole. */
export function hasTree(handle: Handle, tree: Digest): boolean {
  const { folder, content, manifest } = treePlaceOf(handle.layout, tree);
  const isFolder = (path: string) => stat(path)?.isDirectory() ?? false;
  return (
    isFolder(dirname(folder)) && isFolder(folder) && isFolder(content) && (stat(manifest)?.isFile() ?? false)
  );
}
