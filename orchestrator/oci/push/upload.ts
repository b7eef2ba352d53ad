import { createHash } from 'node:crypto';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Failure } from '../../core/failure.ts';
import type { OciDigest } from '../../core/oci.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { hasBlob } from '../registry/blobs.ts';
import type { Blob } from '../registry/body.ts';
import { followLocation, repositoryAt } from '../registry/endpoint.ts';
import { scopeOf, urlIn } from '../registry/manifests.ts';
import { ended, mayTryAgain, type Registry } from '../registry/registry.ts';
import { catchUp, sendRest, sendWhole, type UploadSession } from './upload-session.ts';

export interface UploadOptions {
  /** Another repository of the same registry that has the blob: it is mounted from there where the registry allows it. */
  readonly from?: string;
  /** Bytes that one request carries at most. */
  readonly chunkSize?: number;
  /** Told how many bytes of the blob are on their way, or there; fewer than before where some have to be sent again. */
  readonly onSent?: (bytes: number) => void;
}

/** Bytes: what is sent again after a break where the registry keeps only whole chunks. */
const usualChunk = 64 * 1024 ** 2;

/** How often an upload that was lost is begun again. */
const restarts = 3;

/**
 * Brings a blob into a repository: mounted from another, or uploaded; in one request where it is small, in chunks where
 * it is not. After a break the registry is asked how far it came, and the rest is sent; where it has forgotten the upload,
 * another one is begun. Errors: `network`, `usage`, `digest-mismatch` where the blob is not what it is said to be,
 * `aborted`. @throws system errors of reading.
 */
export async function uploadBlob(
  registry: Registry,
  repository: string,
  blob: Blob,
  options: UploadOptions = {},
): Promise<Result<'mounted' | 'uploaded', Failure>> {
  const damaged = await whyDamaged(blob);
  if (damaged !== undefined) return err(damaged);
  for (let time = 1; ; time += 1) {
    const begun = await begin(registry, repository, blob, options.from);
    if (!begun.ok) return begun;
    if (begun.value === 'mounted') return ok('mounted');
    const told = options.onSent === undefined ? blob : telling(blob, options.onSent);
    const lost = await send(registry, begun.value, told, options.chunkSize ?? usualChunk);
    if (!lost.ok) return lost;
    if (lost.value === undefined) return ok('uploaded');
    const trouble = { failure: lost.value };
    if (time === restarts || !(await mayTryAgain(registry, trouble, time))) {
      return err(ended(registry.signal, trouble));
    }
  }
}

/** Sends a blob, and the rest of it as often as a connection breaks. Gives why the upload was lost, where it was. */
async function send(
  registry: Registry,
  session: UploadSession,
  blob: Blob,
  chunkSize: number,
): Promise<Result<Failure | undefined, Failure>> {
  let isBroken = false;
  for (let attempt = 1; ; attempt += 1) {
    const isWhole = !isBroken && blob.size <= chunkSize;
    const before = session.offset;
    const sent = isWhole
      ? await sendWhole(registry, session, blob)
      : await sendRest(registry, session, blob, chunkSize);
    if (sent.ok) return ok(undefined);
    if (sent.error.isLost) return ok(sent.error.failure);
    if (!(await mayTryAgain(registry, sent.error, attempt))) return err(ended(registry.signal, sent.error));
    // The answer to the last request may be all that was lost.
    const there = await hasBlob(registry, session.repository, blob.digest);
    if (!there.ok) return there;
    if (there.value) return ok(undefined);
    const isKnown = await catchUp(registry, session, blob.size);
    if (!isKnown.ok) return isKnown;
    if (!isKnown.value) return ok(sent.error.failure);
    isBroken = true;
    // Tries count while nothing arrives.
    if (session.offset > before) attempt = 0;
  }
}

/** Starts an upload, unless the blob is mounted instead. */
async function begin(
  registry: Registry,
  repository: string,
  blob: Blob,
  from: string | undefined,
): Promise<Result<UploadSession | 'mounted', Failure>> {
  const what = `uploading ${blob.digest} to ${repository}`;
  const url = urlIn(registry, repository, 'blobs/uploads/');
  const scopes = [scopeOf(registry, repository, 'pull,push')];
  const mountScopes = from === undefined ? [] : [scopeOf(registry, from, 'pull')];
  if (from !== undefined) url.search = mountQuery(registry, blob.digest, from);
  const answer = await registry.ask({
    kind: from === undefined ? 'start-upload' : 'mount-blob',
    what,
    method: 'POST',
    url,
    repository,
    scopes: [...scopes, ...mountScopes],
  });
  if (!answer.ok) return answer;
  const { status, headers } = answer.value;
  if (status === 201 && from !== undefined) return ok('mounted');
  const location = headers['location'];
  const next = typeof location === 'string' ? followLocation(url, location) : undefined;
  if (status === 202 && next !== undefined) return ok({ what, repository, scopes, url: next, offset: 0 });
  // A registry may refuse a mount instead of starting an upload: where it may not be read from there, for one.
  if (from !== undefined && status >= 400) return begin(registry, repository, blob, undefined);
  return err(registry.refuse(answer.value, what));
}

function mountQuery(registry: Registry, digest: OciDigest, from: string): string {
  return `?mount=${encodeURIComponent(digest)}&from=${encodeURIComponent(repositoryAt(registry.host, from))}`;
}

/** The same blob, which tells how much of it was taken. */
function telling(blob: Blob, onSent: (bytes: number) => void): Blob {
  return {
    ...blob,
    part(start, end) {
      const { size, open } = blob.part(start, end);
      return {
        size,
        open() {
          let sent = start;
          onSent(sent);
          const counter = new Transform({
            transform(chunk: Uint8Array, _, done) {
              sent += chunk.length;
              onSent(sent);
              done(null, chunk);
            },
          });
          // Whoever reads it sees what is wrong.
          pipeline(open(), counter).catch(() => undefined);
          return counter;
        },
      };
    },
  };
}

/**
 * Whether blobs may be written to a repository: an upload is begun and given up. Errors: `network`; `usage` where the registry
 * refuses it.
 */
export async function mayUpload(registry: Registry, repository: string): Promise<Result<void, Failure>> {
  const what = `asking whether ${repository} may be written`;
  const scopes = [scopeOf(registry, repository, 'pull,push')];
  const url = urlIn(registry, repository, 'blobs/uploads/');
  const answer = await registry.ask({ kind: 'start-upload', what, method: 'POST', url, repository, scopes });
  if (!answer.ok) return answer;
  const { status, headers } = answer.value;
  if (status !== 202) return err(registry.refuse(answer.value, what));
  const { location } = headers;
  const begun = typeof location === 'string' ? followLocation(url, location) : undefined;
  // Not every registry knows the word; an upload that nobody goes on with is forgotten by all.
  if (begun !== undefined)
    await registry.askOnce({ kind: 'cancel-upload', what, method: 'DELETE', url: begun, repository, scopes });
  return ok(undefined);
}

/** What is wrong with the blob itself: nothing of it is sent then. */
async function whyDamaged({ digest, size, part }: Blob): Promise<Failure | undefined> {
  const hash = createHash('sha256');
  await pipeline(part(0, size).open(), hash);
  const [expected, found] = [digest.slice('sha256:'.length), hash.digest('hex')];
  return found === expected
    ? undefined
    : { reason: 'digest-mismatch', what: `The blob to be uploaded, ${digest},`, expected, found };
}
