import type { Define } from '../words/define.ts';
import { examples } from '../words/examples.ts';
import { channel, imaging, number } from '../words/options.ts';

export const defineImages: Define = (program, run) =>
  run(
    imaging(program.command('images'))
      .description('rebuilds, and makes the container images of what was rebuilt')
      .addOption(channel)
      .addOption(number)
      .option(
        '--output <place>',
        'an OCI image layout with all of them: a folder, or a file that ends in .tar (not compressed)',
      )
      .addHelpText('after', examples('images v1-30-eks-5 --image etcd-io/etcd --output etcd.tar')),
    async () => (await import('./images.ts')).images,
  );
