import type { CommandUnknownOpts, Option } from '@commander-js/extra-typings';

/** What is to be completed on a command line. */
export interface Asked {
  readonly command: CommandUnknownOpts;
  /** The words before it that are no options, without those of the command itself. */
  readonly operands: readonly string[];
  /** Values of options before it, by the option's long name without dashes; the last one where it was given several times. */
  readonly given: ReadonlyMap<string, string>;
  /** The option whose value it is. */
  readonly option: Option | undefined;
  /** What is there of it: of `--log=js`, `js`. */
  readonly begun: string;
  /** What comes before it in the same word: `--log=`. */
  readonly before: string;
}

/**
 * Reads a command line as the program would, up to the word that is to be completed, which is the last one.
 * @param words without the program's own name. bash makes a word of its own of a `=`.
 */
export function readLine(program: CommandUnknownOpts, words: readonly string[]): Asked {
  let command = program;
  let awaiting: Option | undefined;
  let isPlain = false;
  const operands: string[] = [];
  const given = new Map<string, string>();
  for (const word of words.slice(0, -1)) {
    if (awaiting !== undefined) {
      if (word === '=') continue;
      given.set(awaiting.name(), word);
      awaiting = undefined;
    } else if (!isPlain && word === '--') isPlain = true;
    else if (!isPlain && word.startsWith('-')) {
      const [name = '', ...value] = word.split('=');
      const option = optionsOf(command).find((each) => each.long === name || each.short === name);
      if (option === undefined || !takesValue(option)) continue;
      if (value.length > 0) given.set(option.name(), value.join('='));
      else awaiting = option;
    } else {
      const sub = operands.length === 0 ? command.commands.find((each) => each.name() === word) : undefined;
      if (sub === undefined) operands.push(word);
      else command = sub;
    }
  }
  const current = words.at(-1) ?? '';
  const last = awaiting !== undefined && current === '=' ? '' : current;
  const [, name, begun] = /^(--[^=]+)=(.*)$/.exec(last) ?? [];
  const within = isPlain
    ? undefined
    : optionsOf(command).find((each) => each.long === name && takesValue(each));
  if (awaiting === undefined && within !== undefined && begun !== undefined)
    return { command, operands, given, option: within, begun, before: `${name}=` };
  return { command, operands, given, option: awaiting, begun: last, before: '' };
}

function takesValue({ required, optional }: Option): boolean {
  return required || optional;
}

/** Those of a command, and those that every command takes. */
export function optionsOf(command: CommandUnknownOpts): readonly Option[] {
  const { parent } = command;
  return [...command.options, ...(parent === null ? [] : optionsOf(parent))];
}
