import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ImageIndex, ImageManifest } from '../../orchestrator/core/oci.ts';

/** The layers of an image in an OCI layout, the lowest first: absolute paths. @param name of its index in `index.json`. */
export function layersIn(layout: string, name: string, platform: string): readonly string[] {
  const place = (digest: string): string => join(layout, 'blobs', 'sha256', digest.slice('sha256:'.length));
  const read = <T>(file: string): T => JSON.parse(readFileSync(file, 'utf8'));
  const top = read<ImageIndex>(join(layout, 'index.json'));
  const named = top.manifests.find(
    ({ annotations }) => annotations?.['org.opencontainers.image.ref.name'] === name,
  );
  const index = read<ImageIndex>(place(named?.digest ?? ''));
  const own = index.manifests.find(
    (each) => `${each.platform?.os}/${each.platform?.architecture}` === platform,
  );
  return read<ImageManifest>(place(own?.digest ?? '')).layers.map(({ digest }) => place(digest));
}

/** Unpacks gzipped layers over one another, as root would. Nothing in them may be a whiteout. */
export function unpackLayers(layers: readonly string[], root: string): void {
  for (const layer of layers) {
    const words = ['--xattrs', '--xattrs-include=*', '--same-owner', '-xzpf', layer, '-C', root];
    execFileSync('tar', words);
  }
}
