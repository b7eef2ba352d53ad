import { createHash } from 'node:crypto';
import {
  chmodSync as chmod,
  constants,
  copyFileSync,
  createWriteStream,
  existsSync,
  mkdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Digest, digestOf } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { guarded } from '../errno.ts';
import { blobPath, type Layout, layoutOf } from '../layout.ts';
import type { Store } from '../store.ts';
import type { StoreMaintenance } from '../upkeep/maintenance.ts';
import type { Chunk, TreeFile } from './chunks.ts';
import { decoded, gathered, Unreadable } from './codec.ts';
import { chunkObject, treeObject } from './object-names.ts';
import type { Incoming, RemotePlace } from './place.ts';
import {
  decodeTree,
  filesOf,
  type TreeDocument,
  type TreeReference,
  treeOfReference,
} from './tree-document.ts';

/** The store that trees come into. */
export type LocalStore = Store & Pick<StoreMaintenance, 'root' | 'removeTemporary'>;

/** What takes trees in. */
export interface Taker {
  readonly place: RemotePlace;
  readonly local: LocalStore;
  readonly limit: <T>(body: () => Promise<T>) => Promise<T>;
  /** Told of the bytes that came, in portions. */
  readonly onCame: (bytes: number) => void;
  /** Told of an object that is not what it should be. @param why the end of a sentence. */
  readonly onBad: (name: string, why: string) => void;
}

/** Bytes of the most that is said of a tree: of 100,000 files some 20 MB. */
export const mostOfDocument = 2 ** 26;

/** Bytes: what has more is written as it comes. */
const inMemory = 2 ** 23;

/**
 * Brings a tree into the local store. It is read like a stranger's: its document against the reference before anything is done, every
 * file against its SHA-256 before it has a name, nothing below a link, and no more bytes than the document says.
 * Errors: `store-damaged` where it is missing or is not what it is called; those of the place and of the local store.
 */
export async function takeTree(taker: Taker, reference: TreeReference): Promise<Result<Digest, Failure>> {
  const tree = treeOfReference(reference);
  if (tree === undefined) return err(taken(taker, treeObject(reference), 'is no name of a tree'));
  const document = await readDocument(taker, reference);
  if (!document.ok) return document;
  const fromPool = await takeWith(taker, document.value, true);
  // A file of the local pool may be damaged: then nothing of it is used.
  if (!fromPool.ok || fromPool.value === tree) return fromPool;
  const again = await takeWith(taker, document.value, false);
  if (!again.ok || again.value === tree) return again;
  return err(taken(taker, treeObject(reference), 'does not come out as the tree that it is called'));
}

/** What a tree is made of, as the shared store says, held against the reference. Errors: as `takeTree`. */
export async function readDocument(
  taker: Pick<Taker, 'place' | 'onCame' | 'onBad'>,
  reference: TreeReference,
): Promise<Result<TreeDocument, Failure>> {
  const name = treeObject(reference);
  const text = await reading(taker, name, (incoming) => gathered(decoded(incoming.body, mostOfDocument)));
  if (!text.ok) return text;
  const document = decodeTree(text.value.toString('utf8'), reference);
  return document.ok ? document : err(taken(taker, name, document.error));
}

/** Why an object is not read that nobody wrote. */
export const isMissing = 'is missing';

/** Reads an object that has to be there. Errors: `store-damaged` where it is not, or cannot be unfolded; those of the place. */
export async function reading<T>(
  taker: Pick<Taker, 'place' | 'onCame' | 'onBad'>,
  name: string,
  use: (incoming: Incoming) => Promise<T>,
): Promise<Result<T, Failure>> {
  const counted = async function* (body: Incoming['body']) {
    for await (const chunk of body) {
      taker.onCame(chunk.length);
      yield chunk;
    }
  };
  try {
    const read = await taker.place.read(name, ({ size, body }) => use({ size, body: counted(body) }));
    if (!read.ok && read.error.reason === 'store-damaged') return err(taken(taker, name, read.error.detail));
    if (!read.ok) return read;
    return read.value === undefined ? err(taken(taker, name, isMissing)) : ok(read.value);
  } catch (error) {
    if (error instanceof Unreadable) return err(taken(taker, name, error.message));
    throw error;
  }
}

function taken({ place, onBad }: Pick<Taker, 'place' | 'onBad'>, name: string, why: string): Failure {
  onBad(name, why);
  return { reason: 'store-damaged', path: `${place.shown}/${name}`, detail: why };
}

async function takeWith(
  taker: Taker,
  document: TreeDocument,
  usesPool: boolean,
): Promise<Result<Digest, Failure>> {
  const { local } = taker;
  const folder = await local.temporaryFolder();
  if (!folder.ok) return folder;
  try {
    return await guarded(local.root, async () => {
      const filled = await fill(taker, document, folder.value, usesPool);
      if (!filled.ok) return filled;
      const derived = new Set(document.derived.map(({ path }) => path));
      return local.addTree(folder.value, (path) => derived.has(path));
    });
  } finally {
    await local.removeTemporary(folder.value);
  }
}

