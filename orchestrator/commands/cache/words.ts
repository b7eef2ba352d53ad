import type { Define } from '../words/define.ts';
import { examples } from '../words/examples.ts';
import { keepDays } from '../words/options.ts';

export const defineCache: Define = (program, run) => {
  const cache = program
    .command('cache')
    .description('the store, the clones and the build cache')
    .helpCommand(false);
  run(
    cache
      .command('size')
      .description('how much room each part takes, and what of it gc would free')
      .addHelpText('after', examples('cache size')),
    async () => (await import('./cache.ts')).cacheSize,
  );
  run(
    cache
      .command('gc')
      .description('removes what was not used for a while')
      .option('--keep-days <days>', 'what was used within so many days is kept, and clones', String(keepDays))
      .option('--max-size <GiB>', 'removes the longest unused, and clones last, until all is that small')
      .option('--remote', 'of the store that machines share')
      .addHelpText('after', examples('cache gc --keep-days 7', 'cache gc --max-size 50')),
    async () => (await import('./cache.ts')).cacheGc,
  );
  run(
    cache
      .command('check')
      .description(
        'hashes everything again, has git read every clone, and drops what is damaged, or says which to delete',
      )
      .option('--remote', 'of the store that machines share')
      .addHelpText('after', examples('cache check')),
    async () => (await import('./cache.ts')).cacheCheck,
  );
  run(
    cache
      .command('policy')
      .description('the least IAM policy for a shared store in S3')
      .option('--gc', 'for who removes what is not used, too')
      .addHelpText('after', examples('cache policy --gc')),
    async () => (await import('./remote.ts')).cachePolicy,
  );
};
