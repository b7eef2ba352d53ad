import type { Define } from '../words/define.ts';

export const defineCache: Define = (program, run) => {
  const cache = program
    .command('cache')
    .description('the store, the clones and the build cache')
    .helpCommand(false);
  run(
    cache.command('size').description('how much room each part takes'),
    async () => (await import('./cache.ts')).cacheSize,
  );
  run(
    cache
      .command('gc')
      .description('removes what was not used for a while')
      .option('--keep-days <days>', 'results used within so many days are kept', '30')
      .option('--max-size <GiB>', 'removes the longest unused until the store is that small'),
    async () => (await import('./cache.ts')).cacheGc,
  );
  run(
    cache.command('check').description('hashes everything again, and drops what is damaged'),
    async () => (await import('./cache.ts')).cacheCheck,
  );
};
