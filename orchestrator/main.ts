import { Command, CommanderError, Option } from 'commander';
import { defineImageCommands } from './commands/images-words.ts';
import { building, executing, type Parsed, type Running, selecting } from './commands/words/options.ts';
import { exitCode } from './core/exit-code.ts';
import type { Host } from './host.ts';

const description = `Rebuilds releases of Amazon EKS Distro from source and says of every published file:
identical, or why not.`;

/**
 * The composition root: parses the words of the command line and hands over to the command.
 * @returns the exit code (see core/exit-code.ts).
 */
export async function main(argv: readonly string[], host: Host): Promise<number> {
  let code: number = exitCode.identical;
  /** Wraps a command so that its module is loaded only when it is called. */
  const running =
    (call: (options: Parsed, words: readonly string[]) => Promise<number>) =>
    async (...args: readonly unknown[]): Promise<void> => {
      const command = args.at(-1) as Command;
      code = await call(command.optsWithGlobals(), command.args);
    };
  const program = defineProgram(host, running);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? exitCode.identical : exitCode.usage;
  }
}

function defineProgram(host: Host, running: Running): Command {
  const program = new Command('eksd-rebuild')
    .description(description)
    .option(
      '--root <folder>',
      'where releases/, projects/ and patches/ are (default: found upwards from here)',
    )
    .option(
      '--cache <folder>',
      'store, clones and build cache (default: EKSD_REBUILD_CACHE, or the user cache folder)',
    )
    .option('--settings <file>', 'settings to read after eksd-rebuild.yaml')
    .configureOutput({ writeOut: host.stdout.write, writeErr: host.stderr.write })
    .showSuggestionAfterError()
    .helpCommand(false)
    .exitOverride();

  program
    .command('releases')
    .description('what can be rebuilt, newest first, with what is comparable in each')
    .option('--offline', 'only what is at hand: fetch nothing')
    .option('--json', 'as JSON')
    .action(
      running(async (options) => (await import('./commands/releases/releases.ts')).releases(options, host)),
    );

  program
    .command('import')
    .description('reads a published release and writes its lock')
    .argument('[release...]', 'tags, such as v1-30-eks-5')
    .option('--all', 'every release there is')
    .addOption(
      new Option('--tree <which>', 'whose tree the pins are read from: the release commit, or the tag')
        .choices(['release', 'tag'])
        .default('release'),
    )
    .option('--output <folder>', 'where the locks go (default: releases/ of the root)')
    .option('--offline', 'only what is at hand: fetch nothing, and leave commits unresolved')
    .action(
      running(async (options, words) =>
        (await import('./commands/import/import.ts')).importReleases(words, options, host),
      ),
    );

  building(
    selecting(
      program.command('plan').description('the graph: tasks, what is cached, and why each other one is not'),
    ),
  )
    .option('--dot', 'as a Graphviz graph')
    .option('--json', 'as JSON')
    .addOption(
      new Option(
        '--commands',
        'the commands that compile, with their environments, by every method',
      ).conflicts('dot'),
    )
    .action(
      running(async (options, words) =>
        (await import('./commands/plan/plan.ts')).plan(words[0] ?? '', options, host),
      ),
    );

  building(
    executing(
      selecting(
        program.command('verify').description('rebuilds, and compares every file with what was published'),
      ),
    ),
  ).action(
    running(async (options, words) =>
      (await import('./commands/verify/verify.ts')).verify(words[0] ?? '', options, host),
    ),
  );

  building(
    executing(
      selecting(
        program.command('build').description('rebuilds, compares, and lays the files out as upstream does'),
      ),
    ),
  )
    .requiredOption('--output <folder>', 'where the files go, with a SHA256SUMS')
    .action(
      running(async (options, words) =>
        (await import('./commands/build/build.ts')).build(words[0] ?? '', options, host),
      ),
    );

  executing(
    selecting(
      program
        .command('explain')
        .description('looks for the cause of every file that is not the published one'),
    ).argument('[file...]', 'only these: etcd, linux/arm64/etcd, etcd-io/etcd/linux/arm64/etcd'),
  )
    .option('--budget <minutes>', 'how long to try other builds', '10')
    .option(
      '--published <place>',
      'the published file, a folder or archive or image with it, its URL, or what "go version -m" says of it',
    )
    .option('--no-build', 'only compare build information: with what was built before, or with the plan')
    .option('--diffoscope', 'has diffoscope compare each file with the published one, too')
    .option('--accept', 'keep what was confirmed beside the lock, and build so from then on')
    .action(
      running(async (options, words) =>
        (await import('./commands/explain/explain.ts')).explain(
          words[0] ?? '',
          words.slice(1),
          options,
          host,
        ),
      ),
    );

  defineImageCommands(program, running, host);

  program
    .command('doctor')
    .description('what is there of what is needed, what is missing, and how to get it')
    .option('--json', 'as JSON')
    .action(running(async (options) => (await import('./commands/doctor/doctor.ts')).doctor(options, host)));

  const cache = program
    .command('cache')
    .description('the store, the clones and the build cache')
    .helpCommand(false);
  cache
    .command('size')
    .description('how much room each part takes')
    .action(running(async (options) => (await import('./commands/cache/cache.ts')).cacheSize(options, host)));
  cache
    .command('gc')
    .description('removes what was not used for a while')
    .option('--keep-days <days>', 'results used within so many days are kept', '30')
    .option('--max-size <GiB>', 'removes the longest unused until the store is that small')
    .action(running(async (options) => (await import('./commands/cache/cache.ts')).cacheGc(options, host)));
  cache
    .command('check')
    .description('hashes everything again, and drops what is damaged')
    .action(
      running(async (options) => (await import('./commands/cache/cache.ts')).cacheCheck(options, host)),
    );
  return program;
}
