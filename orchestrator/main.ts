import {
  Command,
  CommanderError,
  type CommandUnknownOpts,
  Help,
  type Option,
  type OutputConfiguration,
} from '@commander-js/extra-typings';
import { defineAtlas } from './commands/atlas/words.ts';
import { defineAttest } from './commands/attest/words.ts';
import { defineAudit } from './commands/audit/words.ts';
import { defineBase } from './commands/base/words.ts';
import { defineBuild } from './commands/build/words.ts';
import { defineCache } from './commands/cache/words.ts';
import { defineChallenge } from './commands/challenge/words.ts';
import { defineCluster } from './commands/cluster/words.ts';
import { defineCompare } from './commands/compare/words.ts';
import { defineCompletion } from './commands/completion/words.ts';
import { defineDiff } from './commands/diff/words.ts';
import { defineDoctor } from './commands/doctor/words.ts';
import { defineExplain } from './commands/explain/words.ts';
import { defineImages } from './commands/images/words.ts';
import { defineImport } from './commands/import/words.ts';
import { defineLookup } from './commands/lookup/words.ts';
import { definePlan } from './commands/plan/words.ts';
import { definePublish } from './commands/publish/words.ts';
import { definePush } from './commands/push/words.ts';
import { defineRebuild } from './commands/rebuild/words.ts';
import { defineRelease } from './commands/release/words.ts';
import { defineReleases } from './commands/releases/words.ts';
import { defineSchema } from './commands/schema/words.ts';
import { defineTrust } from './commands/trust/words.ts';
import { defineVerify } from './commands/verify/words.ts';
import { defineVulns } from './commands/vulns/words.ts';
import type { Declared, Run } from './commands/words/define.ts';
import { globals } from './commands/words/options.ts';
import { refuseStrange } from './commands/words/refuse-strange.ts';
import { defineWorker } from './commands/worker/words.ts';
import { credentialsIn, partWord, withoutCredentials } from './core/credentials.ts';
import { describeFailure } from './core/describe-failure.ts';
import { readableWidth } from './core/edge/readable-width.ts';
import { userEnvironment } from './core/edge/user-environment.ts';
import { exitCode, exitCodeOf } from './core/exit-code.ts';
import type { Failure } from './core/failure.ts';
import { systemFailure } from './core/system-error.ts';
import { visibleOutput } from './core/visible.ts';
import type { Host, Output } from './host.ts';

const description =
  'Rebuilds releases of Amazon EKS Distro from source and says of every published file: identical, or why not.';

/** Columns that are left for words beside the longest command: with fewer, help is not wrapped. commander's own 40 are none of 80. */
const leastHelp = 15;

/** In the order of `--help`. */
const commands = [
  ...[defineReleases, defineImport, defineDiff, definePlan, defineVerify, defineBuild, defineExplain],
  ...[defineAudit, defineAtlas, defineLookup],
  ...[defineImages, definePush, defineRelease, definePublish, defineBase, defineCompare, defineCluster],
  ...[defineAttest, defineRebuild, defineTrust, defineChallenge, defineVulns],
  ...[defineDoctor, defineCache, defineSchema, defineCompletion, defineWorker],
];

/**
 * The composition root: parses the words of the command line and hands over to the command. What the system refuses is told as such,
 * wherever it comes up, and what breaks after an interruption as that. @throws what nobody expected: a bug.
 * @returns the exit code (see core/exit-code.ts).
 */
export async function main(words: readonly string[], given: Host): Promise<number> {
  const argv = words.map((word) => {
    const { text, credentials } = partWord(word);
    credentials.forEach(given.credentials.add);
    return text;
  });
  const ofEnvironment = credentialsIn(given.env);
  const withhold = (text: string) => withoutCredentials(text, [...given.credentials.all(), ...ofEnvironment]);
  const host: Host = {
    ...given,
    env: userEnvironment(given.env, given.accountHome),
    stdout: showing(given.stdout, withhold),
    stderr: showing(given.stderr, withhold),
  };
  let code: number = exitCode.identical;
  const run: Run = (words, load) => {
    words.action(async () => {
      const strange = refuseStrange(words, host.credentials);
      if (!strange.ok) {
        const { reportFailure } = await import('./commands/words/report-failure.ts');
        code = reportFailure(strange.error, host);
        return;
      }
      const entry = await load();
      // Of any words, commander's types say no more than that they have some.
      const given: (typeof words)['processedArgs'] = words.processedArgs;
      const options = words.optsWithGlobals() as Declared<typeof words>;
      code = await entry(...given, options, host);
    });
  };
  const output = {
    writeOut: host.stdout.write,
    writeErr: host.stderr.write,
    getOutHelpWidth: () => host.stdout.columns,
    getErrHelpWidth: () => host.stderr.columns,
  };
  const program = programOf(host.version, output, run);
  try {
    await program.parseAsync(withoutHelp(argv, program), { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.identical : exitCode.usage;
    // What breaks when all comes to its end is of the end.
    const failure: Failure | undefined = host.signal.aborted ? { reason: 'aborted' } : systemFailure(error);
    if (failure === undefined) throw error;
    host.stderr.write(`${describeFailure(failure)}\n`);
    return exitCodeOf(failure.reason);
  }
}

/** All words of the program. @param run what becomes of a command whose words were given. */
export function programOf(version: string, output: OutputConfiguration, run: Run): Command {
  // What commands below take over from the program has to be said before them.
  const program = globals(new Command('eksd-rebuild'))
    .description(description)
    .configureOutput(output)
    .configureHelp({ minWidthToWrap: leastHelp, optionDescription: describeOption })
    .version(version, '-V, --version', 'say which version this is')
    .addHelpText('after', '\nWhat a command takes: help COMMAND, or COMMAND --help.')
    .showSuggestionAfterError()
    .helpCommand(false)
    .exitOverride();
  for (const define of commands) define(program, run);
  return program;
}

/** What help says of an option: commander's own does not say which ones a command cannot do without. */
function describeOption(option: Option): string {
  const text = new Help().optionDescription(option);
  return option.mandatory ? `${text}; required` : text;
}

/**
 * `help cache gc` is `cache gc --help`; a name that is none is left to be complained about. commander's own takes one name, and says of one
 * that is none nothing.
 */
function withoutHelp(argv: readonly string[], program: Command): readonly string[] {
  const [word, ...names] = argv;
  if (word !== 'help') return argv;
  let at: CommandUnknownOpts = program;
  for (const [count, name] of names.entries()) {
    const next: CommandUnknownOpts | undefined = at.commands.find((each) => each.name() === name);
    // What takes arguments would be run with them.
    const isCommand = at.registeredArguments.length > 0 || at.commands.length === 0;
    if (next === undefined) return isCommand ? [...names.slice(0, count), '--help'] : names;
    at = next;
  }
  return [...names, '--help'];
}

/** All that is written passes here: texts come from sources, servers and files that nobody vouches for. */
function showing(output: Output, withhold: (text: string) => string): Output {
  return {
    ...{ isTerminal: output.isTerminal, hasColours: output.hasColours },
    draw: (text) => output.draw(withhold(text)),
    write: (text) => output.write(visibleOutput(withhold(text), output.hasColours)),
    get columns() {
      return readableWidth(output.columns);
    },
    get rows() {
      return output.rows;
    },
  };
}