/** Files first and links last, so that nothing is written through one. */
async function fill(
  taker: Taker,
  document: TreeDocument,
  folder: string,
  usesPool: boolean,
): Promise<Result<void, Failure>> {
  const folders = new Set([folder]);
  const makeFolder = (path: string): void => {
    if (!folders.has(path)) mkdirSync(path, { recursive: true });
    folders.add(path);
  };
  const places = new Map<Digest, TreeFile[]>();
  for (const file of filesOf(document)) {
    const known = places.get(file.sha256);
    if (known === undefined) places.set(file.sha256, [file]);
    else known.push(file);
  }
  const pool = usesPool ? poolOf(layoutOf(taker.local.root), document) : () => undefined;
  let failure: Failure | undefined;
  const bring = async (chunk: Chunk): Promise<void> => {
    if (failure !== undefined) return;
    const targets = chunk.files.map(({ sha256 }) =>
      (places.get(sha256) ?? []).map(({ path, executable }) => ({
        path: join(folder, path),
        mode: executable ? 0o755 : 0o644,
      })),
    );
    for (const { path } of targets.flat()) makeFolder(dirname(path));
    const part = await fillChunk(taker, chunk, targets, pool(chunk));
    if (!part.ok) failure ??= part.error;
  };
  await Promise.all(document.chunks.map((chunk) => taker.limit(() => bring(chunk))));
  if (failure !== undefined) return err(failure);
  for (const path of document.folders) makeFolder(join(folder, path));
  for (const entry of [...document.entries, ...document.derived]) {
    if (entry.type !== 'link') continue;
    makeFolder(dirname(join(folder, entry.path)));
    symlinkSync(entry.target, join(folder, entry.path));
  }
  return ok(undefined);
}

/** Where a file goes. */
interface Target {
  readonly path: string;
  readonly mode: number;
}

/** Gives a chunk's files out of the local pool, where it has all of them. Derived files are never in it. */
function poolOf(layout: Layout, { derived }: TreeDocument): (chunk: Chunk) => readonly string[] | undefined {
  const own = new Set(filesOf({ entries: [], derived }).map(({ sha256 }) => sha256));
  return ({ files }) => {
    if (files.some(({ sha256 }) => own.has(sha256))) return undefined;
    const found = files.flatMap(
      ({ sha256, executable }) =>
        [executable, !executable]
          .map((each) => blobPath(layout, sha256, each))
          .find((path) => existsSync(path)) ?? [],
    );
    return found.length === files.length ? found : undefined;
  };
}

async function fillChunk(
  taker: Taker,
  chunk: Chunk,
  targets: readonly (readonly Target[])[],
  pooled: readonly string[] | undefined,
): Promise<Result<void, Failure>> {
  if (pooled !== undefined) {
    for (const [at, from] of pooled.entries()) for (const { path } of targets[at] ?? []) copy(from, path);
    for (const { path, mode } of targets.flat()) chmod(path, mode);
    return ok(undefined);
  }
  const name = chunkObject(chunk.name);
  const [first] = chunk.files;
  const [[target] = []] = targets;
  const isLarge =
    chunk.files.length === 1 && chunk.size > inMemory && first !== undefined && target !== undefined;
  return isLarge ? fillLarge(taker, name, first, targets.flat()) : fillSmall(taker, name, chunk, targets);
}

async function fillSmall(
  taker: Taker,
  name: string,
  chunk: Chunk,
  targets: readonly (readonly Target[])[],
): Promise<Result<void, Failure>> {
  const bytes = await reading(taker, name, ({ body }) => gathered(decoded(body, chunk.size)));
  if (!bytes.ok) return bytes;
  let from = 0;
  for (const [at, { size, sha256 }] of chunk.files.entries()) {
    const part = bytes.value.subarray(from, from + size);
    from += size;
    if (digestOf(part) !== sha256) return err(taken(taker, name, 'has other bytes'));
    for (const { path, mode } of targets[at] ?? []) writeFileSync(path, part, { flag: 'wx', mode });
  }
  return ok(undefined);
}

async function fillLarge(
  taker: Taker,
  name: string,
  { size, sha256 }: TreeFile,
  targets: readonly Target[],
): Promise<Result<void, Failure>> {
  const [target, ...others] = targets;
  if (target === undefined) return ok(undefined);
  const found = await reading(taker, name, async ({ body }) => {
    const hash = createHash('sha256');
    const hashed = async function* () {
      for await (const chunk of decoded(body, size)) {
        hash.update(chunk);
        yield chunk;
      }
    };
    await pipeline(
      Readable.from(hashed()),
      createWriteStream(target.path, { flags: 'w', mode: target.mode }),
    );
    return hash.digest('hex');
  });
  if (!found.ok) return found;
  if (found.value !== sha256) return err(taken(taker, name, 'has other bytes'));
  for (const { path, mode } of others) {
    copy(target.path, path);
    chmod(path, mode);
  }
  return ok(undefined);
}

function copy(from: string, to: string): void {
  copyFileSync(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
}
