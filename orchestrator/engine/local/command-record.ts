import { defined } from '../../core/defined.ts';
import type { CommandRecord, RunProcess } from '../../tool/process/process.ts';
import { withoutCredentials, withoutUserValues } from './redact.ts';

/** A folder of this machine and what reports call it: `$OUTPUT`. */
export interface NamedFolder {
  readonly path: string;
  readonly name: string;
}

/** What kept commands with `network: 'none'` from the network on this machine. */
export type Isolation = 'namespace' | 'none';

/** Wraps a runner so that each command is told to `onCommand` when it ended, with names for the folders of this machine. */
export function recording(
  run: RunProcess,
  isolation: Isolation,
  folders: () => readonly NamedFolder[],
  onCommand: (record: CommandRecord) => void,
): RunProcess {
  return async (command) => {
    const outcome = await run(command);
    const named = namer(folders());
    // Only what may fetch is told anything of the user's environment.
    const env = command.network === 'allowed' ? withoutUserValues(command.env) : command.env;
    onCommand({
      argv: [command.program, ...command.args].map((word) => withoutCredentials(named(word))),
      cwd: named(command.cwd),
      env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, named(value)])),
      exitCode: outcome.exitCode,
      seconds: outcome.seconds,
      isolation: command.network === 'allowed' ? 'allowed' : isolation,
      ...defined({ sandbox: outcome.sandbox }),
    });
    return outcome;
  };
}

/** Replaces every folder in a text by its name: a folder within another one by its own, and no part of a longer name. */
function namer(folders: readonly NamedFolder[]): (text: string) => string {
  const longestFirst = folders.toSorted((a, b) => b.path.length - a.path.length);
  const patterns = longestFirst.map(({ path, name }) => ({
    pattern: new RegExp(`${path.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}(?![A-Za-z0-9._-])`, 'g'),
    name,
  }));
  return (text) => patterns.reduce((rest, { pattern, name }) => rest.replace(pattern, () => name), text);
}
