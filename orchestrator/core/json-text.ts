import { err, ok, type Result } from './result.ts';

/** How deep lists and objects may lie in one another: what reads them calls itself. */
const deepest = 200;

/**
 * A text as a JSON object or list. Errors: why it is none that can be used, as the end of a sentence, with the place and without what
 * stands there: it is anything else; one lies within the other more often than anything needs; or an object has a name twice, of
 * which one program takes the first and another the last.
 */
export function readJson(text: string): Result<object, string> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return err('holds no JSON object or list');
  }
  if (typeof value !== 'object' || value === null) return err('holds no JSON object or list');
  if (isTooDeep(value)) return err(`has lists and objects that lie in one another ${deepest} times`);
  const doubled = placeOfDoubledName(text);
  if (doubled === undefined) return ok(value);
  const before = text.slice(0, doubled).split('\n');
  const place = `${before.length}:${(before.at(-1) ?? '').length + 1}`;
  return err(`has an object with the same name twice, the second time at ${place}`);
}

/** The same; undefined where it is none. */
export function parseJson(text: string): object | undefined {
  const read = readJson(text);
  return read.ok ? read.value : undefined;
}

function isTooDeep(value: object): boolean {
  let level: readonly object[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth === deepest) return true;
    level = level.flatMap((each) =>
      Object.values(each).filter((member) => typeof member === 'object' && member !== null),
    );
  }
  return false;
}

/** The offset of the first name that its object has already, in what is JSON. However it is written: "a" is "\u0061". */
function placeOfDoubledName(text: string): number | undefined {
  /** The names of each object that is open; undefined for a list. */
  const open: (Set<string> | undefined)[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '{') open.push(new Set());
    else if (character === '[') open.push(undefined);
    else if (character === '}' || character === ']') open.pop();
    else if (character === '"') {
      const end = endOfString(text, at);
      const names = open.at(-1);
      if (names !== undefined && isName(text, end)) {
        const quoted = text.slice(at, end);
        const name = quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1);
        if (names.has(name)) return at;
        names.add(name);
      }
      at = end - 1;
    }
  }
  return undefined;
}

/** The offset behind the quote that ends a string. */
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); ; at = text.indexOf('"', at + 1)) {
    let before = at - 1;
    while (text[before] === '\\') before -= 1;
    if ((at - before) % 2 === 1) return at + 1;
  }
}

/** Whether a colon comes next: then the string before was a name, and no value. */
function isName(text: string, from: number): boolean {
  let at = from;
  while (at < text.length && ' \t\r\n'.includes(text[at] ?? '')) at += 1;
  return text[at] === ':';
}

/** What is recorded of a command, as JSON has it. */
export interface RecordedCommand {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly exitCode?: number | null;
  readonly seconds: number;
  readonly isolation: 'namespace' | 'none' | 'allowed';
  readonly sandbox?: 'whole' | 'partial';
}

const isolations: readonly unknown[] = ['namespace', 'none', 'allowed'];
const sandboxes: readonly unknown[] = ['whole', 'partial', undefined];

/** Whether what somebody else says is what is recorded of commands; `null` stands for an exit code that is not there. */
export function areCommandRecords(value: unknown): value is readonly RecordedCommand[] {
  return Array.isArray(value) && value.every(isCommandRecord);
}

export function areTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

function isCommandRecord(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { argv, cwd, env, exitCode, seconds, isolation, sandbox } = value as Readonly<
    Record<string, unknown>
  >;
  const isRun = areTexts(argv) && argv.length > 0 && typeof cwd === 'string' && isDuration(seconds);
  const isEnv = typeof env === 'object' && env !== null && areTexts(Object.values(env));
  const isExit = exitCode === undefined || exitCode === null || typeof exitCode === 'number';
  return isRun && isEnv && isExit && isolations.includes(isolation) && sandboxes.includes(sandbox);
}

/** Seconds, as a clock may tell them. */
export function isDuration(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
