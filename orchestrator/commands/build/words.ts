import type { Define } from '../words/define.ts';
import { clusterPolicy, executing, method } from '../words/options.ts';

export const defineBuild: Define = (program, run) =>
  run(
    executing(program.command('build'))
      .description('rebuilds, compares, and lays the files out as upstream does')
      .addOption(method)
      .addOption(clusterPolicy)
      .requiredOption('--output <folder>', 'where the files go, with a SHA256SUMS'),
    async () => (await import('./build.ts')).build,
  );
