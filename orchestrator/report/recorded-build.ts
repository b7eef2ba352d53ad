import type { ReportJson } from './report-json.ts';

export type ProjectJson = ReportJson['projects'][number];
export type FileJson = ProjectJson['files'][number];
export type NodeJson = ReportJson['nodes'][number];
export type CommandJson = NodeJson['commands'][number];

/** What a report recorded of how a file was built. */
export interface RecordedBuild {
  readonly toolchain: NodeJson;
  /** The toolchain that it is made of by patches, where it is. */
  readonly official: NodeJson | undefined;
  readonly source: NodeJson;
  /** The go commands that fetched modules, those that succeeded. */
  readonly fetches: readonly CommandJson[];
  /** The go command that compiled, for this file alone where it made others, too. */
  readonly compile: CommandJson;
  /**
   * Where the modules came from: the module cache; `go mod vendor`; the `vendor` folder that the project committed,
   * because a module was gone.
   */
  readonly modules: 'cache' | 'vendor' | 'committed-vendor';
}

/** Undefined where no command that compiles it is recorded: the run did not come to it, or there is no recipe. */
export function recordedBuild(report: ReportJson, file: FileJson): RecordedBuild | undefined {
  const node = report.nodes.find(({ id }) => id === file.node);
  const compile = node?.commands.find(({ argv }) => isPinnedGo(argv) && argv[1] === 'build');
  const needs = new Set(node?.needs.map((need) => need.node));
  const needed = (kind: string) => report.nodes.find((each) => each.kind === kind && needs.has(each.id));
  const [toolchain, source, modules] = ['toolchain', 'source', 'modules'].map(needed);
  if (node === undefined || compile === undefined || toolchain === undefined || source === undefined)
    return undefined;
  // Its folder is one that the build made for itself: a link, or upstream's own path.
  if (compile.env['PWD'] !== undefined && compile.cwd !== '$SCRATCH/source') return undefined;
  const fetches = (modules?.commands ?? []).filter(
    ({ argv, exitCode }) => isPinnedGo(argv) && exitCode === 0,
  );
  const isVendored = fetches.some(({ argv }) => argv[1] === 'mod');
  const isCommitted = node.commands.some(({ argv }) => argv[0] === 'cp' && argv[2]?.endsWith('/module/.'));
  return {
    toolchain,
    official: report.nodes.find(({ id }) => id === toolchain.needs[0]?.node),
    source,
    fetches,
    compile: { ...compile, argv: only(compile.argv, file.name) },
    modules: isVendored ? 'vendor' : isCommitted ? 'committed-vendor' : 'cache',
  };
}

/** The go command of a toolchain of this run, not the machine's. */
function isPinnedGo(argv: readonly string[]): boolean {
  return /^\$TREE\(toolchain .*\)\/go\/bin\/go$/.test(argv[0] ?? '');
}

/**
 * A `go build` of many programs as one of a single program: each is linked by itself, so its bytes are the same. As it
 * was where the file's name does not tell which package it is made of.
 */
function only(argv: readonly string[], name: string): readonly string[] {
  const at = argv.indexOf('-o') + 1;
  const folder = argv[at];
  if (at === 0 || folder?.endsWith('/') !== true) return argv;
  const program = name.replace(/\.exe$/, '');
  const packages = argv.slice(at + 1).filter((path) => path.split('/').at(-1) === program);
  return packages.length === 1 ? [...argv.slice(0, at), folder + name, ...packages] : argv;
}
