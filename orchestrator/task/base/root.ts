import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { byCodeUnit } from '../../core/canonical-json.ts';
import { defined } from '../../core/defined.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { blobFile, imageFor, readImageTree } from '../../oci/image/image-tree.ts';
import { linkBlob, writeLayout } from '../../oci/image/write-layout.ts';
import type { BaseRootNode } from '../../plan/node-image.ts';
import type { Fleet } from '../../tool/buildkit/fleet.ts';
import { type Layout, layOut } from '../image/lay-out.ts';
import type { Outputs, TaskContext } from '../task.ts';
import { writeArchive } from './archive.ts';
import { runBaseBuild } from './build.ts';
import { writeInstallContext } from './context.ts';
import type { RootEntries } from './entry.ts';
import { normaliseDatabase, readInstallation } from './install.ts';
import { addedEntries, datedEntries } from './layer.ts';
import { linkerCache } from './linker-cache.ts';
import { applyRules, fileEntry, mergeRules, place } from './rules.ts';

export interface BaseRootOptions {
  readonly fleet: Fleet;
}

/** What an image is made on. */
interface Ground {
  /** Seconds since 1970: when the youngest of its packages was built, and no less than its parent has. */
  readonly epoch: number;
  readonly parent: Layout | undefined;
}

/**
 * A base image of one platform: packages installed by their distribution's own rpm in a stage of BuildKit, on whatever
 * processor; what the image declares done to that; the difference to its parent as one layer. Neither day nor machine
 * shows in it: rpm's database is written anew (`rpm-database.ts`), and so is the archive of the layer.
 * Errors: `usage` where a package has no signature or what is declared cannot be done; those of the fleet.
 */
export async function makeBaseRoot(
  node: BaseRootNode,
  context: TaskContext,
  { fleet }: BaseRootOptions,
): Promise<Result<Outputs, Failure>> {
  const parent = await readParent(node, context);
  if (!parent.ok) return parent;
  const folder = join(context.scratch, 'packages');
  const rpms = node.rpms === undefined ? undefined : context.tree(node.rpms);
  const youngest = await writeInstallContext(node, rpms, folder);
  if (!youngest.ok) return youngest;
  const ground: Ground = {
    epoch: Math.max(youngest.value, parent.value?.epoch ?? 0),
    parent: parent.value?.layout,
  };
  const made = isPlain(node)
    ? ok({ layer: new Map(), notes: [] })
    : await makeLayer(node, folder, ground, context, fleet);
  if (!made.ok) return made;
  const notes = await makeImage(node, made.value.layer, ground, context, fleet);
  return notes.ok ? ok({ notes: [...made.value.notes, ...notes.value] }) : notes;
}

/** Whether it differs from its parent by its configuration only. */
function isPlain({ rpms, programs, rootfs }: BaseRootNode): boolean {
  const saysNothing = (value: unknown): boolean =>
    Array.isArray(value) ? value.length === 0 : value === false;
  return (
    rpms === undefined &&
    programs.length === 0 &&
    rootfs.every((rules) => Object.values(rules).every(saysNothing))
  );
}

async function readParent(
  node: BaseRootNode,
  context: TaskContext,
): Promise<Result<{ readonly layout: Layout; readonly epoch: number } | undefined, Failure>> {
  if (node.parent === undefined) return ok(undefined);
  const tree = await readImageTree(context.tree(node.parent), node.parent, { isPartial: true });
  if (!tree.ok) return tree;
  const image = imageFor(tree.value, node.platform);
  if (image === undefined) {
    const message = `The image that ${node.image} stands on is not for ${node.platform}.`;
    return err({ reason: 'usage', message, help: 'Check the platforms of its parent.' });
  }
  const layout = await layOut(tree.value, image.descriptor.digest, join(context.scratch, 'parent'));
  const created = Date.parse(image.config.created ?? '');
  return ok({ layout, epoch: Number.isFinite(created) ? Math.floor(created / 1000) : 0 });
}

interface Made {
  readonly layer: RootEntries;
  readonly notes: readonly string[];
}

async function makeLayer(
  node: BaseRootNode,
  folder: string,
  { epoch, parent }: Ground,
  context: TaskContext,
  fleet: Fleet,
): Promise<Result<Made, Failure>> {
  const { dockerfile, platform, programs } = node;
  const source = await readImageTree(context.tree(node.builder), node.builder, { isPartial: true });
  if (!source.ok) return source;
  const { digest } = source.value.descriptor;
  const builder = await layOut(source.value, digest, join(context.scratch, 'builder'));
  context.progress('installing packages');
  const layouts = { builder, ...defined({ parent }) };
  const order = { step: 'install', dockerfile, context: folder, epoch, layouts } as const;
  const built = await runBaseBuild(node, order, context, fleet);
  if (!built.ok) return built;
  const installed = await readInstallation(built.value.tree, context.scratch, context.signal);
  if (!installed.ok) return installed;
  const { before, after, trust, databasePath, messages } = installed.value;
  if (node.rpms !== undefined) {
    const done = await normaliseDatabase(after, databasePath, epoch, context.scratch);
    if (!done.ok) return done;
  }
  for (const { from: id, file, path } of programs) {
    const program = fileEntry(await readFile(join(context.tree(id), file)), 0o755, epoch);
    const placed = place(after, path, program, epoch);
    if (!placed.ok) return placed;
  }
  const applied = await applyRules(after, mergeRules(node.rootfs), {
    epoch,
    trust,
    linkerCache: (entries) => linkerCache(entries, platform),
  });
  if (!applied.ok) return applied;
  const layer = addedEntries(before, datedEntries(after, epoch));
  const said = messages.map((line) => `rpm said of ${node.image} for ${platform}: ${line}`);
  return layer.ok ? ok({ layer: layer.value, notes: said }) : layer;
}

async function makeImage(
  node: BaseRootNode,
  layer: RootEntries,
  { epoch, parent }: Ground,
  context: TaskContext,
  fleet: Fleet,
): Promise<Result<readonly string[], Failure>> {
  const folder = join(context.scratch, 'layer');
  await mkdir(folder);
  if (layer.size > 0) await writeArchive(layer, join(folder, 'layer.tar'));
  const order = {
    ...({ step: 'image', context: folder, epoch } as const),
    dockerfile: dockerfileOf(node, layer.size > 0),
    layouts: parent === undefined ? {} : { parent },
  };
  const built = await runBaseBuild(node, order, context, fleet);
  if (!built.ok) return built;
  const { tree, notes } = built.value;
  for (const each of [...tree.blobs, ...tree.documents]) {
    await linkBlob(blobFile(tree, each), context.output, each);
  }
  await writeLayout(context.output, tree.descriptor);
  return ok(notes);
}

/** Nothing is run for it: an archive that ADD unpacks is a layer with the same members. */
function dockerfileOf({ parent, env, user }: BaseRootNode, hasLayer: boolean): string {
  const lines = [
    `FROM ${parent === undefined ? 'scratch' : 'parent'}`,
    ...(hasLayer ? ['ADD layer.tar /'] : []),
    ...Object.entries(env)
      .sort(([a], [b]) => byCodeUnit(a, b))
      .map(([name, value]) => `ENV ${name}="${value.replace(/["\\$]/g, '\\$&')}"`),
    ...(user === undefined ? [] : [`USER ${user}`]),
  ];
  return `${lines.join('\n')}\n`;
}
