import type { Expectation } from '../../config/lock/lock.ts';
import { visibleLines } from '../../core/visible.ts';
import type { BuildNode, Graph } from '../../plan/node.ts';
import { asNodeId, type NodeId } from '../../plan/node-base.ts';
import type { GoBuildNode, ModulesNode, PatchPin, SourceNode } from '../../plan/node-go.ts';
import type { Plan } from '../../plan/plan.ts';
import { type AgainBuild, type AgainModule, againScript } from '../../report/reproduce/again.ts';
import { type PinnedPatches, valuesText } from '../../report/reproduce/again-values.ts';
import { factName } from '../../report/reproduce/shown.ts';
import { pinnedGo, targetEnvironment } from '../../task/go/command.ts';
import { fetchFlags, listArguments, vendorArguments } from '../../task/go/fetch-arguments.ts';
import { committer } from '../../task/source/inputs.ts';
import { markerFiles } from '../../task/source/markers.ts';
import { shownNode } from './commands.ts';

/** A script that does a build without this program, and what of it a release pins. */
export interface Again {
  /** The same for all builds that are done alike. */
  readonly script: string;
  readonly values: string;
}

/**
 * How the programs of a planned project are built by a shell alone, from what its plan says. Undefined where a shell would need more than go commands
 * on a checkout: scripts of upstream's, generated files, a path that has to be the one of upstream's machine, a Go that nobody serves.
 */
export async function againOf(
  { graph, projects }: Pick<Plan, 'graph' | 'projects'>,
  project: string,
  release: string,
): Promise<Again | undefined> {
  const planned = projects.find((each) => each.project === project);
  if (planned?.state.kind !== 'planned') return undefined;
  const builds = planned.state.builds.flatMap((node) => (isPlain(node) ? [node] : []));
  const [first] = builds;
  if (first === undefined || builds.length !== planned.state.builds.length) return undefined;
  const source = nodeOf(graph, first.source, 'source');
  const toolchain = nodeOf(graph, first.toolchain, 'toolchain');
  const official = toolchain && (nodeOf(graph, toolchain.needs[0], 'toolchain') ?? toolchain);
  const isServed = official?.sources.some(({ kind }) => kind === 'module-proxy') === true;
  if (!isServed || source === undefined || !isPlainSource(source)) return undefined;
  const [patches, goPatches] = [pinnedPatches(source.patches), pinnedPatches(toolchain?.patches ?? [])];
  if (patches === 'several' || goPatches === 'several') return undefined;
  const modules = await modulesOf(builds, graph);
  if (modules === undefined) return undefined;
  const { repository, tag, commit } = source;
  const again = {
    script: againScript(modules),
    values: valuesText({
      ...{ project, release, repository, tag, commit, patches, goPatches, committer },
      go: first.goVersion,
      markers: markerFiles(source),
      files: filesOf(planned.locked.checksums?.files ?? [], builds),
    }),
  };
  // Whoever looks at them before they are run has to see all of them.
  return Object.values(again).every((text) => visibleLines(text) === text) ? again : undefined;
}

function nodeOf<K extends BuildNode['kind']>(
  { nodes }: Graph<BuildNode>,
  id: NodeId | undefined,
  kind: K,
): Extract<BuildNode, { kind: K }> | undefined {
  const node = id === undefined ? undefined : nodes.get(id);
  return node?.kind === kind ? (node as Extract<BuildNode, { kind: K }>) : undefined;
}

function isPlain(node: BuildNode): node is GoBuildNode {
  return node.kind === 'go-build' && node.generated === undefined && node.layout === undefined;
}

function isPlainSource({ vendor, override }: SourceNode): boolean {
  return vendor === undefined && override === undefined;
}

/** Undefined where there are none; `several` where they are not of one commit. */
function pinnedPatches(pins: readonly PatchPin[]): PinnedPatches | undefined | 'several' {
  const [first] = pins;
  if (first === undefined) return undefined;
  const { from } = first;
  if (from.kind === 'user') return 'several';
  const { repository, commit } = from;
  const isThere = (pin: PatchPin) => pin.from.kind === 'upstream' && pin.from.commit === commit;
  return pins.every(isThere) ? { repository, commit, files: pins } : 'several';
}

