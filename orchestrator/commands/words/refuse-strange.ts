import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import type { Credentials } from '../../core/credentials.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';

/** Options with an address that is written down for others: nobody signs in there. */
const written: ReadonlySet<string> = new Set(['--base-url', '--base-uri']);

/**
 * Refuses what no command has a use for: an empty word, which a variable of the shell that is not set leaves and which as a path would mean
 * the folder that one is in; and who may read an address that is but written down. Errors: `usage`.
 * @param credentials those of the command line, whose words have none any more.
 */
export function refuseStrange(words: CommandUnknownOpts, credentials: Credentials): Result<void, Failure> {
  for (const [name, value] of givenTo(words)) {
    if (value === '') {
      const help =
        'Give it a value, or leave it out. A variable of the shell that is not set is such a word.';
      return err({ reason: 'usage', message: `${name} is empty.`, help });
    }
    if (written.has(name) && credentials.for(`${value}/`) !== undefined) {
      const message = `${name} holds a user name or a password, and what it says is for everybody to read.`;
      return err({ reason: 'usage', message, help: 'Leave them out: nothing signs in there.' });
    }
  }
  return ok(undefined);
}

/** Texts that were given, each with the name of the option or argument that they are of. */
function givenTo(words: CommandUnknownOpts): readonly (readonly [name: string, value: string])[] {
  const options = lineOf(words).flatMap((command) =>
    command.options.map((option) => [
      option.long ?? option.flags,
      command.getOptionValue(option.attributeName()),
    ]),
  );
  // The word that is to be completed may have nothing yet.
  const args = words.registeredArguments.flatMap((argument, at) =>
    argument.name() === 'words' ? [] : [[`<${argument.name()}>`, words.processedArgs[at]]],
  );
  return [...options, ...args].flatMap(([name, value]) =>
    [value].flat().flatMap((each) => (typeof each === 'string' ? [[String(name), each] as const] : [])),
  );
}

/** A command with those that it is of. */
function lineOf(words: CommandUnknownOpts): readonly CommandUnknownOpts[] {
  return words.parent === null ? [words] : [words, ...lineOf(words.parent)];
}
