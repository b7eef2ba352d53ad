import { ociDigestOf } from '../../../orchestrator/oci/image/layout.ts';
import { type Asked, type FakeAnswer, type FakeRegistry, fakeRegistry } from './fake-registry.ts';

/** A registry in memory: enough of one to be pulled from and pushed to. */
export interface MemoryRegistry extends FakeRegistry {
  /** Content by `<repository>@<digest>`, of blobs and manifests. */
  readonly content: Map<string, Buffer>;
  /** Digests by `<repository>:<tag>`. */
  readonly tags: Map<string, string>;
  /** Types of manifests by digest. */
  readonly types: Map<string, string>;
}

/** @param otherwise what it answers instead, if anything. */
export async function memoryRegistry(
  otherwise: (asked: Asked, registry: MemoryRegistry) => FakeAnswer | 'break' | undefined = () => undefined,
): Promise<MemoryRegistry> {
  const [content, tags, types] = [
    new Map<string, Buffer>(),
    new Map<string, string>(),
    new Map<string, string>(),
  ];
  const server = await fakeRegistry((asked) => otherwise(asked, registry) ?? answer(asked));
  const registry: MemoryRegistry = { ...server, content, tags, types };

  const answer = ({ method, path, headers, body }: Asked): FakeAnswer => {
    const url = new URL(path, 'http://registry');
    const [, repository = '', kind = '', name = ''] =
      /^\/v2\/(.+)\/(manifests|blobs|blobs\/uploads)\/([^/]*)$/.exec(url.pathname) ?? [];
    if (method === 'POST') {
      const [mount, from] = [url.searchParams.get('mount'), url.searchParams.get('from')];
      const mounted = content.get(`${from}@${mount}`);
      if (mounted !== undefined) content.set(`${repository}@${mount}`, mounted);
      if (mounted !== undefined) return { status: 201 };
      return { status: 202, headers: { location: `/v2/${repository}/blobs/uploads/1` } };
    }
    if (method === 'PUT') {
      const digest = ociDigestOf(body);
      content.set(`${repository}@${digest}`, body);
      if (kind === 'manifests') types.set(digest, headers['content-type'] ?? '');
      if (kind === 'manifests' && name !== digest) tags.set(`${repository}:${name}`, digest);
      return { status: 201 };
    }
    const digest = tags.get(`${repository}:${name}`) ?? name;
    const found = content.get(`${repository}@${digest}`);
    if (found === undefined) return { status: 404 };
    const type = types.get(digest);
    const told = { 'docker-content-digest': digest, ...(type === undefined ? {} : { 'content-type': type }) };
    return { status: 200, headers: told, body: found };
  };
  return registry;
}
