import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Program, RecordedNode, RecordedRun } from './recorded-run.ts';

/** `shared`: one build cache; `upstream`: `-a`, and a cache a project, as upstream's make rules had it. */
const manners = ['shared', 'upstream'] as const;

/**
 * Runs the go commands of a recorded run one after another, each in a copy of its checkout, and gives the seconds that
 * they took together in either manner. Each command is run in both before the next one, so that a machine whose speed drifts is as
 * fast for both. What comes before them (toolchains, sources, modules) is taken from the store and not counted.
 */
export function compileByHand(
  run: RecordedRun,
  program: Program,
): Readonly<Record<(typeof manners)[number], number>> {
  const work = mkdtempSync(join(tmpdir(), 'by-hand-'));
  const trees = new Map(run.nodes.map((node) => [node.id, node.tree ?? '']));
  const treePath = (id: string) => {
    const digest = trees.get(id) ?? '';
    return join(program.cache, 'trees', digest.slice(0, 2), digest, 'content');
  };
  const seconds = { shared: 0, upstream: 0 };
  try {
    const builds = run.nodes.filter((each) => each.kind === 'go-build');
    for (const [node, manner] of builds.flatMap((each) => manners.map((how) => [each, how] as const))) {
      const command = node.commands.at(-1);
      if (command === undefined) throw new Error(`${node.id} ran no command`);
      const scratch = mkdtempSync(join(work, 'node-'));
      for (const folder of ['tmp', 'output']) mkdirSync(join(scratch, folder));
      const project = node.projects[0] ?? '';
      const cache = join(work, manner === 'shared' ? 'cache' : `cache-${project.replace('/', '-')}`);
      const named = (text: string): string =>
        text
          .replace(/\$TREE\(([^)]*)\)/g, (_, id: string) => treePath(id))
          .replaceAll('$OUTPUT', join(scratch, 'output'))
          .replaceAll('$SCRATCH', scratch)
          .replaceAll('$STORE/go-build', cache);
      cpSync(join(treePath(sourceOf(node)), 'source'), join(scratch, 'source'), { recursive: true });
      const [go = '', verb = '', ...rest] = command.argv.map(named);
      // Nobody sets these by hand, nor did upstream: it is of the program's own doing that it is faster by that.
      const { GOGC: _, GOMEMLIMIT: __, ...usual } = command.env;
      const env = Object.fromEntries(Object.entries(usual).map(([name, value]) => [name, named(value)]));
      const start = performance.now();
      execFileSync(go, [verb, ...(manner === 'upstream' ? ['-a'] : []), ...rest], {
        cwd: named(command.cwd),
        env: { ...env, GOCACHE: cache },
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      seconds[manner] += (performance.now() - start) / 1000;
      rmSync(scratch, { recursive: true });
    }
    return seconds;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function sourceOf(node: RecordedNode): string {
  return `source ${node.projects[0]}`;
}
