import { join } from 'node:path';
import { chainOf } from '../../config/base/base-image-chain.ts';
import type { BaseLock } from '../../config/base/base-lock.ts';
import { type DistributionName, distributionOf } from '../../config/base/distribution.ts';
import { nearestNames } from '../../config/nearest.ts';
import { defined } from '../../core/defined.ts';
import type { Failure } from '../../core/failure.ts';
import { parseImageReference } from '../../core/image-reference.ts';
import type { Platform } from '../../core/platform.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { type BasePlanning, planBaseImage, type WantedBase } from '../../plan/base-nodes.ts';
import { imagePlatforms } from '../../plan/image-nodes.ts';
import type { BaseChoice } from '../../plan/images.ts';
import type { BuildNode } from '../../plan/node.ts';
import { asNodeId, type NodeId } from '../../plan/node-base.ts';
import type { BaseImageNode } from '../../plan/node-image.ts';
import { type LoadedBaseImage, loadBaseImages, loadBaseLock } from '../../rpm/repository/load-base-images.ts';
import { readText, sizeLimit } from '../../tool/file/read-file.ts';
import { type ChosenNames, chooseNames } from '../../workspace/choose-names.ts';
import { shownPath } from '../../workspace/shown-path.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import type { ResolveTag } from './base-choices.ts';
import { givenToolchains } from './given-toolchains.ts';
import { withLastAnswer } from './last-answer.ts';
import { once } from './once.ts';

/** Base images of our own that can be planned. */
export interface OwnBases {
  /** Those that words of the command line mean. Errors: those of `chooseNames`. */
  choose(words: readonly string[]): Result<ChosenNames<string>, Failure>;
  /**
   * Adds the nodes of one to a graph. Gives its index. Errors: `usage` where it has no lock, or one that does not fit; those of
   * `givenToolchains` and of resolving the distribution's own image, which is done when the first is wanted.
   */
  add(name: string, nodes: Map<NodeId, BuildNode>): Promise<Result<NodeId, Failure>>;
  /** The same for images that stand on it. */
  choice(name: string): Promise<BaseChoice>;
}

export interface OwnBaseOptions {
  readonly distribution: DistributionName;
  readonly platforms: readonly Platform[];
  /** What the tag of the distribution's own image points at. */
  readonly resolve: ResolveTag;
}

/** Reads the base images that this workspace can make on a distribution. Errors: those of `loadBaseImages`. */
export async function openOwnBases(
  workspace: Workspace,
  { distribution, platforms, resolve }: OwnBaseOptions,
  host: Host,
): Promise<Result<OwnBases, Failure>> {
  const places = { searchPath: workspace.searchPath, shown: (path: string) => shownPath(path, host.cwd) };
  const loaded = await loadBaseImages(places);
  if (!loaded.ok) return loaded;
  const planning = once(() =>
    planningOf(workspace, loaded.value, { distribution, platforms, resolve }, host),
  );
  const lockOf = (name: string) => loadBaseLock(places, name, distribution);
  const prepare = async (
    name: string,
  ): Promise<Result<(nodes: Map<NodeId, BuildNode>) => NodeId, Failure>> => {
    const base = await wantedBase(name, loaded.value, distribution, lockOf);
    if (!base.ok) return base;
    const misfit = whyNoKey(base.value, distributionOf(distribution, workspace.distributions));
    if (misfit !== undefined) return err(misfit);
    const planned = await planning();
    if (!planned.ok) return planned;
    const { builder, ...rest } = planned.value;
    return ok((nodes) => {
      nodes.set(builder.id, builder);
      return planBaseImage(base.value, { ...rest, builder: builder.id }, nodes);
    });
  };
  return ok({
    choose(words) {
      const all = namesOn(distribution, loaded.value);
      return chooseNames(words, { option: 'NAME', all, unknown: (name) => noBase(name, all, distribution) });
    },
    async add(name, nodes) {
      const addAll = await prepare(name);
      return addAll.ok ? ok(addAll.value(nodes)) : addAll;
    },
    async choice(name) {
      const addAll = await prepare(name);
      if (!addAll.ok) return { kind: 'unavailable', failure: addAll.error };
      return {
        ...{ kind: 'built', distribution },
        add(platform, nodes) {
          addAll.value(nodes);
          return asNodeId(`base-root ${name} ${distribution} ${platform}`);
        },
      };
    },
  });
}

async function planningOf(
  workspace: Workspace,
  images: ReadonlyMap<string, LoadedBaseImage>,
  { distribution, platforms, resolve }: OwnBaseOptions,
  host: Host,
): Promise<Result<Omit<BasePlanning, 'builder'> & { readonly builder: BaseImageNode }, Failure>> {
  const { keys, signatures, builder } = distributionOf(distribution, workspace.distributions);
  const reference = parseImageReference(builder);
  if ('why' in reference) throw new Error(`${builder} ${reference.why}: the settings were not checked`);
  const remembered = withLastAnswer(resolve, workspace.cache, host);
  const digest = reference.digest === undefined ? await remembered(reference) : ok(reference.digest);
  if (!digest.ok) return digest;
  const versions = [...images.values()].flatMap(({ image }) => image.programs.map(({ go }) => go));
  const toolchains = await givenToolchains(workspace, versions, undefined, host.platform);
  if (!toolchains.ok) return toolchains;
  const dockerfile = await dockerfileIn(workspace.searchPath);
  if (!dockerfile.ok) return dockerfile;
  return ok({
    platforms,
    dockerfile: dockerfile.value,
    builder: {
      kind: 'base-image',
      id: asNodeId(`base-image builder ${distribution}`),
      needs: [],
      title: `${builder.split('@')[0]}`,
      projects: [],
      reference: { ...reference, digest: digest.value },
      platforms: imagePlatforms,
    },
    keys,
    signatures,
    buildTooling: { repository: workspace.buildTooling, toolchains: toolchains.value },
  });
}

