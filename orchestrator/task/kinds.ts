import type { Digest } from '../core/digest.ts';
import type { Failure } from '../core/failure.ts';
import type { Platform } from '../core/platform.ts';
import type { Result } from '../core/result.ts';
import type { BuildNode } from '../plan/node.ts';
import type { NodeId } from '../plan/node-base.ts';
import { archiveInputs, imageTarInputs, sourceArchiveInputs } from './archive/inputs.ts';
import { baseRootInputs, rpmsInputs } from './base/inputs.ts';
import { cBuildInputs } from './c/inputs.ts';
import { goBuildInputs, modulesInputs } from './go/inputs.ts';
import { baseImageInputs, imageIndexInputs, imageInputs } from './image/inputs.ts';
import { licensesInputs } from './licenses/inputs.ts';
import { scriptBuildInputs } from './script/inputs.ts';
import { checkoutInputs, sourceInputs } from './source/inputs.ts';
import type { Demand, KeyInputs, Outputs, TaskContext } from './task.ts';
import { toolchainInputs } from './toolchain/inputs.ts';
import type { Tools } from './tools.ts';

type Kind = BuildNode['kind'];

/** See `store/inspect-tree.ts`. */
type Depth = 'metadata' | 'content';

/** All that is said of a kind of node anywhere. */
interface KindFacts<N extends BuildNode> {
  /** What a key is made of. Pure. @param host the platform of the machine that builds. */
  readonly inputs: (node: N, needs: ReadonlyMap<NodeId, Digest>, host: Platform) => KeyInputs;
  /** The deed. Its module is loaded when the first node of the kind is run: planning needs none of them. */
  readonly run: (node: N, context: TaskContext, tools: Tools) => Promise<Result<Outputs, Failure>>;
  readonly demand: (node: N) => Demand;
  /** About how long a node takes, for the order in which nodes start; measured on v1-30-eks-5 with two cores. */
  readonly seconds: number;
  /** What its commands may reach: all, the builder's address, or nothing. */
  readonly network: 'all' | 'builder' | 'none';
  /** Done on this machine alone, though no builder is asked: registries as this user, programs of this machine, what is cheap to make of images. */
  readonly isBound?: true;
  /** Whether `--fresh` makes it again: what is compiled or built, and not what is fetched. */
  readonly isRemade: boolean;
  /** See `Depths` of the engine. */
  readonly depths: { readonly ofResult?: Depth; readonly ofNeeds: Depth };
}

/** Of what goes into a compiler: thousands of files. Reading them all would take a second or two before each of many short tasks. */
const asInput = { ofNeeds: 'metadata' } as const;

/** Of what verdicts are about, made of the same: few files, so that a look at them costs nothing. */
const asProgram = { ofResult: 'metadata', ofNeeds: 'metadata' } as const;

/** What goes into an image is compared with nothing afterwards. */
const asImage = { ofResult: 'metadata', ofNeeds: 'content' } as const;

const gibibyte = 1024 ** 3;

/** Peaks of linking, measured on the thirteen plain components: the largest, CoreDNS, stays below 1.5 GiB. */
const linking = 2 * gibibyte;

const fetching = (): Demand => ({ network: 1 });

/** The daemon does the work, which may be elsewhere. */
const building = (): Demand => ({ processor: 1 });

/** The compressor has a thread of its own. */
const packing = (): Demand => ({ processor: 1 });

