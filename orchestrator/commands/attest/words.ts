import type { Define } from '../words/define.ts';
import { examples } from '../words/examples.ts';
import { channel, imaging, number, sign, signPasswordFile } from '../words/options.ts';

export const defineAttest: Define = (program, run) =>
  run(
    imaging(program.command('attest'))
      .description(
        'rebuilds, and states how each file and image was made and what it equals, for others to check',
      )
      .addOption(channel)
      .addOption(number)
      .option('--no-images', 'files alone: nothing is asked of a registry or a builder')
      .option('--archives', "the files of the release's site, too, as upstream's is called")
      .option('--vex <file>', 'state what an OpenVEX document says of them, too, such as "vulns" writes')
      .option('--output <folder>', 'where the statements go (default: out/<release>/statements of the root)')
      .addOption(sign)
      .addOption(signPasswordFile)
      .option('--public-key <file>', 'write the public key of --sign there, in PEM, for who checks')
      .addHelpText(
        'after',
        examples(
          'attest sample --no-images',
          'attest v1-30-eks-5 --sign release.key --public-key release.pub',
        ),
      ),
    async () => (await import('./attest.ts')).attest,
  );
