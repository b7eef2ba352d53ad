import { Option } from '@commander-js/extra-typings';
import type { Define } from '../words/define.ts';
import { examples } from '../words/examples.ts';

export const defineDiff: Define = (program, run) =>
  run(
    program
      .command('diff')
      .summary('what changed from one release to another: versions, patches, Go, bases, files')
      .description(
        'what changed from one release to another, by their locks and recipes, without a network: versions, patches and what they fix, Go and what is patched into it, base images, which build of a recipe counts, which published files are the same bytes',
      )
      .argument('<release>', 'a tag, such as v1-30-eks-5, or "sample"')
      .argument('[release]', 'the other one; with --own-patches, the same where none is named')
      .option('--own-patches', 'the second as "build" makes it here: with the patches in patches/')
      .addOption(new Option('--markdown', 'as a part of a changelog').conflicts('json'))
      .option('--json', 'as JSON')
      .addHelpText(
        'after',
        examples('diff v1-30-eks-5 v1-30-eks-39 --markdown', 'diff sample --own-patches'),
      ),
    async () => (await import('./diff.ts')).diff,
  );
