import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { byCodeUnit, canonicalJson, type Json } from '../../core/canonical-json.ts';
import type { Failure } from '../../core/failure.ts';
import { type Descriptor, mediaType } from '../../core/oci.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { blobFile, imageFor, readImageTree } from '../../oci/image/image-tree.ts';
import { blobPath } from '../../oci/image/layout.ts';
import type { ImageTarNode } from '../../plan/archive/node-archive.ts';
import { type PackedMember, packTar } from '../../tool/tar/pack-tar.ts';
import { readSourceFacts } from '../source/facts.ts';
import type { Outputs, TaskContext } from '../task.ts';

/**
 * An image as a tar, laid out as BuildKit's exporters do it (moby/buildkit exporter/oci, containerd core/images/archive): an OCI
 * layout, of which docker's format is one with `manifest.json` beside it. All that BuildKit dates by the clock is dated by HEAD.
 * Errors: those of `readImageTree`, `missing-output`, `aborted`.
 */
export async function tarImage(node: ImageTarNode, context: TaskContext): Promise<Result<Outputs, Failure>> {
  const { file, platform, names } = node;
  const tree = await readImageTree(context.tree(node.image), node.image);
  if (!tree.ok) return tree;
  const image = imageFor(tree.value, platform);
  if (image === undefined) {
    const detail = `${node.image} is not for ${platform}`;
    return err({ reason: 'missing-output', file: `${file}.tar`, detail });
  }
  const { descriptor, manifest } = image;
  const { headUnixTime } = await readSourceFacts(context.tree(node.source));
  const blobs = new Map(
    [descriptor, manifest.config, ...manifest.layers].map((each) => [blobPath(each.digest), each] as const),
  );
  const members: PackedMember[] = [
    ...['blobs/', 'blobs/sha256/'].map((path) => ({ path, mode: 0o755 })),
    ...[...blobs].map(([path, blob]) => ({
      ...{ path, mode: 0o444 },
      content: { file: blobFile(tree.value, blob), size: blob.size },
    })),
    document('oci-layout', 0o444, { imageLayoutVersion: '1.0.0' }),
    document('index.json', 0o644, {
      schemaVersion: 2,
      mediaType: mediaType.index,
      manifests: names.map((name) => describe(descriptor, name, headUnixTime)),
    }),
  ];
  if (node.format === 'docker') {
    const { config, layers } = manifest;
    const said = { Config: blobPath(config.digest), RepoTags: names, Layers: layers.map(pathOf) };
    members.push(document('manifest.json', 0o644, [said]));
  }
  members.sort((a, b) => byCodeUnit(a.path, b.path));
  context.progress('packing');
  try {
    const { signal } = context;
    await pipeline(packTar(members, headUnixTime), createWriteStream(join(context.output, `${file}.tar`)), {
      signal,
    });
  } catch (error) {
    if (context.signal.aborted) return err({ reason: 'aborted' });
    throw error;
  }
  // As the `echo` of upstream's makefile writes them.
  await writeFile(join(context.output, `${file}.docker_tag`), `${node.tag}\n`);
  await writeFile(join(context.output, `${file}.docker_image_name`), `${node.told}\n`);
  return ok({});
}

function pathOf({ digest }: Descriptor): string {
  return blobPath(digest);
}

function document(path: string, mode: number, content: Json): PackedMember {
  return { path, mode, content: Buffer.from(canonicalJson(content)) };
}

/** An image under one of its names: annotations of containerd and of the OCI image specification. */
function describe(
  { mediaType: type, digest, size, platform }: Descriptor,
  name: string,
  seconds: number,
): Json {
  return {
    ...{ mediaType: type, digest, size },
    ...(platform === undefined ? {} : { platform: platform as unknown as Json }),
    annotations: {
      'io.containerd.image.name': name,
      'org.opencontainers.image.created': `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`,
      'org.opencontainers.image.ref.name': name.slice(name.lastIndexOf(':') + 1),
    },
  };
}
