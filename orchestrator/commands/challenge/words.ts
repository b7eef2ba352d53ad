import type { Define } from '../words/define.ts';
import { examples } from '../words/examples.ts';
import { insecure, insecureAnywhere } from '../words/options.ts';

export const defineChallenge: Define = (program, run) =>
  run(
    program
      .command('challenge')
      .description('whether several rebuilders say the same of a release, file by file, and who stands alone')
      .argument('<release>', 'a tag, such as v1-30-eks-5')
      .requiredOption(
        '--with <places...>',
        'where their statements are: folders as "attest" lays them out, URLs of such, registries HOST/PREFIX with images of the release',
      )
      .option(
        '--policy <file>',
        'whose signatures count, and how many have to agree; without one, no signature is checked, and two have to',
      )
      .option('--json', 'as JSON')
      .addOption(insecure)
      .addOption(insecureAnywhere)
      .addHelpText(
        'after',
        examples('challenge v1-30-eks-5 --with acme/statements https://rebuilds.example/v1-30-eks-5'),
      ),
    async () => (await import('./challenge.ts')).challenge,
  );
