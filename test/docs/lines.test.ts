import { readFileSync } from 'node:fs';
import { CommanderError } from '@commander-js/extra-typings';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Run } from '../../orchestrator/commands/words/define.ts';
import { committedReleases } from '../rig/committed-releases.ts';
import { describedCommands, newProgram } from './commands-page.ts';
import { docPages, fencesOf, root } from './pages.ts';
import { commandsOf, linesOf, ownWords } from './shell-lines.ts';

const pages = docPages().filter(({ path }) => path !== 'CHANGELOG.md');
const described = describedCommands();
const optionsOf = new Map(
  described.map(({ name, command }) => [name, new Set(command.options.map(({ long }) => long))]),
);
const globals = optionsOf.get('') ?? new Set();

/** Other programs of which the documentation shows how they are called, and what is looked at of that. */
const others: Readonly<Record<string, (words: readonly string[]) => boolean>> = {
  make: ([target]) => target === undefined || new RegExp(`^${target}:`, 'm').test(text('Makefile')),
  alias: ([meaning]) => {
    const [[name, file] = []] = Object.entries(JSON.parse(text('package.json')).bin);
    return meaning === `${name}="node $PWD/${file}"`;
  },
  npm: ([, ...words]) => JSON.parse(text('package.json')).scripts[words.at(-1) ?? ''] !== undefined,
  sh: ([script = '']) => text(script).startsWith('#!'),
  node: (words) => words.slice(0, 3).join(' ') === '--import tsx test/rig/run.ts',
  // test/slow/cosign.test.ts runs it.
  cosign: ([word = '']) => ['verify-attestation', 'verify-blob-attestation'].includes(word),
};

function text(path: string): string {
  return readFileSync(new URL(path, root), 'utf8');
}

/** What the program itself says against its words; undefined where it takes them. */
function complaintOf(words: readonly string[]): string | undefined {
  let said = '';
  let isRun = false;
  const run: Run = (command) => {
    command.action(() => {
      isRun = true;
    });
    command.configureOutput({
      writeErr: (more) => {
        said += more;
      },
    });
  };
  try {
    newProgram(run).parse([...words], { from: 'user' });
    return isRun ? undefined : 'nothing is run';
  } catch (error) {
    if (error instanceof CommanderError) return said || error.message;
    throw error;
  }
}

/** Releases that are named have a lock in this repository, so that what is said of them can be tried. */
function unknownRelease(words: readonly string[]): string | undefined {
  const known = committedReleases();
  const named = words.find((word) => /^v1-\d+-eks-\d+$/.test(word) && !known.includes(word));
  return named && `${named} has no lock here`;
}

function whyWrong(line: string): string | undefined {
  for (const command of commandsOf(line)) {
    const own = ownWords(command);
    const [program = '', ...words] = command.words;
    const isLeft = own === undefined && !(program in others);
    const why = own && (complaintOf(own) ?? unknownRelease(own));
    if (why !== undefined) return why;
    if (isLeft) return `nothing is known of ${program}`;
    if (own === undefined && others[program]?.(words) !== true) return `${program} does not take that`;
  }
  return undefined;
}

test('every command line of the documentation is one that the program takes', () => {
  const lines = pages.flatMap((page) =>
    fencesOf(page)
      .filter(({ language }) => language === 'sh')
      .flatMap(({ line, text }) => linesOf(text).map((each) => ({ place: `${page.path}:${line}`, each }))),
  );
  const wrong = lines.flatMap(({ place, each }) => {
    const why = whyWrong(each);
    return why === undefined ? [] : [`${place}: ${each}: ${why}`];
  });
  assert.equal(wrong, []);
  assert.ok(lines.length > 60, String(lines.length));
});

test('a wrong option, a wrong value, a missing word and an unknown program are seen', () => {
  for (const line of [
    'eksd-rebuild verify sample --projects x',
    'eksd-rebuild plan sample --as jenkins',
    'eksd-rebuild build sample',
    'eksd-rebuild cache policy | strange',
    'eksd-rebuild plan v1-30-eks-99999',
    'eval "$(eksd-rebuild completion csh)"',
    'make none',
  ]) {
    assert.ok(whyWrong(line) !== undefined, line);
  }
});

/** Options of other programs that the texts speak of. */
const foreign = [
  '--type',
  '--new-bundle-format',
  '--trusted-root',
  '--insecure-ignore-tlog',
  '--committer-date-is-author-date',
  '--short',
  '--always',
  '--abbrev',
  '--splitting',
];

test('every option that a sentence names is one of the command that it names, or of some', () => {
  const all = new Set([
    ...[...optionsOf.values()].flatMap((each) => [...each]),
    '--help',
    '--version',
    ...foreign,
  ]);
  const wrong = pages.flatMap(({ path, inline }) =>
    inline
      .filter(({ type }) => type === 'code_inline')
      .flatMap(({ content }) => {
        const [, name = '', below = ''] = /^(?:eksd-rebuild )?([a-z]+)(?: ([a-z]+))?/.exec(content) ?? [];
        const own = name === '' ? all : (optionsOf.get(`${name} ${below}`) ?? optionsOf.get(name) ?? all);
        const named = content.match(/(?<![\w-])--[a-z][a-z-]*/g) ?? [];
        return named
          .filter((option) => !own.has(option) && !globals.has(option))
          .map((option) => `${path}: \`${content}\`: ${option}`);
      }),
  );
  assert.equal(wrong, []);
});

test('every example that help shows is one that the program takes', () => {
  for (const { name, examples, command } of described) {
    assert.ok(name === '' || examples.length > 0 || command.commands.length > 0, `${name} has no example`);
    for (const line of examples) {
      assert.is(whyWrong(line), undefined, line);
      assert.ok(line.startsWith(`eksd-rebuild ${name}`), `${line} is no example of ${name}`);
    }
  }
});

test.run();
