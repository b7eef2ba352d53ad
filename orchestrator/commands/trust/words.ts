import type { Define } from '../words/define.ts';
import { examples } from '../words/examples.ts';
import { insecure, insecureAnywhere, several } from '../words/options.ts';

export const defineTrust: Define = (program, run) =>
  run(
    program
      .command('trust')
      .description(
        'whether an image, a file, or each file of a folder is what those say whom a policy trusts',
      )
      .argument('<what>', 'an image in a registry, by digest or tag; a file; a folder')
      .requiredOption('--policy <file>', 'who is trusted, how many of them have to agree, and on what')
      .option(
        '--statements <place>',
        'where statements are, beside the image\'s repository, and a file\'s own bundle: a folder as "attest" lays it out, its URL, or a repository HOST/PATH; repeatable',
        several,
      )
      .option('--json', 'as JSON')
      .addOption(insecure)
      .addOption(insecureAnywhere)
      .addHelpText(
        'after',
        examples(
          'trust registry.example.com/eks-distro/etcd-io/etcd:v3.5.13-eks-1-30-5 --policy policy.yaml',
          'trust bin/ --policy policy.yaml --statements statements/',
        ),
      ),
    async () => (await import('./trust.ts')).trust,
  );
