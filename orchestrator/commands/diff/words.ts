import { Option } from '@commander-js/extra-typings';
import type { Define } from '../words/define.ts';

export const defineDiff: Define = (program, run) =>
  run(
    program
      .command('diff')
      .description('what changed from one release to another: versions, patches, Go, bases, files')
      .argument('<release>', 'a tag, such as v1-30-eks-5, or "sample"')
      .argument('[release]', 'the other one; with --own-patches, the same where none is named')
      .option('--own-patches', 'the second as "build" makes it here: with the patches in patches/')
      .addOption(new Option('--markdown', 'as a part of a changelog').conflicts('json'))
      .option('--json', 'as JSON'),
    async () => (await import('./diff.ts')).diff,
  );
