import { defined } from './defined.ts';
import { isOciDigest, type OciDigest } from './oci.ts';

/** An image's name: registry, repository, and a tag or a digest, or both, of which the digest counts. */
export interface ImageReference {
  /** With its port where it has one: `registry.example.com:5000`. */
  readonly host: string;
  /** `eks-distro/etcd-io/etcd` */
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: OciDigest;
}

/** The grammar of distribution/reference, but that a host is always there: nothing is fetched from where nobody named. */
const hostShape = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?$/;
const componentShape = /^[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*$/;
const tagShape = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;

/**
 * Reads `HOST[:PORT]/path[:tag][@sha256:<hex>]`. Gives a sentence's end on what is wrong where it is none: `has no
 * registry in front`.
 */
export function parseImageReference(text: string): ImageReference | { readonly why: string } {
  const [scheme] = /^[a-z][a-z0-9+.-]*:\/\//i.exec(text) ?? [];
  if (scheme !== undefined)
    return { why: `has no registry in front, but the scheme of a URL: leave "${scheme}" out` };
  const [name = '', ...digests] = text.split('@');
  const [digest] = digests;
  if (/^[^/]*@(?!sha256:)/.test(text))
    return { why: 'has a user in front of its host, and docker login keeps who signs in where' };
  if (digests.length > 1) return { why: 'has more than one digest' };
  if (digest !== undefined && !isOciDigest(digest))
    return { why: 'has a digest that is no "sha256:<64 hex>"' };
  const slash = name.indexOf('/');
  const host = name.slice(0, Math.max(slash, 0));
  const isHost = host === 'localhost' || /[.:]/.test(host);
  if (slash < 0 || !isHost || !hostShape.test(host)) return { why: 'has no registry in front' };
  const port = Number(/:([0-9]+)$/.exec(host)?.[1] ?? 443);
  if (port < 1 || port > 65_535) return { why: 'has a port that is not from 1 to 65535' };
  const rest = name.slice(slash + 1);
  const colon = rest.indexOf(':');
  const repository = colon < 0 ? rest : rest.slice(0, colon);
  const tag = colon < 0 ? undefined : rest.slice(colon + 1);
  if (!isRepository(repository)) return { why: 'has a repository that is no lower-case path' };
  if (tag !== undefined && !tagShape.test(tag))
    return { why: 'has a tag with characters that none may have' };
  return {
    host,
    repository,
    ...defined({ tag, digest }),
  };
}

export function isRepository(text: string): boolean {
  return text.length <= 255 && text.split('/').every((component) => componentShape.test(component));
}

export function isTag(text: string): boolean {
  return tagShape.test(text);
}

export function formatImageReference({ host, repository, tag, digest }: ImageReference): string {
  return `${host}/${repository}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}
