import type { Define } from '../words/define.ts';
import { examples } from '../words/examples.ts';
import { imaging } from '../words/options.ts';

export const defineVulns: Define = (program, run) =>
  run(
    imaging(program.command('vulns'))
      .description(
        'which known vulnerabilities programs and images have, here and elsewhere, and VEX about ours',
      )
      .option(
        '--against <what>',
        'what ours are held against: upstream (its public images; the default), none, a release, an image, or a file or folder of programs',
      )
      .option(
        '--published <place>',
        "EKS Distro's own programs, where they are at hand: as explain takes them",
      )
      .option('--database <place>', 'the Go vulnerability database: a folder, a zip, or a URL')
      .option(
        '--scanned <place>',
        'where ours were pushed to in Amazon ECR, HOST/PREFIX: what its scan found counts',
      )
      .option('--no-images', 'only programs: no image is made or looked at')
      .option('--output <folder>', 'where documents go (default: out/<release>/ of the root)')
      .option('--json', 'as JSON')
      .option('--sarif', 'as SARIF')
      .addHelpText('after', examples('vulns v1-30-eks-5 --no-images --project etcd-io/etcd')),
    async () => (await import('./vulns.ts')).vulns,
  );
