import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { Failure } from '../../core/failure.ts';
import { countOf } from '../../core/numbers.ts';
import type { Descriptor, OciDigest } from '../../core/oci.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { scopeOf, urlIn } from './manifests.ts';
import { ended, mayTryAgain, type Registry } from './registry.ts';
import { connectionFailure, type Trouble } from './trouble.ts';

/** Whether a repository has a blob. Errors: `network`, `usage`. */
export async function hasBlob(
  registry: Registry,
  repository: string,
  digest: OciDigest,
): Promise<Result<boolean, Failure>> {
  const what = `looking for ${digest} in ${repository}`;
  const answer = await registry.ask({
    ...blobRequest(registry, repository, digest, what),
    kind: 'head-blob',
    method: 'HEAD',
  });
  if (!answer.ok) return answer;
  if (answer.value.status === 404) return ok(false);
  return answer.value.status === 200 ? ok(true) : err(registry.refuse(answer.value, what));
}

/**
 * A small blob, in memory; its digest and size are checked. Errors: `network`, `usage` where it is not there or has another size,
 * `digest-mismatch`.
 */
export async function readBlob(
  registry: Registry,
  repository: string,
  blob: BlobDescriptor,
): Promise<Result<Buffer, Failure>> {
  const what = `reading ${blob.digest} of ${repository}`;
  const request = blobRequest(registry, repository, blob.digest, what);
  const answer = await registry.ask({ ...request, kind: 'get-blob', method: 'GET' });
  if (!answer.ok) return answer;
  const { status, body } = answer.value;
  if (status !== 200) return err(registry.refuse(answer.value, what));
  const received = { hash: createHash('sha256').update(body), size: body.length };
  const failure = mismatch(registry, repository, blob, received);
  return failure === undefined ? ok(body) : err(failure);
}

/** Bytes that a try has to bring for the next one to be the first again; of a small blob, a hundredth. */
const worthwhile = 64 * 1024;

type BlobDescriptor = Pick<Descriptor, 'digest' | 'size'>;

/** What of a blob has been written to its file, which is never longer. */
interface Received {
  hash: Hash;
  /** Bytes. */
  size: number;
}

/**
 * Fetches a blob into a file, checks its digest and size, and goes on where a connection broke. The file comes into its
 * place by a rename, whole. @param path absolute. @param onBytes told of each piece, in bytes; less than 0 for what has to come again.
 * Errors: `network`, `usage`, `digest-mismatch`.
 * @throws system errors of writing.
 */
export async function getBlob(
  registry: Registry,
  repository: string,
  blob: BlobDescriptor,
  path: string,
  onBytes: (bytes: number) => void = () => undefined,
): Promise<Result<void, Failure>> {
  const partial = `${path}.part`;
  const received: Received = { hash: createHash('sha256'), size: 0 };
  try {
    for (let attempt = 1; ; attempt += 1) {
      const before = received.size;
      const got = await receive(registry, repository, blob, partial, received, onBytes);
      if (got.ok) break;
      // Tries count while nothing comes, or next to nothing.
      if (received.size - before >= Math.min(worthwhile, blob.size / 100)) attempt = 1;
      if (!(await mayTryAgain(registry, got.error, attempt))) return err(ended(registry.signal, got.error));
    }
    const failure = mismatch(registry, repository, blob, received);
    if (failure !== undefined) return err(failure);
    await rename(partial, path);
    return ok(undefined);
  } finally {
    await rm(partial, { force: true });
  }
}

/** Asks for what is still missing, and appends it. */
async function receive(
  registry: Registry,
  repository: string,
  blob: BlobDescriptor,
  path: string,
  received: Received,
  onBytes: (bytes: number) => void,
): Promise<Result<void, Trouble>> {
  const startAgain = (): void => {
    onBytes(-received.size);
    received.hash = createHash('sha256');
    received.size = 0;
  };
  const what = `reading ${blob.digest} of ${repository}`;
  const answer = await registry.attempt({
    ...blobRequest(registry, repository, blob.digest, what),
    kind: 'get-blob',
    method: 'GET',
    ...(received.size === 0 ? {} : { headers: { range: `bytes=${received.size}-` } }),
  });
  if (!answer.ok) return answer;
  const { status, headers, body } = answer.value;
  const isPart = status === 206 && partStart(headers['content-range']) === received.size;
  if (status !== 200 && !isPart) {
    body.destroy();
    // 416, or a part that was not asked for: only the whole helps.
    const isBadPart = (status === 206 || status === 416) && received.size > 0;
    startAgain();
    const detail = `${registry.host} did not send the part that was asked for`;
    if (isBadPart) return err({ failure: { reason: 'network', what, detail } });
    return err({ failure: registry.refuse({ status, headers, body: Buffer.alloc(0) }, what) });
  }
  if (!isPart) startAgain();
  const file = await open(path, received.size === 0 ? 'w' : 'a');
  try {
    return await append(
      body,
      file,
      blob.size,
      received,
      (error) => connectionFailure(error, { host: registry.host, what, signal: registry.signal }),
      onBytes,
    );
  } finally {
    body.destroy();
    await file.close();
  }
}

/** Writes what comes, and no more than one piece beyond the limit, in bytes. */
async function append(
  body: Readable,
  file: FileHandle,
  limit: number,
  received: Received,
  failureOf: (error: unknown) => Failure,
  onBytes: (bytes: number) => void,
): Promise<Result<void, Trouble>> {
  const pieces = body[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  while (received.size <= limit) {
    let next: IteratorResult<Buffer>;
    try {
      next = await pieces.next();
    } catch (error) {
      return err({ failure: failureOf(error) });
    }
    if (next.done) break;
    await file.appendFile(next.value);
    received.hash.update(next.value);
    received.size += next.value.length;
    onBytes(next.value.length);
  }
  return ok(undefined);
}

/** The first byte of `Content-Range: bytes 100-199/200`. */
function partStart(header: string | undefined): number | undefined {
  const start = /^bytes ([0-9]+)-/.exec(header ?? '')?.[1];
  return start === undefined ? undefined : Number(start);
}

function mismatch(
  { host }: Registry,
  repository: string,
  { digest, size }: BlobDescriptor,
  received: Received,
): Failure | undefined {
  const what = `The blob ${digest} of ${host}/${repository}`;
  if (received.size !== size) {
    const has = received.size > size ? 'more' : `only ${received.size}`;
    const help = 'The registry, or something between, does not keep what it was given.';
    return { reason: 'usage', message: `${what} should have ${countOf(size, 'byte')} and has ${has}.`, help };
  }
  const [expected, found] = [digest.slice('sha256:'.length), received.hash.digest('hex')];
  return found === expected ? undefined : { reason: 'digest-mismatch', what, expected, found };
}

function blobRequest(registry: Registry, repository: string, digest: OciDigest, what: string) {
  const url = urlIn(registry, repository, `blobs/${digest}`);
  return { what, url, repository, scopes: [scopeOf(registry, repository, 'pull')] };
}
