import type { Define } from '../words/define.ts';
import { examples } from '../words/examples.ts';
import { listed, several } from '../words/options.ts';

export const defineCompare: Define = (program, run) => {
  const compare = program
    .command('compare')
    .description('what differs between two things')
    .helpCommand(false);
  run(
    compare
      .command('image')
      .description(
        'two images: file by file, config by config, package by package, with what was set aside by name',
      )
      .argument('<a>', 'a folder or tar with an OCI layout, a tar of docker save, or a name in a registry')
      .argument('<b>', 'the same')
      .option('--platform <platform>', `only this platform; ${listed}`, several)
      .option('--json', 'as JSON')
      .addHelpText(
        'after',
        examples('compare image ours.tar public.ecr.aws/eks-distro/etcd-io/etcd:v3.5.13-eks-1-30-5'),
      ),
    async () => (await import('./compare-images-anywhere.ts')).compareImagesAnywhere,
  );
  run(
    compare
      .command('archive', { isDefault: true })
      .description('two archives: member by member, with the images and archives in them')
      .argument('<a>', 'a tar, packed or not, or its URL')
      .argument('<b>', 'the same')
      .option('--programs', 'look into programs that differ, as well')
      .option('--json', 'as JSON')
      .addHelpText('after', examples('compare archive ours.tar.gz theirs.tar.gz --programs')),
    async () => (await import('./compare-archive.ts')).compareArchive,
  );
};
