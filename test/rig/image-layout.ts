import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { digestOf } from '../../orchestrator/core/digest.ts';
import type { Descriptor, OciDigest, RunConfig } from '../../orchestrator/core/oci.ts';
import { type LayerMember, layerFile } from './layer.ts';

/** An image of one platform, as a test wants it. */
export interface ImageContent {
  readonly os?: string;
  readonly architecture?: string;
  readonly config?: RunConfig;
  /** The lowest first. */
  readonly layers?: readonly (readonly LayerMember[])[];
  readonly created?: string;
  readonly history?: readonly object[];
  /** Members of the config beside those above. */
  readonly others?: Readonly<Record<string, unknown>>;
  readonly level?: number;
  readonly isPlain?: boolean;
  /** Of the descriptor in `index.json` or the index. */
  readonly annotations?: Readonly<Record<string, string>>;
}

const index = 'application/vnd.oci.image.index.v1+json';
const manifest = 'application/vnd.oci.image.manifest.v1+json';
const layerType = 'application/vnd.oci.image.layer.v1.tar';

/** Writes an OCI layout with one image, or with an index of several. Gives what its `index.json` names. */
export function writeImageLayout(folder: string, ...images: readonly ImageContent[]): Descriptor {
  const manifests = images.map((image) => writeImage(folder, image));
  const [first] = manifests;
  const named =
    manifests.length === 1 && first !== undefined
      ? first
      : blob(folder, index, JSON.stringify({ schemaVersion: 2, mediaType: index, manifests }));
  write(folder, 'oci-layout', '{"imageLayoutVersion":"1.0.0"}');
  write(folder, 'index.json', JSON.stringify({ schemaVersion: 2, mediaType: index, manifests: [named] }));
  return named;
}

function writeImage(folder: string, image: ImageContent): Descriptor {
  const { os = 'linux', architecture = 'amd64', layers = [[]], annotations, created, history } = image;
  const archives = layers.map(layerFile);
  const config = {
    architecture,
    os,
    config: image.config ?? {},
    rootfs: { type: 'layers', diff_ids: archives.map((each) => `sha256:${digestOf(each)}`) },
    ...(created === undefined ? {} : { created }),
    ...(history === undefined ? {} : { history }),
    ...image.others,
  };
  const packed = archives.map((each) =>
    image.isPlain === true
      ? blob(folder, layerType, each)
      : blob(folder, `${layerType}+gzip`, gzipSync(each, { level: image.level ?? 6 })),
  );
  const document = {
    schemaVersion: 2,
    mediaType: manifest,
    config: blob(folder, 'application/vnd.oci.image.config.v1+json', JSON.stringify(config)),
    layers: packed,
  };
  const described = blob(folder, manifest, JSON.stringify(document));
  return { ...described, platform: { os, architecture }, ...(annotations ? { annotations } : {}) };
}

function blob(folder: string, mediaType: string, content: string | Uint8Array): Descriptor {
  const hex = digestOf(content);
  write(folder, `blobs/sha256/${hex}`, content);
  const digest: OciDigest = `sha256:${hex}`;
  return { mediaType, digest, size: Buffer.byteLength(content) };
}

function write(folder: string, path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}
