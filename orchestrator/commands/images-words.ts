import { type Command, Option } from 'commander';
import type { Host } from '../host.ts';
import { executing, imaging, type Running, selecting } from './words/options.ts';

/** The commands about images: of a release, what they stand on, and what uses them. */
export function defineImageCommands(program: Command, running: Running, host: Host): void {
  imaging(
    executing(
      selecting(
        program.command('images').description('rebuilds, and makes the container images of what was rebuilt'),
      ),
    ),
  )
    .option('--output <place>', 'an OCI image layout with all of them: a folder, or a file that ends in .tar')
    .action(
      running(async (options, words) =>
        (await import('./images/images.ts')).images(words[0] ?? '', options, host),
      ),
    );

  const several = (value: string, previous: readonly string[] = []) => [...previous, value];
  imaging(
    executing(
      selecting(
        program
          .command('push')
          .description('the images to a registry: says what that would do, and with --confirm does it'),
      ),
    ),
  )
    .requiredOption('--registry <place>', 'HOST[:PORT]/PREFIX')
    .option('--confirm', 'push')
    .option('--allow <verdict>', 'push files of this verdict too; repeatable, takes a --reason', several)
    .option('--reason <text>', 'why; goes into the record and the provenance')
    .option('--overwrite', 'move tags that are there with another image')
    .option('--tag <tag>', 'a further tag, with {tag}, {branch}, {number}; repeatable', several)
    .option('--retag', 'the further tags under which kubeadm asks for images')
    .option('--insecure', 'plain http, to a registry on this machine')
    .option('--insecure-anywhere', 'beside --insecure: wherever the registry is')
    .option('--reconcile', 'change settings of repositories at ECR that are not as yours say')
    .option('--policy', 'print the least IAM policy that this takes')
    .action(
      running(async (options, words) => (await import('./push/push.ts')).push(words[0] ?? '', options, host)),
    );

  const base = program.command('base').description('base images of our own').helpCommand(false);
  const distribution = new Option('--distribution <name>', 'which Amazon Linux').choices(['al2', 'al2023']);
  base
    .command('list')
    .description('which there are, and which locks they have')
    .option('--json', 'as JSON')
    .action(running(async (options) => (await import('./base/list.ts')).baseList(options, host)));
  base
    .command('build')
    .description('makes them from their locked packages')
    .argument('[name...]', 'only these images')
    .addOption(distribution)
    .option('--platform <platform>', 'only this platform; repeatable', several)
    .option('--output <place>', 'an OCI image layout with all of them: a folder, or a file that ends in .tar')
    .option('--jobs <number>', 'builds at once')
    .option('--fresh', 'build again what is in the store')
    .addOption(
      new Option('--log <style>', 'how progress is shown')
        .choices(['auto', 'list', 'line', 'json'])
        .default('auto'),
    )
    .action(
      running(async (options, words) => (await import('./base/build.ts')).baseBuild(words, options, host)),
    );
  base
    .command('check')
    .description('which locked packages have newer versions, and which of these are for security')
    .argument('[name...]', 'only these images')
    .addOption(distribution)
    .option('--security-only', 'only what mends a security problem')
    .option('--json', 'as JSON')
    .action(
      running(async (options, words) => (await import('./base/check.ts')).baseCheck(words, options, host)),
    );
  base
    .command('refresh')
    .description('writes locks with the packages of today')
    .argument('[name...]', 'only these images')
    .addOption(distribution)
    .option('--as-of <tag>', 'with the versions of a published tag, such as 2024-04-01-1711929684.2')
    .option('--security-only', 'change only what mends a security problem')
    .option('--dry-run', 'write nothing')
    .option('--offline', 'do not fetch the repository of the builder images')
    .action(
      running(async (options, words) =>
        (await import('./base/refresh.ts')).baseRefresh(words, options, host),
      ),
    );

  const compare = program
    .command('compare')
    .description('what differs between two things')
    .helpCommand(false);
  compare
    .command('image')
    .description('two images: file by file, config by config, package by package')
    .argument('<a>', 'a folder or tar with an OCI layout, a tar of docker save, or a name in a registry')
    .argument('<b>', 'the same')
    .option('--platform <platform>', 'only this platform; repeatable', several)
    .option('--json', 'as JSON')
    .action(
      running(async (options, [a = '', b = '']) =>
        (await import('./compare/compare-images-anywhere.ts')).compareImagesAnywhere(a, b, options, host),
      ),
    );

  program
    .command('cluster')
    .description("configuration that starts a cluster from a release's images")
    .argument('<release>', 'a tag, such as v1-30-eks-5')
    .requiredOption('--registry <place>', 'HOST[:PORT]/PREFIX')
    .addOption(
      new Option('--format <tool>', 'for which tool; both where it is absent').choices(['kubeadm', 'kops']),
    )
    .option('--output <folder>', 'where the files go; one format goes to standard output without it')
    .option('--files <url>', "what the release's files lie below (default: where EKS Distro publishes them)")
    .option('--report <file>', 'a report.json: digests of images, and sums of rebuilt files')
    .option('--kops-mirror', 'kOps takes its own images and files from there too')
    .option('--offline', 'do not ask the registry whether the images are there')
    .option('--retag', 'plan the further tags under which kubeadm asks for images that are there')
    .option('--confirm', 'beside --retag: give them')
    .option('--overwrite', 'beside --retag: move tags that are there with another image')
    .option('--insecure', 'plain http, to a registry on this machine')
    .option('--insecure-anywhere', 'beside --insecure: wherever the registry is')
    .action(
      running(async (options, words) =>
        (await import('./cluster/cluster.ts')).cluster(words[0] ?? '', options, host),
      ),
    );
}
