import { defined } from '../../core/defined.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { HttpBody } from '../../tool/http/http-client.ts';
import { type Answer, hasError } from '../registry/answer-failure.ts';
import type { Blob } from '../registry/body.ts';
import { followLocation, withDigest } from '../registry/endpoint.ts';
import type { Registry, RegistryRequest } from '../registry/registry.ts';
import type { Trouble } from '../registry/trouble.ts';

/** An upload that the registry has begun. */
export interface UploadSession {
  /** For failures. */
  readonly what: string;
  readonly repository: string;
  readonly scopes: readonly string[];
  /** Where the next request goes; each answer may name another place. */
  url: URL;
  /** Bytes that the registry has. */
  offset: number;
}

/** Why an upload did not go on; one that is lost can only be begun again. */
interface UploadTrouble extends Trouble {
  readonly isLost: boolean;
}

type Sent = Result<void, UploadTrouble>;

/** Sends the whole blob in the one request that also ends the upload. */
export function sendWhole(registry: Registry, session: UploadSession, blob: Blob): Promise<Sent> {
  return finish(registry, session, blob, blob.part(0, blob.size));
}

/** Sends what the registry does not have yet, in chunks of so many bytes, and ends the upload. */
export async function sendRest(
  registry: Registry,
  session: UploadSession,
  blob: Blob,
  chunkSize: number,
): Promise<Sent> {
  while (session.offset < blob.size) {
    const end = Math.min(session.offset + chunkSize, blob.size);
    const sent = await sendChunk(registry, session, blob, end);
    if (!sent.ok) return sent;
  }
  return finish(registry, session, blob, undefined);
}

async function sendChunk(
  registry: Registry,
  session: UploadSession,
  { part }: Blob,
  end: number,
): Promise<Sent> {
  const start = session.offset;
  const answer = await exchange(registry, session, {
    kind: 'upload-chunk',
    method: 'PATCH',
    url: session.url,
    headers: { 'content-type': 'application/octet-stream', 'content-range': `${start}-${end - 1}` },
    body: part(start, end),
  });
  if (!answer.ok) return answer;
  const { status, headers } = answer.value;
  if (status === 416)
    return err({ ...network(registry, session, 'has another part than was sent'), isLost: false });
  if (status !== 202) return err(refused(registry, session, answer.value));
  moveOn(session, headers['location']);
  session.offset = receivedIn(headers['range'], end);
  if (session.offset > start && session.offset <= end) return ok(undefined);
  session.offset = start;
  return err({ ...network(registry, session, 'keeps nothing of what is sent'), isLost: false });
}

async function finish(
  registry: Registry,
  session: UploadSession,
  { digest }: Blob,
  body: HttpBody | undefined,
): Promise<Sent> {
  const answer = await exchange(registry, session, {
    kind: 'finish-upload',
    method: 'PUT',
    url: withDigest(session.url, digest),
    headers: { 'content-type': 'application/octet-stream' },
    ...defined({ body }),
  });
  if (!answer.ok) return answer;
  return answer.value.status === 201 ? ok(undefined) : err(refused(registry, session, answer.value));
}

/** One try of a request that carries a part, and its whole answer. */
async function exchange(
  registry: Registry,
  { what, repository, scopes }: UploadSession,
  request: Pick<RegistryRequest, 'kind' | 'method' | 'url' | 'headers' | 'body'>,
): Promise<Result<Answer, UploadTrouble>> {
  const answer = await registry.askOnce({ ...request, what, repository, scopes });
  return answer.ok ? answer : err({ ...answer.error, isLost: false });
}

/**
 * Asks how far an upload came. False where the registry has forgotten it, or has something else than was sent.
 * Errors: `network`, `usage`. @param size of the blob, in bytes.
 */
export async function catchUp(
  registry: Registry,
  session: UploadSession,
  size: number,
): Promise<Result<boolean, Failure>> {
  const { what, repository, scopes, url } = session;
  const answer = await registry.ask({ kind: 'upload-status', what, method: 'GET', url, repository, scopes });
  if (!answer.ok) return answer;
  const { status, headers } = answer.value;
  if (status !== 204 && status !== 202) return ok(false);
  moveOn(session, headers['location']);
  session.offset = receivedIn(headers['range'], 0);
  return ok(session.offset <= size);
}

function moveOn(session: UploadSession, location: string | readonly string[] | undefined): void {
  const next = typeof location === 'string' ? followLocation(session.url, location) : undefined;
  if (next !== undefined) session.url = next;
}

/**
 * The bytes that `Range: 0-<last>` says are there. `0-0` is what registries say of nothing; where it was one byte, that is
 * sent twice, and the digest tells.
 */
function receivedIn(range: string | readonly string[] | undefined, otherwise: number): number {
  const last = typeof range === 'string' ? /^(?:bytes=)?0-([0-9]+)$/.exec(range)?.[1] : undefined;
  if (last === undefined) return otherwise;
  return last === '0' ? 0 : Number(last) + 1;
}

/** A refusal, or, where the registry does not know the upload any more or has it damaged, the loss of it. */
function refused(registry: Registry, session: UploadSession, answer: Answer): UploadTrouble {
  const codes = ['BLOB_UPLOAD_UNKNOWN', 'BLOB_UPLOAD_INVALID', 'DIGEST_INVALID', 'SIZE_INVALID'];
  const code = codes.find((each) => hasError(answer, each));
  if (code === undefined && answer.status !== 404) {
    return { failure: registry.refuse(answer, session.what), isLost: false };
  }
  return { ...network(registry, session, `lost the upload (${code ?? answer.status})`), isLost: true };
}

function network({ host }: Registry, { what }: UploadSession, said: string): Trouble {
  return { failure: { reason: 'network', what, detail: `${host} ${said}` } };
}
