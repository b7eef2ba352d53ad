import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { exitCode } from '../../core/exit-code.ts';
import type { Host } from '../../host.ts';
import type { GlobalOptions } from '../../workspace/workspace.ts';
import { type Asked, optionsOf, readLine } from './line.ts';
import { valuesOf } from './values.ts';

/** A word that may stand there, and what it is. */
interface Candidate {
  readonly word: string;
  readonly what: string;
}

/**
 * `eksd-rebuild complete -- WORD...`: a line for each word that the last one may become: the word, a tab, and what it is. Nothing
 * where it is none of this program's, the name of a file say. Asks nobody: what it names is on this machine.
 */
export function completing(program: CommandUnknownOpts) {
  return async (words: readonly string[], _options: GlobalOptions, host: Host): Promise<number> => {
    const asked = readLine(program, words);
    // What is left out of a list has a mark before its name.
    const mark = asked.begun.startsWith('!') ? '!' : '';
    for (const { word, what } of await candidatesFor(asked, host)) {
      const whole = `${mark}${word}`;
      if (whole.startsWith(asked.begun)) host.stdout.write(`${asked.before}${whole}\t${what}\n`);
    }
    return exitCode.identical;
  };
}

async function candidatesFor(asked: Asked, host: Host): Promise<readonly Candidate[]> {
  const { command, operands, option, begun } = asked;
  if (option !== undefined) {
    const what = option.description;
    return (option.argChoices ?? (await valuesOf(option.name(), asked, host))).map((word) => ({
      word,
      what,
    }));
  }
  if (begun.startsWith('-')) {
    const own = optionsOf(command).filter(({ hidden }) => !hidden);
    return [
      ...own.map(({ long, short, description }) => ({ word: long ?? short ?? '', what: description })),
      { word: '--help', what: 'what there is' },
    ];
  }
  // Those that help shows: without hidden ones. A command may take arguments, and have others below it.
  const shown = operands.length > 0 ? [] : command.createHelp().visibleCommands(command);
  const below = shown.map((each) => ({ word: each.name(), what: each.summary() || each.description() }));
  const { registeredArguments: known } = command;
  const argument = known[operands.length] ?? known.filter(({ variadic }) => variadic).at(-1);
  if (argument === undefined) return below;
  const values = argument.argChoices ?? (await valuesOf(argument.name(), asked, host));
  const free = values.filter((word) => !operands.includes(word));
  return [...below, ...free.map((word) => ({ word, what: argument.description }))];
}
