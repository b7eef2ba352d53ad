import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defined } from '../../core/defined.ts';
import type { Bytes } from '../../core/event.ts';
import type { Failure } from '../../core/failure.ts';
import { readJson } from '../../core/json-text.ts';
import {
  type Descriptor,
  type ImageConfig,
  isIndexType,
  isManifestType,
  type OciDigest,
  type OciPlatform,
  platformOf,
} from '../../core/oci.ts';
import type { Platform } from '../../core/platform.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { inParallel } from '../../tool/http/in-parallel.ts';
import { blobPath } from '../image/layout.ts';
import { writeLayout } from '../image/write-layout.ts';
import { getBlob } from './blobs.ts';
import { type Document, getManifest, headManifest } from './manifests.ts';
import { blobsOf, manifestsFor } from './pulled-parts.ts';
import type { Registry } from './registry.ts';

export interface Pull {
  readonly repository: string;
  /** Of an index or of a manifest. */
  readonly digest: OciDigest;
  /** At least one; each must be there. */
  readonly platforms: readonly Platform[];
  /** Absolute path of an empty folder. */
  readonly folder: string;
  /** Told how much of the blobs has come, of those that are known to be wanted so far. */
  readonly onBytes?: (bytes: Bytes) => void;
}

/** Blobs of one image at once. */
const blobsAtOnce = 4;

/** What a tag points at now. Errors: `network`, `usage` where there is no such tag, `digest-mismatch`. */
export async function resolveTag(
  registry: Registry,
  repository: string,
  tag: string,
): Promise<Result<OciDigest, Failure>> {
  const digest = await headManifest(registry, repository, tag);
  if (!digest.ok) return digest;
  if (digest.value !== undefined) return ok(digest.value);
  return err({
    reason: 'usage',
    message: `There is no ${registry.host}/${repository}:${tag}.`,
    help: 'Check the name, "mirrors" and "images.bases" in the settings, and whether it may be read without signing in.',
  });
}

/**
 * Pulls an image into an image tree: index and manifests byte for byte as the registry has them, so that the digest stays,
 * and of an index the manifests and blobs of the wanted platforms only. Every digest is checked, and every config's
 * platform. Gives what the tree's `index.json` names.
 * Errors: `network`, `usage`, `digest-mismatch`, `aborted`. @throws system errors of writing.
 */
export async function pullImage(registry: Registry, given: Pull): Promise<Result<Descriptor, Failure>> {
  const pull = { ...given, bytes: { done: 0, total: 0 } };
  const refuse = (why: string): Result<never, Failure> => {
    const message = `The image ${registry.host}/${pull.repository}@${pull.digest} ${why}.`;
    return err({ reason: 'usage', message, help: 'It cannot be taken.' });
  };
  await mkdir(join(pull.folder, 'blobs', 'sha256'), { recursive: true });
  const root = await getManifest(registry, pull.repository, pull.digest);
  if (!root.ok) return root;
  if (root.value === undefined) return refuse('is not there');
  const { mediaType, digest, bytes } = root.value;
  const descriptor = { mediaType, digest, size: bytes.length };
  if (isManifestType(mediaType)) {
    const platform = await takeImage(registry, pull, root.value, refuse);
    if (!platform.ok) return platform;
    const has = platformOf(platform.value);
    const missing = pull.platforms.filter((wanted) => wanted !== has);
    if (missing.length > 0) return refuse(`has no ${missing.join(', ')}, only ${has}`);
    return finish(pull, { ...descriptor, platform: platform.value });
  }
  if (!isIndexType(mediaType))
    return refuse(`is neither an index nor a manifest that is known: ${mediaType}`);
  const index = readJson(bytes.toString('utf8'));
  if (!index.ok) return refuse(`is an index that ${index.error}`);
  const manifests = manifestsFor(index.value, pull.platforms);
  if (!manifests.ok) return refuse(manifests.error);
  for (const each of manifests.value) {
    const manifest = await getManifest(registry, pull.repository, each.digest);
    if (!manifest.ok) return manifest;
    if (manifest.value === undefined) return refuse(`names the manifest ${each.digest}, which is not there`);
    const named = { ...manifest.value, mediaType: each.mediaType };
    if (named.bytes.length !== each.size) return refuse(`gives the manifest ${each.digest} another size`);
    const platform = await takeImage(registry, pull, named, refuse);
    if (!platform.ok) return platform;
    const [said, is] = [platformOf(each.platform ?? platform.value), platformOf(platform.value)];
    if (said !== is) return refuse(`names an image for ${is} as one for ${said}`);
  }
  await writeBlob(pull, root.value);
  return finish(pull, descriptor);
}

/** Takes a manifest with its config and layers, but for those that another platform brought. Gives the config's platform. */
async function takeImage(
  registry: Registry,
  pull: Pull & { readonly bytes: { done: number; total: number } },
  manifest: Document,
  refuse: (why: string) => Result<never, Failure>,
): Promise<Result<OciPlatform, Failure>> {
  const content = readJson(manifest.bytes.toString('utf8'));
  if (!content.ok) return refuse(`has a manifest that ${content.error}`);
  const parts = blobsOf(content.value);
  if (!parts.ok) return refuse(parts.error);
  const missing = parts.value.blobs.filter(({ digest }) => !existsSync(join(pull.folder, blobPath(digest))));
  const { bytes } = pull;
  bytes.total += missing.reduce((sum, { size }) => sum + size, 0);
  const onBytes = (come: number): void => {
    bytes.done += come;
    pull.onBytes?.({ ...bytes });
  };
  const fetched = await inParallel(missing, blobsAtOnce, (blob) => {
    return getBlob(registry, pull.repository, blob, join(pull.folder, blobPath(blob.digest)), onBytes);
  });
  if (!fetched.ok) return fetched;
  await writeBlob(pull, manifest);
  const config = readJson(await readFile(join(pull.folder, blobPath(parts.value.config.digest)), 'utf8'));
  if (!config.ok) return refuse(`has a config that ${config.error}`);
  const { os, architecture, variant } = config.value as Partial<ImageConfig>;
  if (typeof os !== 'string' || typeof architecture !== 'string')
    return refuse('has a config without a platform');
  return ok({ os, architecture, ...defined({ variant }) });
}

async function writeBlob({ folder }: Pull, { digest, bytes }: Document): Promise<void> {
  await writeFile(join(folder, blobPath(digest)), bytes);
}

async function finish({ folder }: Pull, descriptor: Descriptor): Promise<Result<Descriptor, Failure>> {
  await writeLayout(folder, descriptor);
  return ok(descriptor);
}
