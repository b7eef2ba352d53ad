import { basename, join } from 'node:path';
import { replacePlaceholders } from '../config/project/placeholders.ts';
import type { NodeId } from '../plan/node-base.ts';
import type { GoBuildNode } from '../plan/node-go.ts';
import type { ScriptBuildNode } from '../plan/node-script.ts';
import type { Command } from '../tool/process/process.ts';
import { compileCommand } from './go/build.ts';
import { describePlace, linksOf } from './go/build-place.ts';
import { copyCommands, copyIn, type Folders, generatedCommands, pinnedGo } from './go/command.ts';
import { describeBuild, layCommand, modeOf, replacedBy } from './go/prepare-build.ts';
import { expandPrograms, type NamedProgram } from './go/programs.ts';
import { scriptCommands, scriptFolders, stampText } from './script/command.ts';
import { type FillPlaceholder, factsFiller, readSourceFacts } from './source/facts.ts';

/** A node that compiles. */
export type CompilingNode = GoBuildNode | ScriptBuildNode;

/** What of a node's commands only what it needs can say. */
export interface Known {
  readonly fill: FillPlaceholder;
  /** The programs that its patterns stand for; undefined: they stay patterns. */
  readonly programs: readonly NamedProgram[] | undefined;
  readonly mode: 'vendor' | 'mod' | undefined;
}

/** A command, or what the task does itself between them. */
export type Step =
  | { readonly kind: 'command'; readonly command: Command }
  | { readonly kind: 'file'; readonly path: string; readonly text: string }
  | { readonly kind: 'link'; readonly path: string; readonly target: string }
  | { readonly kind: 'removal'; readonly path: string };

/** Folders under which commands are only shown, and what a machine has at hand for them. */
export interface ShownFolders extends Folders {
  /** Git's folder. */
  readonly git: string;
  readonly buildCache: string;
  /** Of a git that works locally. */
  readonly gitEnv: Readonly<Record<string, string>>;
}

/** What a node's task does, by the functions by which it does it. Empty folders are made on the way. Pure. */
export function stepsOf(node: CompilingNode, known: Known, folders: ShownFolders): readonly Step[] {
  const git = { program: join(folders.git, 'git'), env: folders.gitEnv };
  if (node.kind === 'script-build') {
    const text = stampText(node, known.fill);
    const file =
      text === undefined ? [] : [{ kind: 'file' as const, path: scriptFolders(folders).stamp, text }];
    return [...file, ...scriptCommands(node, folders, known.fill, git.env).map(asStep)];
  }
  const { layout } = node;
  const pinned = pinnedGo(node, folders, git.program);
  const path = pinned.env['PATH'] ?? '';
  const copy = copyIn(folders);
  const place = layout === undefined ? {} : { place: describePlace(layout, copy, folders.scratch) };
  const programs = known.programs ?? node.programs.map(unexpanded);
  const build = describeBuild(node, folders, git.program, { programs, mode: known.mode, ...place });
  const ldflags = replacePlaceholders(node.ldflags.join(' '), known.fill);
  const links = layout === undefined ? [] : linksOf(layout, copy);
  const laid: readonly Step[] =
    known.mode === undefined
      ? []
      : [{ kind: 'removal', path: replacedBy(pinned) }, asStep(layCommand(node, folders, pinned))];
  return [
    ...copyCommands(node.source, folders, path).map(asStep),
    ...generatedCommands(node.generated, folders, path).map(asStep),
    ...laid,
    ...links.map((link) => ({ kind: 'link' as const, ...link })),
    asStep(compileCommand(node, build, ldflags, folders, { git, buildCache: folders.buildCache })),
  ];
}

function asStep(command: Command): Step {
  return { kind: 'command', command };
}

/**
 * What is known of a node whose source, or modules, are there or not.
 * @param tree the folder of a need's output, where it is there.
 * @param unknown what stands for what only the source can say.
 */
export async function knownOf(
  node: CompilingNode,
  tree: (id: NodeId) => string | undefined,
  unknown: FillPlaceholder,
): Promise<Known> {
  const source = tree(node.source);
  const fill = source === undefined ? unknown : factsFiller(await readSourceFacts(source));
  if (node.kind === 'script-build') return { fill, programs: undefined, mode: undefined };
  const modules = tree(node.modules);
  const mode = modules === undefined ? (node.vendors ? 'vendor' : undefined) : await modeOf(node, modules);
  if (source === undefined) return { fill, programs: undefined, mode };
  const programs = await expandPrograms(join(source, 'source', node.module), node.programs);
  return { fill, programs: programs.ok ? programs.value : undefined, mode };
}

function unexpanded({ name, package: path }: GoBuildNode['programs'][number]): NamedProgram {
  return { name: name ?? basename(path), package: path };
}
