import type { Define } from '../words/define.ts';
import { examples } from '../words/examples.ts';
import { endpoint, expectedOwner, region, siting } from '../words/options.ts';

export const definePublish: Define = (program, run) =>
  run(
    siting(program.command('publish'))
      .description('the site of a release to S3: says what that would do, and with --confirm does it')
      .requiredOption('--to <place>', 's3://BUCKET/PREFIX')
      .option(
        '--site <folder>',
        'a site that is laid out already (default: it is made, as "release" makes it)',
      )
      .option('--confirm', 'publish')
      .option('--announce', 'tell the topic of its channel, once')
      .option(
        '--overwrite',
        'replace artifacts that no manifest names yet, CRDs, and what a channel says beside its release',
      )
      .option('--policy', 'print the least IAM policy that this takes, and do nothing else: asks nobody')
      .option('--json', 'print the plan, and what was done, as JSON')
      .addOption(region)
      .addOption(endpoint)
      .addOption(expectedOwner)
      .option('--kms-key <key>', 'encrypt by this key of KMS')
      .option('--public-read', 'let everybody read the files, by access control lists')
      .addHelpText(
        'after',
        examples(
          'publish v1-30-eks-5 --to s3://bucket/eks-d',
          'publish v1-30-eks-5 --to s3://bucket/eks-d --confirm --announce',
        ),
      ),
    async () => (await import('./publish.ts')).publish,
  );
