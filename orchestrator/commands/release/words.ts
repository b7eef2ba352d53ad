import type { Define } from '../words/define.ts';
import { imaging, insecure, insecureAnywhere, several } from '../words/options.ts';

export const defineRelease: Define = (program, run) => {
  // What stands behind the name of a command below this one is that command's.
  const release = program.command('release').enablePositionalOptions().helpCommand(false);
  run(
    imaging(release)
      .description(
        "rebuilds, and lays out the whole site of a release, as upstream's: archives, sums, manifest",
      )
      .option('--output <folder>', 'where the site goes; one that was made here before is replaced')
      .option('--no-images', 'archives alone: no image, and no file of one')
      .option('--base-uri <url>', "where the site is served from (default: upstream's address)")
      .option('--registry <place>', "where its images are: HOST[:PORT]/PREFIX (default: upstream's)")
      .option('--channel <name>', "a release channel of one's own, such as 1-30-acme")
      .option('--number <number>', 'the number of the release in it')
      .option('--date <when>', 'when it was released (default: as upstream released it)')
      .option('--allow <verdict>', 'lay out files of this verdict too; repeatable, takes a --reason', several)
      .option('--reason <text>', 'why; goes into the manifest')
      .addOption(insecure)
      .addOption(insecureAnywhere),
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
      .option('--json', 'as JSON'),
    async () => (await import('./check.ts')).checkPublished,
  );
};
