import type { Define } from '../words/define.ts';
import { examples } from '../words/examples.ts';
import { executing, records } from '../words/options.ts';

export const defineExplain: Define = (program, run) =>
  run(
    executing(program.command('explain'))
      .description('looks for the cause of every file that is not the published one')
      .argument(
        '[file...]',
        'only these: etcd, linux/arm64/etcd, etcd-io/etcd/linux/arm64/etcd; a glob; with ! before it, all others',
      )
      .option('--budget <minutes>', 'how long to try other builds', '10')
      .option(
        '--published <place>',
        'the published file, a folder or archive or image with it, its URL, or what "go version -m" says of it',
      )
      .option('--no-build', 'only compare build information: with what was built before, or with the plan')
      .option('--diffoscope', 'has diffoscope compare each file with the published one, too')
      .addOption(records)
      .option('--accept', 'keep what was confirmed beside the lock, and build so from then on')
      .addHelpText('after', examples('explain sample', 'explain v1-30-eks-5 etcd --budget 30')),
    async () => (await import('./explain.ts')).explain,
  );
