import { createHash } from 'node:crypto';
import { createWriteStream, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Digest, digestOf } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { openBytes } from '../../tool/file/read-file.ts';
import { layoutOf, treePlaceOf } from '../layout.ts';
import { readManifest } from '../manifest.ts';
import type { Chunk, TreeFile } from './chunks.ts';
import { beginOf, encode, encoded, gathered, isWorthwhile } from './codec.ts';
import { chunkObject, treeObject } from './object-names.ts';
import type { Content } from './place.ts';
import { encodeTree, filesOf, type TreeDocument, type TreeReference } from './tree-document.ts';

/** What sends a tree's parts. */
export interface Sender {
  /** The local store's folder. */
  readonly root: string;
  /** A folder for what is too large to be compressed in memory. */
  readonly temporaryFolder: () => Promise<Result<string, Failure>>;
  readonly removeTemporary: (folder: string) => Promise<void>;
  /** Puts an object where it is not there, or not to be relied on; what is made for it is made only then. */
  readonly bring: (
    name: string,
    make: () => Promise<Result<Content, Failure>>,
  ) => Promise<Result<unknown, Failure>>;
  /** Runs as many at once as is good for the way. */
  readonly limit: <T>(body: () => Promise<T>) => Promise<T>;
}

/** Bytes: what has more is compressed into a file. */
const inMemory = 2 ** 23;

/** What a tree of the local store is made of. Errors: `store-damaged` where it is not there. @throws system errors. */
function readTree(
  root: string,
  tree: Digest,
): Result<{ readonly document: TreeDocument; readonly text: string }, Failure> {
  const place = treePlaceOf(layoutOf(root), tree);
  const entries = readManifest(place.manifest, tree);
  if (entries === undefined)
    return err({
      reason: 'store-damaged',
      path: place.manifest,
      detail: 'missing, or not as it was written',
    });
  const derived = readManifest(place.derived) ?? [];
  return ok(encodeTree({ entries, derived, folders: emptyFolders(place.content) }));
}

/** Brings a tree: its chunks, and then what says so. Each file is hashed on its way: nothing goes out that is damaged here. */
export async function sendTree(sender: Sender, tree: Digest): Promise<Result<TreeReference, Failure>> {
  const read = readTree(sender.root, tree);
  if (!read.ok) return read;
  const { document, text } = read.value;
  const { content } = treePlaceOf(layoutOf(sender.root), tree);
  const pathOf = new Map(filesOf(document).map(({ sha256, path }) => [sha256, join(content, path)]));
  const sent = await Promise.all(
    document.chunks.map((chunk) =>
      sender.limit(() =>
        sendChunk(
          sender,
          chunk,
          chunk.files.map((file) => ({ file, path: pathOf.get(file.sha256) ?? '' })),
        ),
      ),
    ),
  );
  for (const each of sent) if (!each.ok) return each;
  const last = await sender.bring(treeObject(document.reference), async () =>
    ok(await encode(Buffer.from(text))),
  );
  return last.ok ? ok(document.reference) : last;
}

interface Located {
  readonly file: TreeFile;
  readonly path: string;
}

async function sendChunk(
  sender: Sender,
  chunk: Chunk,
  files: readonly Located[],
): Promise<Result<unknown, Failure>> {
  const name = chunkObject(chunk.name);
  const [first] = files;
  if (first === undefined || chunk.size <= inMemory) {
    return sender.bring(name, async () => {
      const bytes = await bytesOf(files);
      return bytes.ok ? ok(await encode(bytes.value)) : bytes;
    });
  }
  const folder = await sender.temporaryFolder();
  if (!folder.ok) return folder;
  try {
    return await sender.bring(name, () => packLarge(first, join(folder.value, 'packed')));
  } finally {
    await sender.removeTemporary(folder.value);
  }
}

async function bytesOf(files: readonly Located[]): Promise<Result<Buffer, Failure>> {
  const parts: Buffer[] = [];
  for (const { file, path } of files) {
    const opened = await openBytes(path);
    if (!opened.ok) return err(damaged(path, opened.error));
    const bytes = await gathered(opened.value.bytes);
    if (digestOf(bytes) !== file.sha256) return err(damaged(path, 'has other bytes'));
    parts.push(bytes);
  }
  return ok(Buffer.concat(parts));
}

async function packLarge({ file, path }: Located, packed: string): Promise<Result<Content, Failure>> {
  const [begin, opened] = [await openBytes(path), await openBytes(path)];
  if (!begin.ok || !opened.ok) return err(damaged(path, 'cannot be read'));
  const isWorth = await isWorthwhile(await beginOf(begin.value.bytes));
  const hash = createHash('sha256');
  opened.value.bytes.on('data', (chunk: string | Buffer) => hash.update(chunk));
  await pipeline(
    Readable.from(encoded(opened.value.bytes, file.size, isWorth)),
    createWriteStream(packed, { flags: 'w' }),
  );
  if (hash.digest('hex') !== file.sha256) return err(damaged(path, 'has other bytes'));
  return ok({ path: packed, size: statSync(packed).size });
}

function damaged(path: string, detail: string): Failure {
  return { reason: 'store-damaged', path, detail };
}

/** Folders with nothing in them, in code-unit order of their paths. */
function emptyFolders(content: string): readonly string[] {
  const found: string[] = [];
  const folders = [''];
  for (const folder of folders) {
    const items = readdirSync(join(content, folder), { withFileTypes: true });
    if (items.length === 0 && folder !== '') found.push(folder);
    for (const item of items)
      if (item.isDirectory()) folders.push(folder === '' ? item.name : `${folder}/${item.name}`);
  }
  return found.sort();
}
