import { mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BaseImage, baseImageSchema } from '../../orchestrator/config/base/base-image.ts';
import type { BaseLock } from '../../orchestrator/config/base/base-lock.ts';
import { digestOf } from '../../orchestrator/core/digest.ts';
import type { Failure } from '../../orchestrator/core/failure.ts';
import type { Platform } from '../../orchestrator/core/platform.ts';
import { ok, type Result } from '../../orchestrator/core/result.ts';
import { type ImageTree, readImageTree } from '../../orchestrator/oci/image/image-tree.ts';
import { joinPlatforms } from '../../orchestrator/oci/image/join-platforms.ts';
import { planBaseImage, type WantedBase } from '../../orchestrator/plan/base-nodes.ts';
import { makeGraph } from '../../orchestrator/plan/graph.ts';
import type { BuildNode } from '../../orchestrator/plan/node.ts';
import { asNodeId, type NodeBase, type NodeId } from '../../orchestrator/plan/node-base.ts';
import type { BaseRootNode, ImageIndexNode, RpmsNode } from '../../orchestrator/plan/node-image.ts';
import { makeBaseRoot } from '../../orchestrator/task/base/root.ts';
import { fetchPackages } from '../../orchestrator/task/base/rpms.ts';
import type { Outputs, TaskContext } from '../../orchestrator/task/task.ts';
import { createFleet } from '../../orchestrator/tool/buildkit/fleet.ts';
import { createHttpClient } from '../../orchestrator/tool/http/http-client.ts';
import { noIsolation } from '../../orchestrator/tool/process/isolation.ts';
import { createRunProcess } from '../../orchestrator/tool/process/run-process.ts';
import type { BuiltPackage } from './base-packages.ts';
import type { RpmKey } from './rpms.ts';

export const basePlatforms: readonly Platform[] = ['linux/amd64', 'linux/arm64'];

type Definition = Parameters<typeof baseImageSchema.parse>[0];

/** A base image of a test as its folder would have it. `packages` are those of the whole image. */
export function wantedBase(
  name: string,
  definition: Partial<Record<keyof BaseImage, unknown>>,
  packages: readonly BuiltPackage[],
  from: { readonly url: string; readonly key: RpmKey | undefined },
  parent?: WantedBase,
): WantedBase {
  const locked = (arch: string) =>
    packages
      .filter((each) => each.arch === arch || each.arch === 'noarch')
      .map((each) => each.locked(from.url));
  const lock: BaseLock = {
    ...{ schema: '1', digest: digestOf(name), image: name, distribution: 'al2', repositories: [] },
    keys: from.key === undefined ? [] : [{ id: from.key.id, sha256: digestOf(from.key.armored) }],
    packages: { x86_64: locked('x86_64'), aarch64: locked('aarch64') },
  };
  const whole: Definition = { schema: '1', description: name, ...definition };
  return {
    name,
    definition: baseImageSchema.parse(whole),
    lock,
    ...(parent === undefined ? {} : { parent }),
  };
}

export interface BaseMaker {
  /** Absolute path of an image tree with an rpm. */
  readonly builder: string;
  readonly address: string;
  readonly buildctl: string;
  readonly keyFile?: string;
  readonly keyId?: string;
  readonly signatures?: 'required' | 'absent';
}

export interface MadeBase {
  /** An image tree of both platforms. */
  readonly tree: ImageTree;
  readonly notes: readonly string[];
  /** The same of an image that it stands on, by its name. */
  parent(name: string): Promise<ImageTree>;
}

/** Plans a base image and makes every node of it, in a folder of its own. */
export async function makeBaseImage(
  folder: string,
  wanted: WantedBase,
  maker: BaseMaker,
): Promise<Result<MadeBase, Failure>> {
  const nodes = new Map<NodeId, BuildNode>();
  const builder = asNodeId('base-image builder');
  nodes.set(builder, {
    ...{ kind: 'base-image', id: builder, needs: [], title: 'builder', projects: [], platforms: [] },
    reference: { host: 'registry.example.com', repository: 'al', digest: `sha256:${'0'.repeat(64)}` },
  });
  const { keyFile, keyId } = maker;
  const index = planBaseImage(
    wanted,
    {
      platforms: basePlatforms,
      dockerfile: readFileSync(join(import.meta.dirname, '../../base-images/Dockerfile'), 'utf8'),
      builder,
      keys:
        keyFile === undefined || keyId === undefined
          ? []
          : [{ id: keyId, from: keyFile, sha256: digestOf(readFileSync(keyFile)) }],
      signatures: maker.signatures ?? 'required',
      buildTooling: { repository: 'https://example.com/tooling.git' },
    },
    nodes,
  );
  const trees = new Map<NodeId, string>([[builder, maker.builder]]);
  const notes: string[] = [];
  for (const node of makeGraph([...nodes.values()]).nodes.values()) {
    if (node.id === builder) continue;
    const context = contextFor(mkdtempSync(join(folder, 'node-')), trees);
    const done = await perform(node, context, maker);
    if (!done.ok) return done;
    notes.push(...(done.value.notes ?? []));
    trees.set(node.id, context.output);
  }
  const read = async (id: NodeId): Promise<ImageTree> => {
    const tree = await readImageTree(trees.get(id) ?? '');
    if (!tree.ok) throw new Error(JSON.stringify(tree.error));
    return tree.value;
  };
  const parent = (name: string) => read(asNodeId(`image-index ${name} al2`));
  return ok({ tree: await read(index), notes, parent });
}

async function perform(
  node: NodeBase,
  context: TaskContext,
  { address, buildctl }: BaseMaker,
): Promise<Result<Outputs, Failure>> {
  const { kind } = node as RpmsNode | BaseRootNode | ImageIndexNode;
  if (kind === 'rpms')
    return fetchPackages(node as RpmsNode, context, { mirrors: {}, send: createHttpClient({}, undefined) });
  if (kind === 'base-root') {
    const fleet = createFleet({
      builders: Object.fromEntries(basePlatforms.map((platform) => [platform, [{ address }]])),
      caches: { from: [], to: [] },
      environment: { PATH: process.env['PATH'] ?? '' },
      ...{ run: context.run, cwd: context.scratch, now: () => performance.now(), programs: { buildctl } },
    });
    return makeBaseRoot(node as BaseRootNode, context, { fleet });
  }
  const read = await Promise.all(
    (node as ImageIndexNode).images.map((id) => readImageTree(context.tree(id))),
  );
  const trees = read.flatMap((each) => (each.ok ? [each.value] : []));
  const joined = await joinPlatforms(trees, context.output);
  return joined.ok ? ok({}) : joined;
}

function contextFor(folder: string, trees: ReadonlyMap<NodeId, string>): TaskContext {
  const [output, scratch] = [join(folder, 'output'), join(folder, 'scratch')];
  for (const each of [output, scratch]) mkdirSync(each);
  return {
    output,
    scratch,
    run: createRunProcess({ isolation: noIsolation, now: () => performance.now() }),
    tree: (id) => trees.get(id) ?? '',
    progress: () => {},
    signal: new AbortController().signal,
  };
}
