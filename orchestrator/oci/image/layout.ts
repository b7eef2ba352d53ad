import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import type { Failure } from '../../core/failure.ts';
import { readJson as readJsonText } from '../../core/json-text.ts';
import { type Descriptor, isOciDigest, type OciDigest } from '../../core/oci.ts';
import { whyUnsafePath } from '../../core/relative-path.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { digestOfFile, readBytes, sizeLimit } from '../../tool/file/read-file.ts';

/** Reads a file of the layout: an absolute path, by a path that was checked. */
export type ImageFile = (path: string) => string | undefined;

/** Where images are: an OCI layout (`index.json`, `blobs/`), or an unpacked `docker save` (`manifest.json`). */
export interface ImageLayout {
  readonly kind: 'oci' | 'docker';
  /** What it is called in failures. */
  readonly name: string;
  /** Where a path of the layout is; undefined where it is not there. */
  readonly fileOf: ImageFile;
}

/** Ends the reading of a layout; never leaves this room. */
export class Unreadable extends Error {
  readonly failure: (name: string) => Failure;
  constructor(failure: (name: string) => Failure) {
    super('unreadable');
    this.failure = failure;
  }
}

/** Makes a failure of what ended the reading. @throws what is not of a layout's content. */
export async function reading<T>(name: string, read: () => Promise<T>): Promise<Result<T, Failure>> {
  try {
    return ok(await read());
  } catch (error) {
    if (error instanceof Unreadable) return err(error.failure(name));
    throw error;
  }
}

export function damaged(why: string): Unreadable {
  return new Unreadable((name) => {
    // Nodes are called by their kind: `image org/tool linux/amd64`.
    const what = name.replace(/^((base-)?image) /, '');
    return { reason: 'usage', message: `Cannot read the image ${what}.`, help: `${why}.` };
  });
}

/** @throws Unreadable where the path is unsafe or not there. */
export function placeOf(path: string, fileOf: ImageFile): string {
  // What a document says is a path may be anything.
  const detail = typeof path === 'string' ? whyUnsafePath(path) : 'is no text';
  if (detail !== undefined) {
    throw new Unreadable((where) => ({ reason: 'unsafe-path', path, where, detail }));
  }
  const file = fileOf(path);
  if (file === undefined) throw damaged(`${path} is missing`);
  // To open a pipe would wait for whoever writes to it.
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) throw damaged(`${path} is no file`);
  return file;
}

/** Where a layout has a blob: `blobs/sha256/<hex>`. @throws Unreadable where the text is no digest. */
export function blobPath(digest: string): string {
  if (typeof digest !== 'string' || !isOciDigest(digest))
    throw damaged(`${JSON.stringify(digest)} is no SHA-256 digest`);
  return `blobs/sha256/${digest.slice('sha256:'.length)}`;
}

/** @throws Unreadable where it is not there or no JSON object or list. */
export async function readJson(path: string, fileOf: ImageFile): Promise<unknown> {
  return parsed((await readFileOf(path, fileOf)).toString('utf8'));
}

/** Of a document of the layout. @throws Unreadable where it is not there, or no file that is read whole. */
export async function readFileOf(path: string, fileOf: ImageFile): Promise<Buffer> {
  const content = await readBytes(placeOf(path, fileOf), { limit: sizeLimit.lock });
  if (content.ok && content.value !== undefined) return content.value;
  throw damaged(`${path} ${content.ok ? 'is missing' : content.error}`);
}

/** A document that a descriptor names. @throws Unreadable where it is missing, has another digest, or is no JSON. */
export async function readDocument(
  descriptor: Pick<Descriptor, 'digest'>,
  fileOf: ImageFile,
): Promise<unknown> {
  const content = await readFileOf(blobPath(descriptor.digest), fileOf);
  checkDigest(descriptor.digest, ociDigestOf(content));
  return parsed(content.toString('utf8'));
}

/** The absolute path of a blob whose digest was checked. @throws Unreadable */
export async function checkedBlob(
  { digest }: Pick<Descriptor, 'digest'>,
  fileOf: ImageFile,
): Promise<string> {
  const path = placeOf(blobPath(digest), fileOf);
  const found = await digestOfFile(path);
  if (!found.ok) throw damaged(`${blobPath(digest)} ${found.error}`);
  checkDigest(digest, `sha256:${found.value}`);
  return path;
}

export function ociDigestOf(content: string | Uint8Array): OciDigest {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

/** @throws Unreadable where they are not the same. */
export function checkDigest(wanted: string, has: string, what = 'blob'): void {
  if (wanted === has) return;
  const [expected, found] = [wanted, has].map((each) => each.slice('sha256:'.length)) as [string, string];
  throw new Unreadable((name) => {
    return { reason: 'digest-mismatch', what: `The ${what} ${wanted} of ${name}`, expected, found };
  });
}

function parsed(text: string): unknown {
  const read = readJsonText(text);
  if (!read.ok) throw damaged(`one of its documents ${read.error}`);
  return read.value;
}
