import type { Define } from '../words/define.ts';
import { examples } from '../words/examples.ts';
import {
  channel,
  imaging,
  insecure,
  insecureAnywhere,
  number,
  several,
  sign,
  signPasswordFile,
} from '../words/options.ts';

export const definePush: Define = (program, run) =>
  run(
    imaging(program.command('push'))
      .description('the images to a registry: says what that would do, and with --confirm does it')
      .requiredOption('--registry <place>', 'HOST[:PORT]/PREFIX')
      .addOption(channel)
      .addOption(number)
      .option('--confirm', 'push')
      .option('--allow <verdict>', 'push files of this verdict too; repeatable, takes a --reason', several)
      .option('--reason <text>', 'why; goes into the record and the provenance')
      .option('--overwrite', 'move tags that are there with another image')
      .option('--tag <tag>', 'a further tag, with {tag}, {branch}, {number}; repeatable', several)
      .option('--retag', 'the further tags under which kubeadm asks for images')
      .addOption(sign)
      .addOption(signPasswordFile)
      .addOption(insecure)
      .addOption(insecureAnywhere)
      .option('--reconcile', 'change settings of repositories at ECR that are not as yours say')
      .option(
        '--policy',
        'print the least IAM policy that this takes at Amazon ECR, and of a key of KMS, and do nothing else: asks nobody',
      )
      .addHelpText(
        'after',
        examples(
          'push v1-30-eks-5 --registry registry.example.com/eks-distro',
          'push v1-30-eks-5 --registry registry.example.com/eks-distro --confirm',
        ),
      ),
    async () => (await import('./push.ts')).push,
  );
