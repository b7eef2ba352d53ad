import type { Define } from '../words/define.ts';
import { examples } from '../words/examples.ts';
import { listed, on, several } from '../words/options.ts';

export const defineAudit: Define = (program, run) =>
  run(
    program
      .command('audit')
      .description(
        'builds what decides the files of many releases, each thing once, and keeps what came of it',
      )
      .argument(
        '[release...]',
        'those whose lock is at hand: tags, such as v1-30-eks-5; globs; with ! before it, all but these',
      )
      .option('--branch <name>', `all of a branch, such as 1-30; ${listed}`, several)
      .option('--all', 'every one')
      .option('--project <name>', `only this project; ${listed}`, several)
      .option('--platform <platform>', `only this platform, such as linux/arm64; ${listed}`, several)
      .option(
        '--records <folder>',
        'where what is said of each file is kept, by release (default: records/ of the root)',
      )
      .option('--from <folder>', 'records of others that are taken in first; repeatable', several)
      .option('--again <verdict>', 'build again what was found to be this; repeatable', several)
      .option('--budget <hours>', 'begin nothing after that time')
      .option(
        '--max-size <GiB>',
        'keep the cache within that: what was not used longest goes, between builds',
      )
      .option('--shard <part>', 'of several machines, this one: 3/20')
      .option('--jobs <number>', 'builds at once; each uses every core where it can')
      .addOption(on)
      .option('--require-sandbox', 'run nothing where a protection of the sandbox is not in force')
      .option('--report', 'build nothing: say what is recorded')
      .option('--json', 'of --report, as JSON')
      .addHelpText('after', examples('audit --branch 1-30 --budget 8', 'audit --report')),
    async () => (await import('./audit.ts')).audit,
  );
