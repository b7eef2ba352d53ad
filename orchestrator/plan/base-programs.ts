import type { BaseImage } from '../config/base/base-image.ts';
import type { Platform } from '../core/platform.ts';
import type { BuildNode } from './node.ts';
import { asNodeId, type NodeId } from './node-base.ts';
import type { CheckoutNode, GoBuildNode, ModulesNode } from './node-go.ts';
import type { PlacedProgram } from './node-image.ts';
import { addToolchain, type GivenToolchain } from './toolchain-nodes.ts';

/** Where the programs come from that no package brings. */
export interface BuildTooling {
  readonly repository: string;
  readonly toolchains?: ReadonlyMap<string, GivenToolchain>;
}

type WantedProgram = BaseImage['programs'][number];

/** Adds what builds the programs of a base image, for all its platforms, and says by platform where they come to be. */
export function addPrograms(
  image: string,
  programs: readonly WantedProgram[],
  {
    platforms,
    buildTooling,
  }: { readonly platforms: readonly Platform[]; readonly buildTooling: BuildTooling },
  nodes: Map<NodeId, BuildNode>,
): ReadonlyMap<Platform, readonly PlacedProgram[]> {
  const placed = new Map<Platform, PlacedProgram[]>(platforms.map((platform) => [platform, []]));
  for (const program of programs) {
    for (const build of addProgram(image, program, platforms, buildTooling, nodes)) {
      placed.get(build.platform)?.push({
        from: build.id,
        file: build.programs[0]?.name ?? '',
        path: program.path,
      });
    }
  }
  return placed;
}

/** Go programs as EKS Distro's builder images have them: without cgo, paths, symbols and stamps. */
function addProgram(
  image: string,
  { path, commit, module, package: pattern, go, ldflags }: WantedProgram,
  platforms: readonly Platform[],
  { repository, toolchains }: BuildTooling,
  nodes: Map<NodeId, BuildNode>,
): readonly GoBuildNode[] {
  const source = asNodeId(`checkout ${module} ${commit.slice(0, 12)}`);
  const checkout: CheckoutNode = {
    ...{ kind: 'checkout', id: source, needs: [], title: module, projects: [], repository, commit },
    folder: module,
  };
  nodes.set(source, checkout);
  const toolchain = addToolchain(
    { version: go, flavour: 'official', patches: [] },
    image,
    nodes as Map<NodeId, BuildNode>,
    toolchains,
  );
  const name = path.slice(path.lastIndexOf('/') + 1);
  const place = `${name} ${commit.slice(0, 12)}`;
  const common = {
    projects: [],
    toolchain,
    source,
    goVersion: go,
    module,
    programs: [{ name, package: pattern }],
    vendors: false,
  };
  const modules: ModulesNode = {
    ...common,
    kind: 'modules',
    id: asNodeId(`modules ${place}`),
    needs: [toolchain, source],
    title: `modules of ${name}`,
    platforms,
    flags: [],
  };
  nodes.set(modules.id, modules);
  return platforms.map((platform) => {
    const node: GoBuildNode = {
      ...common,
      kind: 'go-build',
      id: asNodeId(`go-build ${place} ${platform}`),
      needs: [toolchain, source, modules.id],
      title: `${name} ${platform}`,
      modules: modules.id,
      platform,
      flags: ['-trimpath'],
      ldflags,
      environment: {},
    };
    nodes.set(node.id, node);
    return node;
  });
}
