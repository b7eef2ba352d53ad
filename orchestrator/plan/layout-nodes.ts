import type { Override } from '../config/lock/override.ts';
import type { BuildLayout } from '../config/project/build-layout.ts';
import type { ProjectBuild } from '../config/project/project.ts';
import { defined } from '../core/defined.ts';
import type { Platform } from '../core/platform.ts';
import type { BuildNode } from './node.ts';
import { asNodeId, type NodeId } from './node-base.ts';
import type { GoBuildNode, Program } from './node-go.ts';
import type { ProgramNode } from './node-script.ts';
import { type ChosenMethod, generatedNode, scriptedPrograms } from './script-nodes.ts';

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
  readonly method: ChosenMethod;
  readonly goFile: string | undefined;
  /** See `GoBuildNode`. */
  readonly seconds: number | undefined;
  /** Whether images or archives are planned, which hold licences. */
  readonly hasLicenses: boolean;
}

/**
 * A go-build for each platform, in a checkout that has all that it needs, or a script-build in its place where that is the
 * method. A program that is not for a platform is left out of its command.
 */
export function addLaidOut(
  build: ProjectBuild,
  platforms: readonly Platform[],
  {
    project,
    place,
    layout,
    toolchain,
    goVersion,
    source,
    override,
    method,
    goFile,
    seconds,
    hasLicenses,
  }: LaidOut,
  nodes: Map<NodeId, BuildNode>,
): readonly ProgramNode[] {
  const minor = Number(goVersion.split('.')[1]?.match(/^[0-9]+/)?.[0] ?? 0);
  const trimpath = override?.trimpath === 'no' ? [] : ['-trimpath'];
  const stamp = override?.stamp === 'absent' && minor >= 18 ? ['-buildvcs=false'] : [];
  const flags = [...trimpath, ...stamp, ...build.flags];
  const { at, ...elsewhere } = layout;
  // Go 1.18 is the first to put flags into a program.
  const isShown = minor >= 18 && flags.some((flag) => /\{(checkout|directory)\}/.test(flag));
  const stamps = Object.entries(build.stamps).flatMap(([name, value]) => ['-X', `${name}=${value}`]);
  const { generated, scripts } = build;
  const isScripted = method.name === 'scripts' && scripts !== undefined;
  const files =
    generated === undefined
      ? undefined
      : generatedNode(generated, { project, place, toolchain, source }, method.tools);
  return platforms.flatMap((platform) => {
    const programs = build.programs
      .filter((program) => program.platforms?.includes(platform) ?? true)
      .map(toProgram);
    if (programs.length === 0) return [];
    const direct: GoBuildNode = {
      kind: 'go-build',
      id: asNodeId(`go-build ${place} ${platform}`),
      needs: [toolchain, source, ...(files === undefined ? [] : [files.id])],
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
      layout: isShown && at !== undefined ? { ...layout, at: override?.at ?? at } : elsewhere,
      ...defined({ generated: files?.id, goFile, memory: build.memory && build.memory * mebibyte, seconds }),
    };
    // Scripts make them for themselves; licences are of what a go command lists that has them too.
    if (files !== undefined && (!isScripted || hasLicenses)) nodes.set(files.id, files);
    const node = isScripted ? scriptedPrograms(direct, scripts, place, override, method.tools) : direct;
    nodes.set(node.id, node);
    return [node];
  });
}

function toProgram({ name, package: path }: ProjectBuild['programs'][number]): Program {
  return { package: path, ...defined({ name }) };
}