/** Published are files of platforms that nobody builds, too. */
function filesOf(files: readonly Expectation[], builds: readonly GoBuildNode[]): readonly Expectation[] {
  return files.filter(({ platform }) => builds.some((build) => build.platform === platform));
}

async function modulesOf(
  builds: readonly GoBuildNode[],
  graph: Graph<BuildNode>,
): Promise<AgainBuild | undefined> {
  const modules: AgainModule[] = [];
  for (const id of new Set(builds.map((build) => build.modules))) {
    const node = nodeOf(graph, id, 'modules');
    const own = builds.filter((build) => build.modules === id);
    if (
      node === undefined ||
      own.some((build) => JSON.stringify(build.programs) !== JSON.stringify(node.programs))
    )
      return undefined;
    modules.push(await moduleOf(node, own));
  }
  return { modules };
}

async function moduleOf(node: ModulesNode, builds: readonly GoBuildNode[]): Promise<AgainModule> {
  const patterns = node.programs.filter(({ package: path }) => path.includes('*'));
  const named = node.programs.map(({ package: path }) => path).filter((path) => !path.includes('*'));
  const packages = [...named, ...(patterns.length === 0 ? [] : ['$PROGRAMS'])];
  return {
    folder: node.module,
    patterns: patterns.map(({ package: path, except = [] }) => ({ path, except })),
    fetch: fetchOf(node, packages),
    nodes: await Promise.all(builds.map((build) => shownAgain(build, patterns))),
  };
}

/** As `task/go/modules.ts` has it, but for what its user says of where modules come from. */
function fetchOf(node: ModulesNode, packages: readonly string[]): AgainModule['fetch'] {
  const folders = { tree: () => '$TOOLCHAIN', scratch: '$MODULES', output: '$MODULES' };
  const { program, cwd, env } = pinnedGo(node, folders, '$GIT/git');
  // What may be the user's own for a fetch: how to get at a proxy, and what is private.
  const { GOENV: _, HOME: __, PATH: ___, TMPDIR: ____, ...pinned } = env;
  const [platform] = node.platforms;
  const target =
    node.vendors || platform === undefined
      ? {}
      : { ...targetEnvironment(platform), GOOS: '$GOOS', GOARCH: '$GOARCH' };
  const all = {
    ...pinned,
    GOMODCACHE: '$MODULES/gopath/pkg/mod',
    GOCACHE: '$MODULES/go-build',
    ...target,
    GOFLAGS: fetchFlags(node),
  };
  const argv = [program, ...(node.vendors ? vendorArguments : listArguments(node, packages))];
  return {
    argv: argv.map(named),
    cwd,
    env: Object.fromEntries(Object.entries(all).map(([name, value]) => [name, named(value)])),
    ...{ platforms: node.platforms, vendors: node.vendors },
  };
}

const named = (text: string) => text.replaceAll('$TOOLCHAIN/go', '$GOROOT');

/** A program's file, whose name has another ending for windows. */
function withEnding(word: string): string {
  return /^\$OUT\/./.test(word) ? `${word.replace(/\.exe$/, '')}$EXE` : word;
}

/** The commands of a build in which all that a release pins has a name. */
async function shownAgain(node: GoBuildNode, patterns: ModulesNode['programs']) {
  const shown = await shownNode(
    { ...node, id: asNodeId(`go-build${node.module === '.' ? '' : ` ${node.module}`} ${node.platform}`) },
    'go $GO',
    ({ name, length }) => `$${factName(name)}${length === undefined ? '' : `_${length}`}`,
  );
  const [first, ...others] = patterns.map(({ package: path }) => path);
  const steps = shown.steps.map((step) => {
    if (step.kind !== 'command' || step.argv[1] !== 'build') return step;
    const mode = (word: string) => (node.vendors && word === '-mod=vendor' ? '-mod=$MODE' : word);
    const argv = step.argv.filter((word) => !others.includes(word)).map(mode);
    return { ...step, argv: argv.map((word) => (word === first ? '$PROGRAMS' : withEnding(word))) };
  });
  return { ...shown, steps };
}
