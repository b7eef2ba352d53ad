import type { Define } from '../words/define.ts';
import { examples } from '../words/examples.ts';
import { clusterPolicy, executing, method } from '../words/options.ts';

export const defineBuild: Define = (program, run) =>
  run(
    executing(program.command('build'))
      .description('rebuilds, compares, and lays the files out as upstream does')
      .addOption(method)
      .addOption(clusterPolicy)
      .requiredOption(
        '--output <folder>',
        'where the files go, with a SHA256SUMS; what that named before, unchanged, goes',
      )
      .addHelpText('after', examples('build sample --output files/')),
    async () => (await import('./build.ts')).build,
  );
