import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Descriptor,
  type ImageIndex,
  type ImageManifest,
  isIndexType,
} from '../../orchestrator/core/oci.ts';
import type { MemoryRegistry } from '../oci/registry/memory-registry.ts';

/** Puts what a layout's `index.json` names into a registry in memory. @param root what `writeImageLayout` gave. */
export function putLayout(
  { content, tags, types }: MemoryRegistry,
  layout: string,
  root: Descriptor,
  repository: string,
  tag: string,
): void {
  const put = ({ digest, mediaType }: Descriptor): unknown => {
    const bytes = readFileSync(join(layout, 'blobs', 'sha256', digest.slice('sha256:'.length)));
    content.set(`${repository}@${digest}`, bytes);
    if (mediaType.includes('layer')) return {};
    types.set(digest, mediaType);
    return JSON.parse(bytes.toString('utf8'));
  };
  const document = put(root) as ImageIndex & ImageManifest;
  const manifests = isIndexType(root.mediaType)
    ? document.manifests.map((each) => put(each) as ImageManifest)
    : [document];
  for (const { config, layers } of manifests) for (const each of [config, ...layers]) put(each);
  tags.set(`${repository}:${tag}`, root.digest);
}
