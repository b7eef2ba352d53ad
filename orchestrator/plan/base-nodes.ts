import type { BaseImage, RootfsPart } from '../config/base/base-image.ts';
import type { BaseLock, LockedPackage } from '../config/base/base-lock.ts';
import type { SigningKey } from '../config/base/distribution.ts';
import { architectures, type DistributionName } from '../config/base/distribution.ts';
import { byCodeUnit } from '../core/canonical-json.ts';
import { defined } from '../core/defined.ts';
import type { Platform } from '../core/platform.ts';
import { addPrograms, type BuildTooling } from './base-programs.ts';
import type { BuildNode } from './node.ts';
import { asNodeId, type NodeId } from './node-base.ts';
import type { BaseRootNode, ImageIndexNode, PlacedProgram, RpmsNode } from './node-image.ts';

/** A base image as its folder has it, with the one that it stands on. */
export interface WantedBase {
  readonly name: string;
  readonly definition: BaseImage;
  readonly lock: BaseLock;
  readonly parent?: WantedBase;
}

export interface BasePlanning {
  readonly platforms: readonly Platform[];
  readonly dockerfile: string;
  /** The `base-image` node of the distribution's own image: in the graph already. */
  readonly builder: NodeId;
  /** Where the keys of the locks can be had: of the settings, paths made absolute. */
  readonly keys: readonly SigningKey[];
  readonly signatures: BaseRootNode['signatures'];
  readonly buildTooling: BuildTooling;
}

/**
 * Adds the nodes of a base image and of what it stands on, and gives the node of its index. What is there is left alone.
 * @throws Error where the lock names a key that nobody has, or the definition lacks the distribution: the caller has checked both.
 */
export function planBaseImage(
  wanted: WantedBase,
  planning: BasePlanning,
  nodes: Map<NodeId, BuildNode>,
): NodeId {
  const { name, lock } = wanted;
  const place = `${name} ${lock.distribution}`;
  const index = asNodeId(`image-index ${place}`);
  if (nodes.has(index)) return index;
  if (wanted.parent !== undefined) planBaseImage(wanted.parent, planning, nodes);
  const programs = addPrograms(name, wanted.definition.programs, planning, nodes);
  const images = [...planning.platforms].sort(byCodeUnit).map((platform) => {
    return addRoot(wanted, platform, planning, programs.get(platform) ?? [], nodes);
  });
  const node: ImageIndexNode = {
    ...{ kind: 'image-index', id: index, needs: images, title: place, projects: [], image: name, images },
  };
  nodes.set(index, node);
  return index;
}

function addRoot(
  wanted: WantedBase,
  platform: Platform,
  planning: BasePlanning,
  programs: readonly PlacedProgram[],
  nodes: Map<NodeId, BuildNode>,
): NodeId {
  const { name, definition, lock, parent } = wanted;
  const place = `${name} ${lock.distribution} ${platform}`;
  const rpms = addPackages(wanted, platform, planning, nodes);
  const base = parent === undefined ? undefined : rootId(parent, platform);
  const needs = [planning.builder, rpms, base, ...programs.map(({ from }) => from)];
  const node: BaseRootNode = {
    kind: 'base-root',
    id: asNodeId(`base-root ${place}`),
    needs: [...new Set(needs.filter((each) => each !== undefined))],
    title: place,
    projects: [],
    image: name,
    platform,
    dockerfile: planning.dockerfile,
    builder: planning.builder,
    ...defined({ rpms, parent: base }),
    keys: keysOf(wanted, planning).filter((id) => !keysOf(parent, planning).includes(id)),
    signatures: planning.signatures,
    rootfs: [...(rpms === undefined && programs.length === 0 ? [] : inherited(parent)), ...ownRules(wanted)],
    programs,
    user: definition.user,
    env: definition.env,
  };
  nodes.set(node.id, node);
  return node.id;
}

function ownRules({ name, definition, lock }: WantedBase): readonly RootfsPart[] {
  return [definition.rootfs, distributionOf(definition, lock.distribution, name).rootfs];
}

/** What holds on for what is added on top: what no image wants of packages, and that their libraries are found. */
function inherited(parent: WantedBase | undefined): readonly RootfsPart[] {
  if (parent === undefined) return [];
  const own = ownRules(parent).map(({ remove, keep, linkerCache }): RootfsPart => {
    const nothing = { linksFirst: [], directories: [], trust: [], links: [], alternatives: [], files: [] };
    return { ...nothing, remove, keep, linkerCache };
  });
  return [...inherited(parent.parent), ...own];
}

function rootId({ name, lock }: WantedBase, platform: Platform): NodeId {
  return asNodeId(`base-root ${name} ${lock.distribution} ${platform}`);
}

function addPackages(
  { name, lock, parent }: WantedBase,
  platform: Platform,
  { keys }: BasePlanning,
  nodes: Map<NodeId, BuildNode>,
): NodeId | undefined {
  const has = new Set(packagesOf(parent?.lock, platform).map(({ sha256 }) => sha256));
  const added = packagesOf(lock, platform).filter(({ sha256 }) => !has.has(sha256));
  if (added.length === 0) return undefined;
  const place = `${name} ${lock.distribution} ${platform}`;
  const node: RpmsNode = {
    kind: 'rpms',
    id: asNodeId(`rpms ${place}`),
    needs: [],
    title: `packages of ${place}`,
    projects: [],
    packages: added.map(({ url, sha256, size, ...each }) => {
      return { name: `${each.name}-${each.version}-${each.release}.${each.arch}`, url, sha256, size };
    }),
    keys: lock.keys.map(({ id, sha256 }) => {
      const key = keys.find((each) => each.id === id);
      if (key === undefined) throw new Error(`nobody has the key ${id} of ${place}`);
      return { id, from: key.from, sha256 };
    }),
  };
  nodes.set(node.id, node);
  return node.id;
}

function packagesOf(lock: BaseLock | undefined, platform: Platform): readonly LockedPackage[] {
  const architecture = (architectures as Readonly<Record<Platform, keyof BaseLock['packages']>>)[platform];
  return (architecture === undefined ? undefined : lock?.packages[architecture]) ?? [];
}

/**
 * The keys that an image's database of packages has. Where packages need no signatures, they may come from a repository whose
 * keys are not those that the definition names: then only those of the lock.
 */
function keysOf(
  wanted: WantedBase | undefined,
  planning: Pick<BasePlanning, 'signatures'>,
): readonly string[] {
  if (wanted === undefined) return [];
  const { name, definition, lock, parent } = wanted;
  const locked = new Set(lock.keys.map(({ id }) => id));
  const { keys } = distributionOf(definition, lock.distribution, name);
  const own = planning.signatures === 'absent' ? keys.filter((id) => locked.has(id)) : keys;
  return [...keysOf(parent, planning), ...own];
}

function distributionOf(definition: BaseImage, distribution: DistributionName, name: string) {
  const part = definition.distributions[distribution];
  if (part === undefined) throw new Error(`${name} is not made of ${distribution}`);
  return part;
}