/** A new kind of node is a row here. */
export const kinds: { readonly [K in Kind]: KindFacts<Extract<BuildNode, { readonly kind: K }>> } = {
  toolchain: {
    inputs: toolchainInputs,
    run: async (...call) => (await import('./toolchain/toolchain.ts')).makeToolchain(...call),
    ...{ demand: fetching, seconds: 15, network: 'all', isRemade: false, depths: asInput },
  },
  source: {
    inputs: sourceInputs,
    run: async (...call) => (await import('./source/source.ts')).makeSource(...call),
    ...{ demand: fetching, seconds: 10, network: 'all', isRemade: false, depths: asInput },
  },
  checkout: {
    inputs: checkoutInputs,
    run: async (...call) => (await import('./source/checkout.ts')).checkOut(...call),
    ...{ demand: fetching, seconds: 5, network: 'all', isRemade: false, depths: asInput },
  },
  modules: {
    inputs: modulesInputs,
    run: async (...call) => (await import('./go/modules.ts')).fetchModules(...call),
    ...{ demand: fetching, seconds: 15, network: 'all', isRemade: false, depths: asInput },
  },
  'go-build': {
    inputs: goBuildInputs,
    run: async (...call) => (await import('./go/build.ts')).buildPrograms(...call),
    demand: ({ memory = linking, goVersion, platform }) => ({
      ...{ processor: 1, memory },
      // Side by side they would compile the same packages twice: neither finds in the build cache what the other is at.
      exclusive: `${goVersion} ${platform}`,
    }),
    ...{ seconds: 40, network: 'none', isRemade: true, depths: asProgram },
  },
  'script-build': {
    inputs: scriptBuildInputs,
    run: async (...call) => (await import('./script/build.ts')).runScripts(...call),
    demand: ({ memory = linking }) => ({ processor: 1, memory }),
    // It shares no build cache with others.
    ...{ seconds: 80, network: 'none', isBound: true, isRemade: true, depths: asProgram },
  },
  'c-build': {
    inputs: cBuildInputs,
    run: async (...call) => (await import('./c/build.ts')).compileProgram(...call),
    ...{ demand: building, seconds: 5, network: 'builder', isRemade: true, depths: asProgram },
  },
  licenses: {
    inputs: licensesInputs,
    run: async (...call) => (await import('./licenses/licenses.ts')).gatherLicenses(...call),
    // It asks go for packages, and compiles nothing.
    demand: () => ({ processor: 1, memory: gibibyte / 2 }),
    ...{ seconds: 5, network: 'none', isRemade: false, depths: asInput },
  },
  'base-image': {
    inputs: baseImageInputs,
    run: async (...call) => (await import('./image/base-image.ts')).pullBase(...call),
    ...{ demand: fetching, seconds: 10, network: 'all', isBound: true, isRemade: false, depths: asInput },
  },
  rpms: {
    inputs: rpmsInputs,
    run: async (...call) => (await import('./base/rpms.ts')).fetchPackages(...call),
    ...{ demand: fetching, seconds: 10, network: 'all', isBound: true, isRemade: false, depths: asInput },
  },
  'base-root': {
    inputs: baseRootInputs,
    run: async (...call) => (await import('./base/root.ts')).makeBaseRoot(...call),
    ...{ demand: building, seconds: 10, network: 'builder', isRemade: true, depths: asImage },
  },
  image: {
    inputs: imageInputs,
    run: async (...call) => (await import('./image/image.ts')).buildImage(...call),
    ...{ demand: building, seconds: 2, network: 'builder', isRemade: true, depths: asImage },
  },
  'image-index': {
    inputs: imageIndexInputs,
    run: async (node, context) => (await import('./image/image-index.ts')).joinImages(node, context),
    ...{ demand: () => ({}), seconds: 1, network: 'none', isBound: true, isRemade: false, depths: asImage },
  },
  archive: {
    inputs: archiveInputs,
    run: async (node, context) => (await import('./archive/archive.ts')).packArchive(node, context),
    ...{ demand: packing, seconds: 3, network: 'none', isRemade: true, depths: asImage },
  },
  'source-archive': {
    inputs: sourceArchiveInputs,
    run: async (...call) => (await import('./archive/source-archive.ts')).archiveSource(...call),
    ...{ demand: packing, seconds: 10, network: 'none', isRemade: true, depths: asImage },
  },
  'image-tar': {
    inputs: imageTarInputs,
    run: async (node, context) => (await import('./archive/image-tar.ts')).tarImage(node, context),
    ...{
      demand: () => ({ processor: 1 }),
      seconds: 1,
      network: 'none',
      isBound: true,
      isRemade: true,
      depths: asImage,
    },
  },
};

/** Whether what another version calls a node is one of a kind that this one knows. */
export function isOfKnownKind({ kind }: { readonly kind: string }): boolean {
  return Object.hasOwn(kinds, kind);
}

/** About how long a node takes: what its recipe says, else what others of its kind take. */
export function secondsOf(node: BuildNode): number {
  return ('seconds' in node ? node.seconds : undefined) ?? factsOf(node).seconds;
}

/** The row of a node's kind. */
export function factsOf<N extends BuildNode>(node: N): KindFacts<N> {
  // A mapped type is not narrowed by the kind that picks from it, but says just that.
  return kinds[node.kind] as unknown as KindFacts<N>;
}
