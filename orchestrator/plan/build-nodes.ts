import type { Override } from '../config/lock/override.ts';
import { keepsLinkerText } from '../config/project/go-flags.ts';
import type { ProjectBuild } from '../config/project/project.ts';
import { defined } from '../core/defined.ts';
import type { Platform } from '../core/platform.ts';
import { addLaidOut } from './layout-nodes.ts';
import type { BuildNode } from './node.ts';
import { asNodeId, type NodeId } from './node-base.ts';
import type { GoBuildNode, ModulesNode, Program, ToolchainNode } from './node-go.ts';
import type { ProgramNode } from './node-script.ts';
import type { ChosenMethod } from './script-nodes.ts';

/** What Common.mk of aws/eks-distro gave every Go program's linker from December 2021 on; the text was never changed. */
const commonLdflags = ['-s', '-w', '-buildid=', '-extldflags', '-static'];

/** The nodes that a build needs besides its modules. */
interface BuiltFrom {
  readonly toolchain: NodeId;
  readonly source: NodeId;
  readonly override: Override | undefined;
  readonly method: ChosenMethod;
  /** See `GoBuildNode`. */
  readonly goFile?: string;
  /** See `GoBuildNode`. */
  readonly seconds: number | undefined;
  readonly hasLicenses: boolean;
}

/** One build of a recipe: its modules, and a go-build for each platform that is selected. */
export function addBuild(
  project: string,
  build: ProjectBuild,
  mark: string,
  choice: { readonly platforms: readonly Platform[]; readonly isSelected: (platform: Platform) => boolean },
  { toolchain, source, override, method, goFile, seconds, hasLicenses }: BuiltFrom,
  nodes: Map<NodeId, BuildNode>,
): readonly ProgramNode[] {
  const platforms = choice.platforms.filter((platform) => build.platforms?.includes(platform) ?? true);
  const wanted = platforms.filter(choice.isSelected);
  if (wanted.length === 0) return [];
  const place = [project, ...(build.module === '.' ? [] : [build.module])].join(' ') + mark;
  const goVersion = (nodes.get(toolchain) as ToolchainNode).version;
  const { layout } = build;
  if (layout !== undefined) {
    return addLaidOut(
      build,
      wanted,
      {
        ...{ project, place, layout, toolchain, goVersion, source, override, method, goFile, seconds },
        hasLicenses,
      },
      nodes,
    );
  }
  const programs = build.programs.map(toProgram);
  const mode = moduleMode(build.flags, goVersion, override?.modules);
  const trimpath = override?.trimpath === 'no' ? [] : ['-trimpath'];
  const stamp = override?.stamp === 'absent' && minorVersion(goVersion) >= 18 ? ['-buildvcs=false'] : [];
  const flags = [...trimpath, ...mode.flags, ...stamp, ...build.flags];
  const common = {
    projects: [project],
    toolchain,
    source,
    goVersion,
    module: build.module,
    programs,
    vendors: mode.vendors,
  };
  const modules: ModulesNode = {
    ...common,
    kind: 'modules',
    id: asNodeId(`modules ${place}`),
    needs: [toolchain, source],
    title: build.module === '.' ? 'modules' : `modules of ${build.module}`,
    // Those of all platforms: what was selected must not change what a build rests on.
    platforms,
    flags: flags.filter((flag) => /^-(mod|tags)=/.test(flag) && !(mode.vendors && flag.startsWith('-mod='))),
  };
  nodes.set(modules.id, modules);
  const stamps = Object.entries(build.stamps).flatMap(([name, value]) => ['-X', `${name}=${value}`]);
  // make ends `-static $(EXTRA_GO_LDFLAGS)` with a blank where there is nothing in the variable.
  const end = build.ldflags === undefined && stamps.length === 0 && keepsLinkerText(goVersion) ? [''] : [];
  return wanted.map((platform) => {
    const node: GoBuildNode = {
      ...common,
      kind: 'go-build',
      id: asNodeId(`go-build ${place} ${platform}`),
      needs: [toolchain, source, modules.id],
      title: build.module === '.' ? platform : `${build.module} ${platform}`,
      modules: modules.id,
      platform,
      flags,
      ldflags: [...(build.ldflags ?? commonLdflags), ...stamps, ...end],
      environment: override?.environment ?? {},
      ...defined({ seconds }),
    };
    nodes.set(node.id, node);
    return node;
  });
}

/**
 * Upstream ran `go mod vendor` in the patched checkout before each build, so that what it compiled were the modules
 * that go.mod names, whatever stood in a committed `vendor/`. Before Go 1.23, module mode gives the same bytes without
 * the modules that only tests need; from 1.23 on go leaves the sums of modules out of what it builds from `vendor/`
 * (cmd/go/internal/load, setBuildInfo), so that it has to be made. Go 1.13 has no word for module mode, and looks at
 * `vendor/` only where it is told to. A recipe that says `-mod=` itself is left alone.
 */
function moduleMode(
  flags: readonly string[],
  goVersion: string,
  wanted: Override['modules'],
): { readonly vendors: boolean; readonly flags: readonly string[] } {
  const minor = minorVersion(goVersion);
  if (minor < 14 || flags.some((flag) => flag.startsWith('-mod='))) return { vendors: false, flags: [] };
  const vendors = wanted === undefined ? minor >= 23 : wanted === 'vendor';
  return { vendors, flags: [vendors ? '-mod=vendor' : '-mod=mod'] };
}

/** 21 of `1.21.10`. */
function minorVersion(goVersion: string): number {
  return Number(goVersion.split('.')[1]?.match(/^[0-9]+/)?.[0] ?? 0);
}

function toProgram(program: ProjectBuild['programs'][number]): Program {
  return {
    package: program.package,
    ...defined({ name: program.name, except: program.except }),
  };
}
