import type { BuildLayout } from '../config/build-layout.ts';
import type { Override } from '../config/override.ts';
import type { ProjectBuild } from '../config/project.ts';
import type { Platform } from '../core/platform.ts';
import type { BuildNode } from './node.ts';
import { asNodeId, type NodeId } from './node-base.ts';
import type { GoBuildNode, Program } from './node-go.ts';

const mebibyte = 1024 ** 2;

/** What the nodes of a build with a layout of its own have in common. */
export interface LaidOut {
  readonly project: string;
  /** Of the nodes' names, before the platform. */
  readonly place: string;
  readonly layout: BuildLayout;
  readonly toolchain: NodeId;
  readonly goVersion: string;
  readonly source: NodeId;
  readonly override: Override | undefined;
}

/**
 * A go-build for each platform, in a checkout that has all that it needs. A program that is not for a platform is left out
 * of its command.
 */
export function addLaidOut(
  build: ProjectBuild,
  platforms: readonly Platform[],
  { project, place, layout, toolchain, goVersion, source, override }: LaidOut,
  nodes: Map<NodeId, BuildNode>,
): readonly GoBuildNode[] {
  const minor = Number(goVersion.split('.')[1]?.match(/^[0-9]+/)?.[0] ?? 0);
  const trimpath = override?.trimpath === 'no' ? [] : ['-trimpath'];
  const stamp = override?.stamp === 'absent' && minor >= 18 ? ['-buildvcs=false'] : [];
  const flags = [...trimpath, ...stamp, ...build.flags];
  const { at, ...elsewhere } = layout;
  // Go 1.18 is the first to put flags into a program.
  const isShown = minor >= 18 && flags.some((flag) => /\{(checkout|directory)\}/.test(flag));
  const stamps = Object.entries(build.stamps).flatMap(([name, value]) => ['-X', `${name}=${value}`]);
  return platforms.flatMap((platform) => {
    const programs = build.programs
      .filter((program) => program.platforms?.includes(platform) ?? true)
      .map(toProgram);
    if (programs.length === 0) return [];
    const node: GoBuildNode = {
      kind: 'go-build',
      id: asNodeId(`go-build ${place} ${platform}`),
      needs: [toolchain, source],
      title: platform,
      projects: [project],
      toolchain,
      source,
      modules: source,
      goVersion,
      module: build.module,
      platform,
      programs,
      vendors: false,
      flags,
      ldflags: [...(build.ldflags ?? []), ...stamps],
      environment: override?.environment ?? {},
      layout: isShown && at !== undefined ? layout : elsewhere,
      ...(build.memory === undefined ? {} : { memory: build.memory * mebibyte }),
    };
    nodes.set(node.id, node);
    return [node];
  });
}

function toProgram({ name, package: path }: ProjectBuild['programs'][number]): Program {
  return { package: path, ...(name === undefined ? {} : { name }) };
}
