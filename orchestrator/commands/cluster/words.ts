import { Option } from '@commander-js/extra-typings';
import type { Define } from '../words/define.ts';
import { insecure, insecureAnywhere } from '../words/options.ts';

export const defineCluster: Define = (program, run) =>
  run(
    program
      .command('cluster')
      .description("configuration that starts a cluster from a release's images")
      .argument('<release>', 'a tag, such as v1-30-eks-5')
      .requiredOption('--registry <place>', 'HOST[:PORT]/PREFIX')
      .addOption(
        new Option('--format <tool>', 'for which tool; both where it is absent').choices(['kubeadm', 'kops']),
      )
      .option('--output <folder>', 'where the files go; one format goes to standard output without it')
      .option(
        '--files <url>',
        "what the release's files lie below (default: where EKS Distro publishes them)",
      )
      .option('--report <file>', 'a report.json: digests of images, and sums of rebuilt files')
      .option('--kops-mirror', 'kOps takes its own images and files from there too')
      .option('--offline', 'do not ask the registry whether the images are there')
      .option('--retag', 'plan the further tags under which kubeadm asks for images that are there')
      .option('--confirm', 'beside --retag: give them')
      .option('--overwrite', 'beside --retag: move tags that are there with another image')
      .addOption(insecure)
      .addOption(insecureAnywhere),
    async () => (await import('./cluster.ts')).cluster,
  );
