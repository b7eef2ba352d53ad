import type { Define } from '../words/define.ts';

export const definePublish: Define = (program, run) =>
  run(
    program
      .command('publish')
      .description('the site of a release to S3: says what that would do, and with --confirm does it')
      .argument('<release>', 'a tag, such as v1-30-eks-5')
      .requiredOption('--to <place>', 's3://BUCKET/PREFIX')
      .option(
        '--site <folder>',
        'the site, as "release" lays it out (default: out/<release>/site of the root)',
      )
      .option('--confirm', 'publish')
      .option('--announce', 'tell the topic of its channel, once')
      .option(
        '--overwrite',
        'replace artifacts that no manifest names yet, CRDs, and what a channel says beside its release',
      )
      .option('--policy', 'print the least IAM policy that this takes, and do nothing else: asks nobody')
      .option('--json', 'print the plan, and what was done, as JSON')
      .option('--region <region>', 'of the bucket (default: publish.region, AWS_REGION, us-east-1)')
      .option('--endpoint <url>', "another address than AWS's, of S3 and SNS")
      .option('--expected-owner <account>', 'the account that the bucket has to belong to')
      .option('--kms-key <key>', 'encrypt by this key of KMS')
      .option('--public-read', 'let everybody read the files, by access control lists'),
    async () => (await import('./publish.ts')).publish,
  );
