import type { Command, CommandUnknownOpts } from '@commander-js/extra-typings';
import type { Host } from '../../host.ts';
import type { globals } from './options.ts';

/** Adds the words of a command to those of the program. */
export type Define = (program: Command, run: Run) => void;

/**
 * Has an entry run when the words of its command are given, and loads it only then. What the words declare and what the
 * entry takes is one list: arguments in order, and options by name, none of them on one side alone.
 */
export type Run = <Words extends CommandUnknownOpts, Taken>(
  words: Words,
  load: (() => Promise<Entry<Words, Declared<Words>>>) &
    (() => Promise<Entry<Words, Taken>>) &
    NoneAlone<keyof Declared<Words>, keyof Taken>,
) => void;

/** What runs: gives the exit code. */
type Entry<Words extends CommandUnknownOpts, Options> = (
  ...given: [...Words['processedArgs'], options: Options, host: Host]
) => Promise<number>;

/** The options of the words, and of every command. */
export type Declared<Words extends CommandUnknownOpts> = ReturnType<Words['opts']> & Globals;
type Globals = ReturnType<ReturnType<typeof globals>['opts']>;

/** What anything is, or else what nothing is: a sentence, for the compiler to show it. */
type NoneAlone<Given, Taken> = [Alone<Given, Taken>] extends [never] ? unknown : Alone<Given, Taken>;
type Alone<Given, Taken> =
  | `${Exclude<Given, Taken> & string} is declared, and the entry does not take it`
  | `the entry takes ${Exclude<Taken, Given> & string}, and nothing declares it`;
