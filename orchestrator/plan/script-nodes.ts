import type { Override } from '../config/lock/override.ts';
import type { BuildScripts, GeneratedFiles } from '../config/project/build-scripts.ts';
import { replaceSome } from '../config/project/placeholders.ts';
import { byCodeUnit } from '../core/canonical-json.ts';
import { defined } from '../core/defined.ts';
import type { Failure } from '../core/failure.ts';
import { platformParts } from '../core/platform.ts';
import { asNodeId, type NodeId } from './node-base.ts';
import type { GoBuildNode } from './node-go.ts';
import type { ScriptBuildNode, ScriptedPrograms, ScriptTool } from './node-script.ts';

/** `direct`: go commands of our own; `scripts`: the project's own scripts, where it has any. */
export type BuildMethod = 'direct' | 'scripts';

/** Versions of the machine's programs, by name; one that is not there, or was not looked for, is absent. */
export type ToolVersions = ReadonlyMap<string, string>;

/** How projects with scripts of their own are built. */
export interface ChosenMethod {
  readonly name: BuildMethod;
  readonly tools: ToolVersions;
}

/** The script-build that makes what a go-build makes. */
export function scriptedPrograms(
  build: GoBuildNode,
  scripts: BuildScripts,
  place: string,
  override: Override | undefined,
  tools: ToolVersions,
): ScriptedPrograms {
  const { toolchain, source, platform, title, projects, memory, seconds, goVersion, goFile } = build;
  /** What stands for the placeholders of texts: once, or for each program where one of them is of a program. */
  const valuesFor = (...texts: readonly string[]): readonly Readonly<Record<string, string>>[] =>
    texts.some(isOfProgram) ? programNames(build).map((names) => ({ platform, ...names })) : [{ platform }];
  const environment = Object.entries(scripts.environment).map(([name, text]) => [
    name,
    replaceSome(text, { platform }),
  ]);
  const id = asNodeId(`script-build ${place} ${platform}`);
  return {
    ...{ kind: 'script-build', id, needs: [toolchain, source], title, projects, toolchain, source, platform },
    commands: scripts.commands.map((words) =>
      words.flatMap((word) => valuesFor(word).map((values) => replaceSome(word, values))),
    ),
    tools: toolsOf(scripts.tools, tools),
    environment: { ...Object.fromEntries(environment), ...override?.environment },
    ...defined({
      stamp: scripts.stamp && stampOf(scripts.stamp),
      at: scripts.at === undefined ? undefined : (override?.at ?? scripts.at),
    }),
    outputs: scripts.outputs.flatMap(({ from, to }) =>
      valuesFor(from, to).map((values) => ({ from: replaceSome(from, values), to: replaceSome(to, values) })),
    ),
    ...defined({ memory, seconds, go: goFile === undefined ? undefined : { goFile, goVersion } }),
    compiles: { ...build, id },
  };
}

/** The script-build that makes what a checkout lacks; its output is laid over the checkout. */
export function generatedNode(
  { commands, tools, environment, outputs }: GeneratedFiles,
  {
    project,
    place,
    toolchain,
    source,
  }: {
    readonly project: string;
    readonly place: string;
    readonly toolchain: NodeId;
    readonly source: NodeId;
  },
  versions: ToolVersions,
): ScriptBuildNode {
  return {
    kind: 'script-build',
    id: asNodeId(`script-build ${place} generated`),
    needs: [toolchain, source],
    title: 'generated files',
    projects: [project],
    ...{ toolchain, source, commands, environment, outputs },
    tools: toolsOf(tools, versions),
  };
}

function toolsOf(names: readonly string[], versions: ToolVersions): readonly ScriptTool[] {
  return [...new Set(names)].sort(byCodeUnit).map((name) => {
    const version = versions.get(name);
    return { name, ...defined({ version }) };
  });
}

/** Without members that are there and undefined, as the reader of a recipe may leave them. */
function stampOf({
  file,
  values,
}: NonNullable<BuildScripts['stamp']>): NonNullable<ScriptedPrograms['stamp']> {
  return { ...defined({ file }), values };
}

function isOfProgram(text: string): boolean {
  return /\{(program|file)\}/.test(text);
}

function programNames({ programs, platform }: GoBuildNode): readonly { program: string; file: string }[] {
  const extension = platformParts(platform).os === 'windows' ? '.exe' : '';
  return programs.map(({ name, package: path }) => {
    const program = name ?? path.split('/').at(-1) ?? path;
    return { program, file: `${program}${extension}` };
  });
}

/** What of an override only a go command of our own can be told. */
const directOnly = ['stamps', 'withoutStamps', 'ldflags', 'flags', 'trimpath', 'modules'] as const;

/** Why a project cannot be built by its scripts as an override has it. */
export function whyNotScripted(project: string, override: Override | undefined): Failure | undefined {
  const members: string[] = directOnly.filter((name) => override?.[name] !== undefined);
  if (override?.stamp === 'absent') members.push('stamp: absent');
  if (members.length === 0) return undefined;
  return {
    reason: 'usage',
    message: `What was accepted for ${project} changes ${members.join(', ')}: its own scripts cannot be told that.`,
    help: 'Build it with --method direct.',
  };
}
