import type { Define } from '../words/define.ts';
import { clusterPolicy, executing, method, records } from '../words/options.ts';

export const defineVerify: Define = (program, run) =>
  run(
    executing(program.command('verify'))
      .description('rebuilds, and compares every file with what was published')
      .addOption(method)
      .addOption(records)
      .addOption(clusterPolicy),
    async () => (await import('./verify.ts')).verify,
  );
