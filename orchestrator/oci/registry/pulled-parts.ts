import {
  type Descriptor,
  type ImageIndex,
  type ImageManifest,
  isManifestType,
  isOciDigest,
  platformOf,
} from '../../core/oci.ts';
import type { Platform } from '../../core/platform.ts';
import { err, ok, type Result } from '../../core/result.ts';

/** Layers that are taken; those that may not be distributed are none of them. */
const layerTypes = [
  'application/vnd.oci.image.layer.v1.tar',
  'application/vnd.oci.image.layer.v1.tar+gzip',
  'application/vnd.oci.image.layer.v1.tar+zstd',
  'application/vnd.docker.image.rootfs.diff.tar',
  'application/vnd.docker.image.rootfs.diff.tar.gzip',
];
const configTypes = [
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
];

/**
 * The manifests of an index that are for the wanted platforms, as it names them; attestations and other platforms are
 * left. Or why they cannot be had: `has no linux/arm64, only linux/amd64`.
 */
export function manifestsFor(
  content: unknown,
  platforms: readonly Platform[],
): Result<readonly Descriptor[], string> {
  const { manifests } = content as Partial<ImageIndex>;
  if (!Array.isArray(manifests) || !manifests.every(isDescriptor))
    return err('is an index without manifests');
  const named = manifests.flatMap((each) => {
    return each.platform === undefined ? [] : [{ descriptor: each, platform: platformOf(each.platform) }];
  });
  const missing = platforms.filter((wanted) => !named.some(({ platform }) => platform === wanted));
  if (missing.length > 0) {
    const has = [...new Set(named.map(({ platform }) => platform))].filter(
      (each) => each !== 'unknown/unknown',
    );
    return err(`has no ${missing.join(', ')}, only ${has.join(', ')}`);
  }
  const chosen = named.filter(({ platform }) => platforms.includes(platform)).map((each) => each.descriptor);
  const other = chosen.find((each) => !isManifestType(each.mediaType));
  return other === undefined ? ok(chosen) : err(`names a ${other.mediaType} for a platform`);
}

/** Config and layers of a manifest, each once, the config first; or why it is no image that can be taken. */
export function blobsOf(
  content: unknown,
): Result<{ readonly config: Descriptor; readonly blobs: readonly Descriptor[] }, string> {
  const { config, layers } = content as Partial<ImageManifest>;
  if (config === undefined || !Array.isArray(layers) || ![config, ...layers].every(isDescriptor)) {
    return err('has a manifest without config or layers, or with digests other than SHA-256');
  }
  if (!configTypes.includes(config.mediaType)) return err(`is no image: its config is a ${config.mediaType}`);
  for (const layer of layers as readonly (Descriptor & { readonly urls?: readonly string[] })[]) {
    if (!layerTypes.includes(layer.mediaType)) {
      return err(`has a layer that may not be distributed, or is none: ${layer.mediaType}`);
    }
    if (layer.urls !== undefined && layer.urls.length > 0)
      return err('has a layer that is to be had elsewhere');
  }
  const blobs = new Map([config, ...layers].map((each) => [each.digest, each]));
  return ok({ config, blobs: [...blobs.values()] });
}

function isDescriptor(value: unknown): value is Descriptor {
  if (typeof value !== 'object' || value === null) return false;
  const { mediaType, digest, size } = value as Partial<Descriptor>;
  const isSized = typeof size === 'number' && Number.isSafeInteger(size) && size >= 0;
  return typeof mediaType === 'string' && typeof digest === 'string' && isOciDigest(digest) && isSized;
}
