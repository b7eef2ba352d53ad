import type { Define } from '../words/define.ts';
import { examples } from '../words/examples.ts';

export const defineReleases: Define = (program, run) =>
  run(
    program
      .command('releases')
      .description('what can be rebuilt, newest first, with what is comparable in each')
      .option('--offline', 'only what is at hand: fetch nothing')
      .option('--json', 'as JSON')
      .addHelpText('after', examples('releases', 'releases --offline --json')),
    async () => (await import('./releases.ts')).releases,
  );
