import { basename } from 'node:path';

/** A program that is called by its name, and where. */
export interface ProgramCall {
  readonly name: string;
  /** `test/rig/rpms.ts:41` */
  readonly place: string;
}

/** Functions whose first argument is a program: node's, and `programPath` of the rig. */
const direct = ['execFileSync', 'execFile', 'spawnSync', 'spawn', 'programPath'];
/** Functions whose first argument is a line for a shell. */
const shells = ['execSync', 'exec'];
/** Programs that run the one that is named after their options. */
const prefixes = ['env', 'nice', 'setpriv', 'setsid', 'timeout', 'unshare', 'xargs'];

/**
 * The programs that TypeScript files name where they call one: literals and constants, also through a function of theirs that hands
 * its parameter on, lines for a shell, and interpreters of scripts. What a file comes by otherwise only a run shows: there is
 * nothing on the PATH of tests but what `.ci/programs` has. @param files texts by path.
 */
export function programsCalledIn(files: ReadonlyMap<string, string>): readonly ProgramCall[] {
  const found: ProgramCall[] = [];
  const handers = [...files].flatMap(([path, text]) => handersIn(path, text));
  for (const [path, text] of files) {
    const add = (at: number, names: readonly string[]): void => {
      const place = `${path}:${text.slice(0, at).split('\n').length}`;
      for (const name of names) found.push({ name, place });
    };
    const known = handers.filter(({ home, name }) => home === path || isImported(text, name, home));
    for (const { name, first, isRest } of [...direct.map(asHander), ...known]) {
      for (const { at, args } of callsOf(text, name)) {
        const programs = isRest ? args.slice(first) : args.slice(first, first + 1);
        for (const each of programs) add(at, calledBy(text, each, args.slice(first + 1)));
      }
    }
    for (const name of shells) {
      for (const { at, args } of callsOf(text, name)) add(at, literalsIn(args[0]).flatMap(shellPrograms));
    }
    const runs = text.includes('createRunProcess(');
    for (const match of runs ? text.matchAll(/\bprogram: ('[^']+'),\s*args(?:: (\[[^\]]*\]))?/g) : [])
      add(match.index, calledBy(text, match[1] ?? '', [match[2] ?? '']));
    for (const [whole, path = '', word] of text.matchAll(/#!\s*(\/(?:usr\/)?s?bin\/\w+)(?: ([\w.-]+))?/g))
      add(
        text.indexOf(whole),
        [path, ...(path.endsWith('/env') && word ? [word] : [])].map((each) => basename(each)),
      );
  }
  return found;
}

/** The programs that a shell script calls, but for its own functions. */
export function shellPrograms(script: string): readonly string[] {
  const own = [...script.matchAll(/^\s*(\w+)\(\)/gm)].map(([, name]) => name);
  const bare = script
    .replaceAll(/(^|\s)#.*$/gm, '')
    .replaceAll(/\$\{[^}]*\}/g, '$0')
    .replaceAll(/'[^']*'/g, '$0');
  const substituted = [...bare.matchAll(/\$\(\s*([a-z][\w.+-]*)/g)].map(([, name = '']) => name);
  const commands = bare.replaceAll(/"[^"]*"/g, '$0').split(/&&|\|\||;|\||&|\n|\(|\)|\{|\}|`/);
  const names = [...substituted, ...commands.flatMap(commandIn)];
  return [...new Set(names)].filter((name) => !builtins.has(name) && !own.includes(name));
}

const keywords = new Set('! do elif else exec if then time until while'.split(' '));
const builtins = new Set(
  ': [ alias break case cd command continue done echo esac eval exit export false fi for function in local printf pwd read return set shift test trap true type ulimit umask unset wait'.split(
    ' ',
  ),
);

function commandIn(text: string): readonly string[] {
  const words = text.trim().split(/\s+/);
  while (keywords.has(words[0] ?? '') || /^\w+=/.test(words[0] ?? '')) words.shift();
  if (words[0] === 'command' && words[1] === '-v') words.splice(0, 2);
  const [first = '', ...rest] = words;
  if (!/^[a-z][\w.+-]*$/.test(first)) return [];
  const next = prefixes.includes(first) ? rest.find((word) => !/^-|=/.test(word)) : undefined;
  return [first, ...(next === undefined ? [] : commandIn(next))];
}

/** A function that hands parameters on to one that calls a program by them. */
interface Hander {
  readonly name: string;
  /** The file that defines it. */
  readonly home: string;
  /** The place of the parameter. */
  readonly first: number;
  /** Whether the rest of them are programs, too. */
  readonly isRest: boolean;
}

function asHander(name: string): Hander {
  return { name, home: '', first: 0, isRest: false };
}

function handersIn(home: string, text: string): readonly Hander[] {
  return direct.flatMap((callee) =>
    callsOf(text, callee).flatMap(({ at, args: [program = ''] }): readonly Hander[] => {
      const loop = new RegExp(`for \\(const ${wordOf(program)} of (\\w+)\\)`).exec(text)?.[1];
      const functions = [...text.slice(0, at).matchAll(/(?:function (\w+)|const (\w+) = (?:async )?)\(/g)];
      const nearest = functions.at(-1);
      if (nearest === undefined) return [];
      const parameters = argumentsAt(text, nearest.index + nearest[0].length);
      const first = parameters.findIndex((each) => {
        const [, name] = /^(?:\.\.\.)?(\w+)/.exec(each) ?? [];
        return name !== undefined && (name === program || name === loop);
      });
      const name = nearest[1] ?? nearest[2] ?? '';
      return first === -1
        ? []
        : [{ name, home, first, isRest: parameters[first]?.startsWith('...') === true }];
    }),
  );
}

function isImported(text: string, name: string, home: string): boolean {
  const [file] = basename(home).split('.');
  return new RegExp(`import \\{[^}]*\\b${name}\\b[^}]*\\} from '[^']*/${file}\\.`).test(text);
}

/** What an expression in the place of a program may be, and what that program is told to run. */
function calledBy(text: string, program: string, args: readonly string[]): readonly string[] {
  const names = valuesOf(text, program).flatMap((value) => {
    const isSystems = /^\/(usr\/)?s?bin\//.test(value);
    return isSystems || /^[a-z][\w.+-]*$/.test(value) ? [basename(value)] : [];
  });
  const words = literalsIn(args[0]);
  return names.flatMap((name) => {
    if (['sh', 'bash', 'dash'].includes(name)) {
      const script = words[words.findIndex((word) => /^-[a-z]*c$/.test(word)) + 1];
      return words.some((word) => /^-[a-z]*c$/.test(word)) ? [name, ...shellPrograms(script ?? '')] : [name];
    }
    if (!prefixes.includes(name)) return [name];
    const at = words.findIndex((word) => !/^-|=/.test(word));
    if (at === -1) return [name];
    const rest = `[${words.slice(at + 1).map((word) => JSON.stringify(word))}]`;
    return [name, ...calledBy('', JSON.stringify(words[at]), [rest])];
  });
}

/** The literals that an expression stands for: its own, those of a constant, or of the constant list that a loop goes through. */
function valuesOf(text: string, expression: string): readonly string[] {
  if (/^['"`]/.test(expression)) return literalsIn(expression).slice(0, 1);
  const word = wordOf(expression);
  if (word === '') return [];
  const literal = new RegExp(`const ${word}(?:: \\w+)? = (['"\`][^'"\`]*['"\`]);`).exec(text)?.[1];
  if (literal !== undefined) return literalsIn(literal);
  const list = new RegExp(`for \\(const ${word} of (\\[[^\\]]*\\]|\\w+)`).exec(text)?.[1] ?? '';
  if (list.startsWith('[')) return literalsIn(list);
  return literalsIn(new RegExp(`const ${wordOf(list)}(?:: [^=]+)? = (\\[[^\\]]*\\])`).exec(text)?.[1]);
}

/** An expression that is one word, or nothing. */
function wordOf(expression: string): string {
  return /^\w+$/.test(expression) ? expression : '';
}

function literalsIn(expression = ''): readonly string[] {
  const found = expression.matchAll(/'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`((?:[^`\\]|\\.)*)`/gs);
  return [...found].map(([, one, two, three]) => (one ?? two ?? three ?? '').replaceAll('\\n', '\n'));
}

interface Call {
  readonly at: number;
  readonly args: readonly string[];
}

/** Calls of a function by its name alone, not as a method. */
function callsOf(text: string, name: string): readonly Call[] {
  const found = text.matchAll(new RegExp(`(?<![.\\w]|function )${name}\\(`, 'g'));
  return [...found].map(({ index, 0: whole }) => ({
    at: index,
    args: argumentsAt(text, index + whole.length),
  }));
}

/** The expressions from behind a parenthesis to the one that closes it, between commas. */
function argumentsAt(text: string, from: number): readonly string[] {
  const args: string[] = [];
  let depth = 0;
  let begin = from;
  for (let at = from; at < text.length; at += 1) {
    const sign = text[at] ?? '';
    if (`'"\``.includes(sign)) {
      for (at += 1; at < text.length && text[at] !== sign; at += 1) if (text[at] === '\\') at += 1;
    } else if ('([{'.includes(sign)) depth += 1;
    else if (')]}'.includes(sign)) depth -= 1;
    if (depth === -1 || (depth === 0 && sign === ',')) {
      args.push(text.slice(begin, at).trim());
      begin = at + 1;
    }
    if (depth === -1) break;
  }
  return args.filter((each) => each !== '');
}
