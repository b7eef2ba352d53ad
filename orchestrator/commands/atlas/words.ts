import type { Define } from '../words/define.ts';
import { examples } from '../words/examples.ts';

export const defineAtlas: Define = (program, run) =>
  run(
    program
      .command('atlas')
      .description('a site of all releases and files, from locks and records: pages, JSON, a feed, badges')
      .requiredOption('--output <folder>', 'where it is put: a new or empty folder, or a former atlas')
      .option('--records <folder>', 'what was recorded of files (default: records/ of the root)')
      .option('--base-url <url>', 'where it will be: for the feed, robots.txt and sitemap.xml')
      .addHelpText(
        'after',
        examples('atlas --output atlas/', 'atlas --output atlas/ --base-url https://atlas.example.com'),
      ),
    async () => (await import('./atlas.ts')).atlas,
  );
