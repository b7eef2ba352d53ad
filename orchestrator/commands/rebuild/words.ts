import type { Define } from '../words/define.ts';
import { examples } from '../words/examples.ts';
import { running } from '../words/options.ts';

export const defineRebuild: Define = (program, run) =>
  run(
    running(program.command('rebuild'))
      .description(
        'builds what a statement of provenance is about again, and says whether it comes out the same',
      )
      .requiredOption(
        '--from <statement>',
        'a provenance that "attest" or "push" wrote, or a bundle that holds one',
      )
      .option('--output <folder>', 'where what was built goes: files as by "build", an image as by "images"')
      .addHelpText('after', examples('rebuild --from provenance.intoto.json')),
    async () => (await import('./rebuild.ts')).rebuildStated,
  );
