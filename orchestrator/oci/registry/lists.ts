import type { Failure } from '../../core/failure.ts';
import { readJson } from '../../core/json-text.ts';
import { type Descriptor, isOciDigest, mediaType, type OciDigest } from '../../core/oci.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Answer } from './answer-failure.ts';
import { followLocation } from './endpoint.ts';
import { getManifest, scopeOf, urlIn } from './manifests.ts';
import type { Registry } from './registry.ts';

/** Pages of a list, and what is on all of them; a registry that sends more goes round in a circle, or hides something. */
const [mostPages, mostListed] = [1000, 100_000];

/** All tags of a repository, in the registry's order. None where there is no repository. Errors: `network`, `usage`. */
export async function listTags(
  registry: Registry,
  repository: string,
): Promise<Result<readonly string[], Failure>> {
  const what = `listing the tags of ${repository}`;
  const url = urlIn(registry, repository, 'tags/list');
  const pages = await readPages(registry, { kind: 'list-tags', what, repository, url, of: 'tags' });
  return pages.ok ? ok([...new Set(pages.value.flat().filter((tag) => typeof tag === 'string'))]) : pages;
}

/** What refers to a manifest, and where the registry keeps that. */
export interface Referrers {
  /** `list`: the registry's own (OCI distribution specification 1.1); `tag`: an index under the fallback tag. */
  readonly kept: 'list' | 'tag';
  readonly manifests: readonly Descriptor[];
}

/**
 * What refers to a manifest by its `subject`: by the registry's own list, or, where it keeps none, by the tag that stands
 * for it. Errors: `network`, `usage`, `digest-mismatch`.
 */
export async function listReferrers(
  registry: Registry,
  repository: string,
  subject: OciDigest,
): Promise<Result<Referrers, Failure>> {
  const what = `listing what refers to ${subject} in ${repository}`;
  const url = urlIn(registry, repository, `referrers/${subject}`);
  const pages = await readPages(registry, { kind: 'list-referrers', what, repository, url, of: 'manifests' });
  if (!pages.ok) return pages;
  if (pages.value.length > 0) return ok({ kept: 'list', manifests: pages.value.flat().filter(isDescriptor) });
  const index = await getManifest(registry, repository, referrersTag(subject));
  if (!index.ok) return index;
  if (index.value === undefined) return ok({ kept: 'tag', manifests: [] });
  const content = readJson(index.value.bytes.toString('utf8'));
  if (!content.ok) return err(noList(registry.host, what, content.error));
  return ok({ kept: 'tag', manifests: manifestsOf(content.value) });
}

/** `sha256-<hex>`: the fallback tag (OCI distribution specification 1.1, "Referrers Tag Schema"). */
export function referrersTag(subject: OciDigest): string {
  return subject.replace(':', '-');
}

interface ListRequest {
  readonly kind: 'list-tags' | 'list-referrers';
  readonly what: string;
  readonly repository: string;
  readonly url: URL;
  /** The member of a page that is the list. */
  readonly of: 'tags' | 'manifests';
}

/**
 * The pages of a list, each with what is on it; none where the registry has no such list. What is no list, as an empty answer, does
 * not say that there is nothing, and half a list not that this is all: `fetch-failed`.
 */
async function readPages(
  registry: Registry,
  { of, ...request }: ListRequest,
): Promise<Result<readonly (readonly unknown[])[], Failure>> {
  const pages: (readonly unknown[])[] = [];
  const asked = new Set<string>();
  let listed = 0;
  let url: URL | undefined = request.url;
  while (url !== undefined) {
    if (asked.has(url.href) || asked.size === mostPages || listed > mostListed)
      return err(noList(registry.host, request.what, 'comes to no end'));
    asked.add(url.href);
    const answer: Result<Answer, Failure> = await registry.ask({
      ...request,
      url,
      method: 'GET',
      scopes: [scopeOf(registry, request.repository, 'pull')],
      headers: { accept: `${mediaType.index}, application/json` },
    });
    if (!answer.ok) return answer;
    if (answer.value.status === 404 && pages.length === 0) return ok([]);
    if (answer.value.status !== 200) return err(registry.refuse(answer.value, request.what));
    const page = readJson(answer.value.body.toString('utf8'));
    if (!page.ok) return err(noList(registry.host, request.what, page.error));
    const list =
      typeof page.value === 'object' && page.value !== null && of in page.value
        ? (page.value as Page)[of]
        : undefined;
    // Of a repository whose tags are all gone, some registries say `null`.
    if (!Array.isArray(list) && list !== null)
      return err(noList(registry.host, request.what, `has no list "${of}"`));
    pages.push(list ?? []);
    listed += list?.length ?? 0;
    const link = linkIn(answer.value.headers['link']);
    const next = followLocation(url, link);
    if (link !== undefined && next?.origin !== url.origin)
      return err(noList(registry.host, request.what, 'goes on at another host'));
    url = next;
  }
  return ok(pages);
}

/** Where a list goes on: `Link: </v2/a/b/tags/list?last=x&n=100>; rel="next"`. */
function linkIn(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' ? /<([^>]*)>\s*;\s*rel="?next"?/.exec(header)?.[1] : undefined;
}

function manifestsOf(page: unknown): readonly Descriptor[] {
  const { manifests } = (page ?? {}) as { manifests?: unknown };
  return Array.isArray(manifests) ? manifests.filter(isDescriptor) : [];
}

/** Whoever may push wrote what is listed: what has no digest is nothing that could be asked for. */
function isDescriptor(listed: unknown): listed is Descriptor {
  const { digest } = (listed ?? {}) as { digest?: unknown };
  return typeof digest === 'string' && isOciDigest(digest);
}

type Page = Readonly<Record<ListRequest['of'], unknown>>;

function noList(host: string, what: string, why: string): Failure {
  const detail = `${host} answered with no list: it ${why}`;
  return { reason: 'fetch-failed', what, detail, help: 'It is no registry, or something stands between.' };
}
