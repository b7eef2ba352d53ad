import type { Define } from '../words/define.ts';
import { examples } from '../words/examples.ts';
import { channel, insecure, insecureAnywhere, listed, number, several } from '../words/options.ts';

export const defineCluster: Define = (program, run) => {
  // What stands behind the name of a command below this one is that command's.
  const cluster = program.command('cluster').enablePositionalOptions().helpCommand(false);
  run(
    cluster
      .description("configuration that starts a cluster from a release's images")
      .argument('<release>', 'a tag, such as v1-30-eks-5')
      .option('--registry <place>', 'HOST[:PORT]/PREFIX (default: where the manifest has the images)')
      .addOption(channel)
      .addOption(number)
      .option('--format <tool>', `only for this tool, kubeadm or kops; ${listed}`, several)
      .option('--output <folder>', 'where the files go; one format goes to standard output without it')
      .option(
        '--files <url>',
        "what the release's files lie below, and are looked for unless --offline (default: where EKS Distro publishes them)",
      )
      .option(
        '--report <file>',
        'a report.json: its digests are named for kOps, and have to be behind the tags that kubeadm takes; sums of rebuilt files',
      )
      .option(
        '--manifest <place>',
        "the release's manifest, a file or URL: where its files and images are, their sums and digests",
      )
      .option('--allow-host <host>', 'beside --manifest: it may lead to this host too; repeatable', several)
      .option('--kops-mirror', 'kOps takes its own images and files from there too')
      .option('--offline', 'do not ask the registry whether the images are there')
      .option('--retag', 'plan the further tags under which kubeadm asks for images that are there')
      .option('--confirm', 'beside --retag: give them')
      .option('--overwrite', 'beside --retag: move tags that are there with another image')
      .addOption(insecure)
      .addOption(insecureAnywhere)
      .addHelpText(
        'after',
        examples(
          'cluster v1-30-eks-5 --registry registry.example.com/eks-distro --output cluster/',
          'cluster v1-30-eks-5 --registry registry.example.com/eks-distro --format kubeadm --offline',
        ),
      ),
    async () => (await import('./cluster.ts')).cluster,
  );
  run(
    cluster
      .command('smoke')
      .description(
        'whether the cluster of the kubeconfig runs what a release has: its version, its images by digest, a DNS that answers',
      )
      .argument('<release>', 'a tag, such as v1-30-eks-5')
      .option('--context <name>', 'of the kubeconfig (default: its current one)')
      .option('--cluster-domain <name>', 'what names in the cluster end with', 'cluster.local')
      .option('--registry <place>', 'HOST[:PORT]/PREFIX (default: where the manifest has the images)')
      .addOption(channel)
      .addOption(number)
      .option('--report <file>', 'a report.json: the images have to be those of its digests')
      .option('--manifest <place>', "the release's manifest, a file or URL: the same of its digests")
      .option('--allow-host <host>', 'beside --manifest: it may lead to this host too; repeatable', several)
      .addOption(insecure)
      .addOption(insecureAnywhere)
      .addHelpText('after', examples('cluster smoke v1-30-eks-5 --registry registry.example.com/eks-distro')),
    async () => (await import('./smoke.ts')).clusterSmoke,
  );
};
