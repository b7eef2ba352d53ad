import type { Define } from '../words/define.ts';
import { examples } from '../words/examples.ts';
import { endpoint, expectedOwner, region, several, siting } from '../words/options.ts';

export const defineRelease: Define = (program, run) => {
  // What stands behind the name of a command below this one is that command's.
  const release = program.command('release').enablePositionalOptions().helpCommand(false);
  run(
    siting(release)
      .description(
        "rebuilds, and lays out the whole site of a release, as upstream's: archives, sums, manifest",
      )
      .option(
        '--output <folder>',
        'where the site goes; one that was made here before is replaced (default: out/<release>/site of the root)',
      )
      .addHelpText('after', examples('release sample --no-images --output site/')),
    async () => (await import('./release.ts')).release,
  );
  run(
    release
      .command('check')
      .description(
        'whether all that a published release names is there, as it says, and what its sources give',
      )
      .argument(
        '<place>',
        "a manifest's file or URL, the folder of a site, or its place in S3: s3://bucket/prefix",
      )
      .option('--allow-host <host>', 'read from this host too: HOST[:PORT]; repeatable', several)
      .option(
        '--lock <release>',
        "whose lock says what the programs are (default: the manifest's own release)",
      )
      .addOption(region)
      .addOption(endpoint)
      .addOption(expectedOwner)
      .option('--json', 'as JSON')
      .addHelpText('after', examples('release check site/')),
    async () => (await import('./check.ts')).checkPublished,
  );
};
