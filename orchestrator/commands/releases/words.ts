import type { Define } from '../words/define.ts';

export const defineReleases: Define = (program, run) =>
  run(
    program
      .command('releases')
      .description('what can be rebuilt, newest first, with what is comparable in each')
      .option('--offline', 'only what is at hand: fetch nothing')
      .option('--json', 'as JSON'),
    async () => (await import('./releases.ts')).releases,
  );
