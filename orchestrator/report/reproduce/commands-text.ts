import { placeholders } from '../../config/project/placeholders.ts';
import { unreachable } from '../../core/unreachable.ts';
import { assignments, beyond, comment, continued, type Places, scriptWord } from './shell-text.ts';
import { factName, type ShownCommand, type ShownNode, type ShownStep } from './shown.ts';

/** What every name of a folder stands for, in the order in which they are told. */
const folderMeanings: Readonly<Record<string, string>> = {
  GOROOT: 'the Go that is named with the commands',
  SOURCE: 'the source with its patches, and what is known of it',
  CHECKOUT: 'a copy of that source, which the commands may change',
  MODULES: 'what the modules task fetched',
  GENERATED: 'what the script-build of generated files made',
  SCRATCH: 'for anything else, a folder with the empty folders home, mount and tmp',
  OUT: 'where the programs go',
  BUILD_CACHE: "Go's build cache, which all builds share",
  GIT: 'the folder of git',
};

const meanings = new Map([
  ...Object.entries(folderMeanings),
  ...Object.entries(placeholders).map(([name, text]) => [factName(name), text] as const),
]);

/**
 * Commands as lines for a POSIX shell, each node's after a comment. Names of folders, and of what only the source can say, are
 * the shell's variables; what they stand for is said first.
 * @param others projects that have no commands, and why.
 */
export function commandsText(
  shown: readonly ShownNode[],
  others: readonly { readonly project: string; readonly why: string }[],
): string {
  const names = namesIn(shown);
  const places: Places = new Map(names.map((name) => [`$${name}`, `"$${name}"`]));
  const width = Math.max(0, ...names.map((name) => name.length));
  const legend = names.map((name) => {
    return `# $${name.padEnd(width)}  ${meanings.get(name.replace(/_[0-9]+$/, '')) ?? ''}`;
  });
  const blocks = [
    ...(legend.length === 0 ? [] : [legend]),
    ...shown.map((node) => nodeLines(node, places)),
    ...others.map(({ project, why }) => [comment(`${project}: ${why}`)]),
  ];
  return blocks.map((lines) => `${lines.join('\n')}\n`).join('\n');
}

/**
 * The commands of one project's build, the same but shorter: what all of them have in their environment stands once, in the function
 * `plain`, and tasks that differ in their platform alone are one.
 */
