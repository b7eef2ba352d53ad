import { describedCommands } from './commands-page.ts';
import { docPages, fencesOf } from './pages.ts';
import { commandsOf, linesOf, ownWords } from './shell-lines.ts';

/** What a line of the documentation takes to be run for real. */
export type Trial = 'at once' | 'the sample';

/** Commands that neither build nor fetch anything, each with what of its words makes it another. */
const plain: Readonly<Record<string, (words: readonly string[]) => boolean>> = {
  // A pipeline takes a shared store.
  plan: (words) => !words.includes('--as'),
  diff: () => true,
  schema: () => true,
  completion: () => true,
  atlas: () => true,
  // Of a file that everybody has.
  lookup: ([what = '']) => /^[0-9a-f]{64}$/.test(what),
  cache: (words) => !words.includes('--remote'),
  releases: (words) => words.includes('--offline'),
  audit: (words) => words.includes('--report'),
  base: ([which]) => which === 'list',
  cluster: (words) => words.includes('--offline'),
  ...Object.fromEntries(
    ['push', 'publish', 'verify'].map((name) => [
      name,
      (words: readonly string[]) => words.includes('--policy'),
    ]),
  ),
};

/** Lines of all pages and of every help, in their order and each once, as words of the program. */
export function linesToTry(trial: Trial): readonly (readonly string[])[] {
  const ofPages = docPages()
    .filter(({ path }) => path !== 'CHANGELOG.md')
    .flatMap(fencesOf)
    .filter(({ language }) => language === 'sh')
    .flatMap(({ text }) => linesOf(text));
  const lines = [...ofPages, ...describedCommands().flatMap(({ examples }) => examples)];
  const own = lines.flatMap(commandsOf).flatMap((command) => {
    const words = ownWords(command);
    return words === undefined || trialOf(words) !== trial ? [] : [words];
  });
  return [...new Map(own.map((words) => [words.join('\0'), words])).values()];
}

/** Undefined: it needs GitHub, a registry, AWS, a cluster or a builder, and is held against the program's words alone. */
function trialOf([name = '', ...words]: readonly string[]): Trial | undefined {
  if (plain[name]?.(words) === true) return 'at once';
  const isOfSite = name === 'release' && words.join(' ') === 'check site/';
  return words.includes('sample') || isOfSite ? 'the sample' : undefined;
}