/** One for all base images. Errors: `configuration`. @throws Error where the package lacks it. */
async function dockerfileIn(searchPath: readonly string[]): Promise<Result<string, Failure>> {
  for (const place of searchPath) {
    const file = join(place, 'base-images', 'Dockerfile');
    const text = await readText(file, { limit: sizeLimit.byHand }, file);
    if (!text.ok) return err({ reason: 'configuration', diagnostics: [text.error] });
    if (text.value !== undefined) return ok(text.value);
  }
  throw new Error('base-images/Dockerfile is not in the package');
}

function namesOn(
  distribution: DistributionName,
  images: ReadonlyMap<string, LoadedBaseImage>,
): readonly string[] {
  return [...images].flatMap(([name, { image }]) =>
    image.distributions[distribution] === undefined ? [] : [name],
  );
}

function noBase(name: string, names: readonly string[], distribution: DistributionName): Failure {
  const help = `The base images on ${distribution} are ${names.join(', ')}.`;
  return { reason: 'unknown-name', what: 'base image', name, nearest: nearestNames(name, names), help };
}

async function wantedBase(
  name: string,
  images: ReadonlyMap<string, LoadedBaseImage>,
  distribution: DistributionName,
  lockOf: (name: string) => Promise<Result<BaseLock | undefined, Failure>>,
): Promise<Result<WantedBase, Failure>> {
  if (images.get(name)?.image.distributions[distribution] === undefined) {
    return err(noBase(name, namesOn(distribution, images), distribution));
  }
  let below: WantedBase | undefined;
  for (const [each, { image }] of [...chainOf(images, name)].reverse()) {
    const lock = await lockOf(each);
    if (!lock.ok) return lock;
    if (lock.value === undefined) {
      const message = `The base image ${each} has no lock on ${distribution}.`;
      const help = `"eksd-rebuild base refresh ${each} --distribution ${distribution}" writes one from the packages of today.`;
      return err({ reason: 'usage', message, help });
    }
    const misfit = below === undefined ? undefined : whyNoFit(each, lock.value, below);
    if (misfit !== undefined) return err(misfit);
    below = {
      name: each,
      definition: image,
      lock: lock.value,
      ...defined({ parent: below }),
    };
  }
  if (below === undefined) throw new Error(`no chain of ${name}`);
  return ok(below);
}

/**
 * The keys of a lock must be where the settings say, and among them those that the definitions want in the image. A lock
 * without keys leaves both to the builder image.
 */
function whyNoKey(
  { name, definition, lock, parent }: WantedBase,
  planning: Pick<BasePlanning, 'keys' | 'signatures'>,
): Failure | undefined {
  const { distribution, keys: locked } = lock;
  const lost = locked.find(({ id, sha256 }) => {
    return !planning.keys.some((key) => key.id === id && key.sha256 === sha256);
  });
  if (lost !== undefined) {
    const message = `The lock of ${name} on ${distribution} has the key ${lost.id}, which the settings do not name with that SHA-256.`;
    const help = `Name it below distributions.${distribution}.keys, or refresh the lock.`;
    return { reason: 'usage', message, help };
  }
  const wanted = planning.signatures === 'absent' ? [] : (definition.distributions[distribution]?.keys ?? []);
  const missing = locked.length === 0 ? undefined : wanted.find((id) => locked.every((key) => key.id !== id));
  if (missing !== undefined) {
    const message = `${name} on ${distribution} is to have the key ${missing}, which is none of those in its lock.`;
    const help = `Name it below distributions.${distribution}.keys of the settings and refresh the lock; a repository of your own without signatures is declared there by "signatures: absent".`;
    return { reason: 'usage', message, help };
  }
  return parent === undefined ? undefined : whyNoKey(parent, planning);
}

/** What an image adds is installed beside the packages of its parent, so both locks must have these alike. */
function whyNoFit(name: string, lock: BaseLock, parent: WantedBase): Failure | undefined {
  for (const [architecture, packages] of Object.entries(parent.lock.packages)) {
    const here = new Set(
      lock.packages[architecture as keyof BaseLock['packages']]?.map(({ sha256 }) => sha256),
    );
    const other = packages.find(({ sha256 }) => !here.has(sha256));
    if (other === undefined) continue;
    const message = `The locks of ${name} and of ${parent.name}, which it stands on, have ${other.name} in two versions.`;
    return {
      reason: 'usage',
      message,
      help: `Refresh both together: eksd-rebuild base refresh ${parent.name} ${name}`,
    };
  }
  return undefined;
}