export function buildText(shown: readonly ShownNode[]): string {
  const names = [...namesIn(shown), ...platformNames];
  const places: Places = new Map(names.map((name) => [`$${name}`, `"$${name}"`]));
  const width = Math.max(0, ...names.map((name) => name.length));
  const base = sharedEnvironment(shown);
  const tasks = tasksOf(shown, places, base);
  const told = JSON.stringify(shown.map((node) => withoutPlatform(node).node.steps));
  const legend = names
    .filter((name) => told.includes(`$${name}`))
    .map((name) => {
      return `# $${name.padEnd(width)}  ${meanings.get(name.replace(/_[0-9]+$/, '')) ?? 'one of the platforms that the task is for'}`;
    });
  return [legend, plainLines(base, places), ...tasks.map(({ lines }) => lines)]
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

/** The function `plain`, which runs a command in what all that compile share; none where that is nothing. */
export function plainLines(base: Readonly<Record<string, string>>, places: Places): readonly string[] {
  if (Object.keys(base).length === 0) return [];
  return ['plain() {', `${continued(['env -i', ...assignments(base, places), '"$@"'], '  ')}`, '}'];
}

/** Tasks that differ in their platform alone, as lines, with `GOOS` and `GOARCH` in its place. */
interface TaskText {
  readonly platforms: readonly string[];
  readonly lines: readonly string[];
}

/** @param base what the function `plain` has. */
export function tasksOf(
  shown: readonly ShownNode[],
  places: Places,
  base: Readonly<Record<string, string>>,
): readonly TaskText[] {
  return [...groupByText(shown.map(withoutPlatform)).values()].map(({ node, platforms }) => {
    const title = platforms.length === 0 ? node.node : `${node.node} ${platforms.join(', ')}`;
    return { platforms, lines: nodeLines({ ...node, node: title }, places, base) };
  });
}

const platformNames = ['GOOS', 'GOARCH'] as const;

interface OfPlatforms {
  readonly node: ShownNode;
  readonly platforms: readonly string[];
}

/** A task with names in the place of its platform, and that. */
function withoutPlatform(shown: ShownNode): OfPlatforms {
  const [, node, platform] = /^(.*) ([a-z0-9]+\/[a-z0-9]+)$/.exec(shown.node) ?? [];
  if (node === undefined || platform === undefined) return { node: shown, platforms: [] };
  const [os, arch] = platform.split('/');
  const steps = shown.steps.map((step) => {
    if (step.kind !== 'command' || step.env['GOOS'] !== os || step.env['GOARCH'] !== arch) return step;
    return { ...step, env: { ...step.env, GOOS: '$GOOS', GOARCH: '$GOARCH' } };
  });
  return { node: { ...shown, node, steps }, platforms: [platform] };
}

function groupByText(all: readonly OfPlatforms[]): ReadonlyMap<string, OfPlatforms> {
  const groups = new Map<string, OfPlatforms>();
  for (const { node, platforms } of all) {
    const key = JSON.stringify(node);
    groups.set(key, { node, platforms: [...(groups.get(key)?.platforms ?? []), ...platforms] });
  }
  return groups;
}

/** What every command that compiles has in its environment. */
export function sharedEnvironment(shown: readonly ShownNode[]): Readonly<Record<string, string>> {
  const compiling = shown.flatMap(({ steps }) =>
    steps.flatMap((step) => (step.kind === 'command' && 'GOOS' in step.env ? [step.env] : [])),
  );
  const entries = Object.entries(compiling[0] ?? {});
  const isShared = ([name, value]: readonly [string, string]) =>
    name !== 'GOOS' && name !== 'GOARCH' && compiling.every((env) => env[name] === value);
  return Object.fromEntries(entries.filter(isShared));
}

function nodeLines(
  { node, toolchain, tools, steps }: ShownNode,
  places: Places,
  base?: Readonly<Record<string, string>>,
): readonly string[] {
  const beside =
    tools === undefined ? [] : [comment(`in $SCRATCH/tools, and nothing else: ${tools.join(', ')}`)];
  const lines = [comment(`${node}, with ${toolchain}`), ...beside];
  let folder = '';
  for (const step of steps) {
    if (step.kind === 'command') {
      if (step.cwd !== folder) lines.push(...enterLines(step, places));
      folder = step.cwd;
    }
    lines.push(...stepLines(step, places, base));
  }
  return lines;
}

function enterLines({ cwd, at }: Pick<ShownCommand, 'cwd' | 'at'>, places: Places): readonly string[] {
  const seen = at === undefined ? [] : [comment(`now $CHECKOUT is seen as ${at}, by what follows`)];
  return [...seen, `cd ${scriptWord(cwd, places)}`];
}

/** @param base what the function `plain` has; absent: there is none. */
function stepLines(
  step: ShownStep,
  places: Places,
  base: Readonly<Record<string, string>> | undefined,
): readonly string[] {
  const word = (text: string) => scriptWord(text, places);
  switch (step.kind) {
    case 'command': {
      const { argv, env } = step;
      const more = base && beyond(env, base);
      const start = more === undefined ? 'env -i' : 'plain env';
      return [continued([start, ...assignments(more ?? env, places), ...argv.map(word)])];
    }
    case 'file':
      return [`cat >${word(step.path)} <<END`, hereText(step.text, places), 'END'];
    case 'link':
      return [
        `mkdir -p ${word(step.path.slice(0, step.path.lastIndexOf('/')))}`,
        `ln -s ${word(step.target)} ${word(step.path)}`,
      ];
    case 'removal':
      return [`rm -rf ${word(step.path)}`];
    default:
      return unreachable(step);
  }
}

/** A text as a here-document has it, in which the names are variables and nothing else is. */
function hereText(text: string, places: Places): string {
  const names = [...places.keys()];
  return text
    .trimEnd()
    .replace(/[\\`]|\$[A-Z0-9_]*/g, (found) => (names.includes(found) ? found : `\\${found}`));
}

/** Names that stand for something in what is shown, in the order of their meanings. */
export function namesIn(shown: readonly ShownNode[]): readonly string[] {
  const found = new Set(
    [...JSON.stringify(shown).matchAll(/\$([A-Z][A-Z0-9_]*)/g)].map(([, name = '']) => name),
  );
  const order = [...meanings.keys()];
  const placeOf = (name: string) => order.indexOf(name.replace(/_[0-9]+$/, ''));
  return [...found].filter((name) => placeOf(name) >= 0).sort((a, b) => placeOf(a) - placeOf(b));
}
