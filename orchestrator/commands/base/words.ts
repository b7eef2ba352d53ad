import { Option } from '@commander-js/extra-typings';
import type { Define } from '../words/define.ts';
import { examples } from '../words/examples.ts';
import { listed, log, several } from '../words/options.ts';

export const defineBase: Define = (program, run) => {
  const base = program.command('base').description('base images of our own').helpCommand(false);
  const distribution = new Option('--distribution <name>', 'which Amazon Linux').choices(['al2', 'al2023']);
  run(
    base
      .command('list')
      .description('which there are, and which locks they have')
      .option('--json', 'as JSON')
      .addHelpText('after', examples('base list')),
    async () => (await import('./list.ts')).baseList,
  );
  run(
    base
      .command('build')
      .description('makes them from their locked packages')
      .argument('[name...]', 'only these images; a glob; with ! before it, all but this')
      .addOption(distribution)
      .option('--platform <platform>', `only this platform; ${listed}`, several)
      .option(
        '--output <place>',
        'an OCI image layout with all of them: a folder, or a file that ends in .tar',
      )
      .option('--jobs <number>', 'builds at once')
      .option('--fresh', 'build again what is in the store')
      .option('--require-sandbox', 'run nothing where a protection of the sandbox is not in force')
      .addOption(log)
      .addHelpText('after', examples('base build eks-distro-minimal-base --output bases.tar')),
    async () => (await import('./build.ts')).baseBuild,
  );
  run(
    base
      .command('check')
      .description('which locked packages have newer versions, and which of these are for security')
      .argument('[name...]', 'only these images; a glob; with ! before it, all but this')
      .addOption(distribution)
      .option('--security-only', 'only what mends a security problem')
      .option('--json', 'as JSON')
      .addHelpText('after', examples('base check --security-only')),
    async () => (await import('./check.ts')).baseCheck,
  );
  run(
    base
      .command('refresh')
      .description('writes locks with the packages of today')
      .argument('[name...]', 'only these images; a glob; with ! before it, all but this')
      .addOption(distribution)
      .option('--as-of <tag>', 'with the versions of a published tag, such as 2024-04-01-1711929684.2')
      .option('--security-only', 'change only what mends a security problem')
      .option('--dry-run', 'write nothing')
      .option('--offline', 'beside --as-of: do not fetch the repository of the builder images')
      .addHelpText('after', examples('base refresh eks-distro-minimal-base --dry-run')),
    async () => (await import('./refresh.ts')).baseRefresh,
  );
};
