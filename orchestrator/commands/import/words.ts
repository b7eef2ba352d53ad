import { Option } from '@commander-js/extra-typings';
import type { Define } from '../words/define.ts';
import { examples } from '../words/examples.ts';

export const defineImport: Define = (program, run) =>
  run(
    program
      .command('import')
      .description('reads a published release and writes its lock')
      .argument('[release...]', 'tags, such as v1-30-eks-5; a glob; with ! before it, all but this')
      .option('--all', 'every release there is')
      .addOption(
        new Option('--tree <which>', 'whose tree the pins are read from: the release commit, or the tag')
          .choices(['release', 'tag'])
          .default('release'),
      )
      .option('--output <folder>', 'where the locks go (default: releases/ of the root)')
      .option('--offline', 'only what is at hand: fetch nothing, and leave open what that does not say')
      .addHelpText('after', examples('import v1-30-eks-5', "import 'v1-30-*' '!v1-30-eks-1'")),
    async () => (await import('./import.ts')).importReleases,
  );
