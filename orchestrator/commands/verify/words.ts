import type { Define } from '../words/define.ts';
import { examples } from '../words/examples.ts';
import { clusterPolicy, executing, method, records } from '../words/options.ts';

export const defineVerify: Define = (program, run) =>
  run(
    executing(program.command('verify'))
      .description('rebuilds, and compares every file with what was published')
      .addOption(method)
      .addOption(records)
      .addOption(clusterPolicy)
      .addHelpText(
        'after',
        examples('verify sample', "verify v1-30-eks-5 --project '!kubernetes/kubernetes'"),
      ),
    async () => (await import('./verify.ts')).verify,
  );
