import type { Failure } from '../../core/failure.ts';
import { parseJson } from '../../core/json-text.ts';
import { isIndexType, isManifestType, isOciDigest, mediaType, type OciDigest } from '../../core/oci.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { visible } from '../../core/visible.ts';
import { ociDigestOf } from '../image/layout.ts';
import type { Answer } from './answer-failure.ts';
import { bodyOf } from './body.ts';
import { repositoryAt } from './endpoint.ts';
import type { Registry } from './registry.ts';

/** A manifest or index as the registry has it, byte for byte. */
export interface Document {
  readonly mediaType: string;
  readonly digest: OciDigest;
  readonly bytes: Buffer;
}

/** The types that are asked for; a registry may convert to one of them where it is not told. */
const accepted = [mediaType.index, mediaType.manifest, mediaType.dockerIndex, mediaType.dockerManifest].join(
  ', ',
);

/** Whether the registry is there and lets in who asks. Errors: `network`, `usage`. */
export async function ping(registry: Registry): Promise<Result<void, Failure>> {
  const what = `the question whether it is there`;
  const answer = await registry.ask({ kind: 'ping', what, method: 'GET', url: registry.api, scopes: [] });
  if (!answer.ok) return answer;
  return answer.value.status === 200 ? ok(undefined) : err(registry.refuse(answer.value, what));
}

/**
 * Reads a manifest or an index by tag or digest, and checks its digest. Undefined where there is none.
 * Errors: `network`, `usage`, `digest-mismatch`.
 */
export async function getManifest(
  registry: Registry,
  repository: string,
  reference: string,
): Promise<Result<Document | undefined, Failure>> {
  const request = manifestRequest(registry, repository, reference, 'reading');
  const answer = await registry.ask({ ...request, kind: 'get-manifest', method: 'GET' });
  if (!answer.ok) return answer;
  if (answer.value.status === 404) return ok(undefined);
  if (answer.value.status !== 200) return err(registry.refuse(answer.value, request.what));
  const bytes = answer.value.body;
  const digest = ociDigestOf(bytes);
  const told = digestTold(answer.value);
  const wanted = isOciDigest(reference) ? reference : (told ?? digest);
  if (wanted !== digest) return err(mismatch(registry, repository, reference, wanted, digest));
  return ok({ mediaType: typeOf(answer.value), digest, bytes });
}

/**
 * The digest of what a tag or digest names, without reading it where the registry says it. Undefined where there is
 * none. Errors: those of `getManifest`.
 */
export async function headManifest(
  registry: Registry,
  repository: string,
  reference: string,
): Promise<Result<OciDigest | undefined, Failure>> {
  const request = manifestRequest(registry, repository, reference, 'looking for');
  const answer = await registry.ask({ ...request, kind: 'head-manifest', method: 'HEAD' });
  if (!answer.ok) return answer;
  if (answer.value.status === 404) return ok(undefined);
  if (answer.value.status !== 200) return err(registry.refuse(answer.value, request.what));
  if (isOciDigest(reference)) return ok(reference);
  const told = digestTold(answer.value);
  if (told !== undefined) return ok(told);
  const read = await getManifest(registry, repository, reference);
  if (!read.ok || read.value === undefined) return read.ok ? ok(undefined) : read;
  const { mediaType: type, digest } = read.value;
  if (isIndexType(type) || isManifestType(type)) return ok(digest);
  // A page to sign in at has a digest, too: nobody is to pin that.
  const detail = `${registry.host} answered with no manifest (${type === '' ? 'of no type' : visible(type)})`;
  const help = '"mirrors" in the settings may name another place to read from.';
  return err({ reason: 'fetch-failed', what: request.what, detail, help });
}

/**
 * Writes a manifest or an index under a tag, or under its digest.
 * Errors: `network`, `usage`, `digest-mismatch` where the registry has made something else of it.
 */
export async function putManifest(
  registry: Registry,
  repository: string,
  reference: string,
  document: Document,
): Promise<Result<void, Failure>> {
  const { bytes, digest } = document;
  const answer = await registry.ask({
    ...manifestRequest(registry, repository, reference, 'writing'),
    kind: 'put-manifest',
    method: 'PUT',
    scopes: [scopeOf(registry, repository, 'pull,push')],
    headers: { 'content-type': document.mediaType },
    body: bodyOf(bytes),
  });
  if (!answer.ok) return answer;
  const what = `writing ${shown(repository, reference)}`;
  if (answer.value.status !== 201) return err(registry.refuse(answer.value, what));
  const told = digestTold(answer.value) ?? digest;
  if (told !== digest) return err(mismatch(registry, repository, reference, digest, told));
  return ok(undefined);
}

/** `repository:eks-distro/pause:pull` */
export function scopeOf(registry: Registry, repository: string, actions: 'pull' | 'pull,push'): string {
  return `repository:${repositoryAt(registry.host, repository)}:${actions}`;
}

/** Where a part of a repository is: `blobs/uploads/`. */
export function urlIn(registry: Registry, repository: string, part: string): URL {
  return new URL(`${repositoryAt(registry.host, repository)}/${part}`, registry.api);
}

function manifestRequest(registry: Registry, repository: string, reference: string, doing: string) {
  return {
    what: `${doing} ${shown(repository, reference)}`,
    url: urlIn(registry, repository, `manifests/${reference}`),
    repository,
    scopes: [scopeOf(registry, repository, 'pull')],
    headers: { accept: accepted },
  };
}

function shown(repository: string, reference: string): string {
  return `${repository}${isOciDigest(reference) ? '@' : ':'}${reference}`;
}

function digestTold({ headers }: Answer): OciDigest | undefined {
  const told = headers['docker-content-digest'];
  return typeof told === 'string' && isOciDigest(told) ? told : undefined;
}

/** The type that the document names; where it names none, that of the answer, without parameters. */
function typeOf({ headers, body }: Answer): string {
  // No JSON, or none that can be used: whoever reads it says so.
  const { mediaType: own }: { readonly mediaType?: unknown } = parseJson(body.toString('utf8')) ?? {};
  if (typeof own === 'string') return own;
  const told = headers['content-type'];
  return typeof told === 'string' ? (told.split(';')[0] ?? '').trim() : '';
}

function mismatch(
  registry: Registry,
  repository: string,
  reference: string,
  wanted: OciDigest,
  has: OciDigest,
): Failure {
  const what = `What ${registry.host} has as ${shown(repository, reference)}`;
  const [expected, found] = [wanted, has].map((each) => each.slice('sha256:'.length)) as [string, string];
  return { reason: 'digest-mismatch', what, expected, found };
}
