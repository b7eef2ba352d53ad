import { type Command, Option, type OptionValues } from '@commander-js/extra-typings';

/** Gathers the values of an option that may be given several times. */
export function several(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value];
}

/** What an option says of itself whose words are those of `chooseNames`. */
export const listed = 'a glob, repeatable; with ! before it, all but this';

/** Options of every command, before and after its name. */
export function globals(command: Command) {
  return command
    .option(
      '--root <folder>',
      'the folder with eksd-rebuild.yaml, releases/, projects/ and patches/; out/ is made there (default: the nearest one from here upwards, or else this one)',
    )
    .option(
      '--cache <folder>',
      'store, clones and build cache (default: EKSD_REBUILD_CACHE, or the user cache folder)',
    )
    .option('--settings <file>', 'settings to read after eksd-rebuild.yaml');
}

/** The release, and the options of the commands that take a part of it. */
export function selecting(command: Command) {
  return command
    .argument('<release>', 'a tag, such as v1-30-eks-5, or "sample"')
    .option('--project <name>', `only this project; ${listed}`, several)
    .option('--platform <platform>', `only this platform, such as linux/arm64; ${listed}`, several);
}

/** Of the commands that build, or say what would be built. */
export const method = new Option(
  '--method <which>',
  'how a project with scripts of its own is built: by go commands of our own that come to the same, or by the scripts (default: direct)',
).choices(['direct', 'scripts']);

export const log = new Option('--log <style>', 'how progress is shown')
  .choices(['auto', 'list', 'line', 'json'])
  .default('auto');

/** Where tasks are done that are bound to no machine. */
export const on = new Option(
  '--on <place>',
  "where fetches and compile tasks are done: this machine, or the settings' cluster (default: local)",
).choices(['local', 'kubernetes']);

/** Of the commands that have no other policy to print. */
export const clusterPolicy = new Option(
  '--policy',
  'with --on kubernetes: print the least Role that it takes, and do nothing else: asks nobody',
);

/** What is selected, and the options of the commands that run builds. */
export function executing(command: Command) {
  return running(selecting(command));
}

/** The options of the commands that run builds, whatever says of what. */
export function running<Args extends unknown[], Options extends OptionValues>(
  command: Command<Args, Options>,
) {
  return command
    .option('--jobs <number>', 'builds at once; each uses every core where it can')
    .option('--fail-fast', 'stop at the first failure')
    .option('--fresh', 'compile with an empty build cache, and build again what is in the store')
    .option('--recheck', 'hash every result that comes from the store again')
    .addOption(on)
    .option('--require-sandbox', 'run nothing where a protection of the sandbox is not in force')
    .addOption(log)
    .option(
      '--report <file>',
      'where report.json goes, and report.html beside it (default: out/<release>/ of the root)',
    );
}

/** What is executed, and the options of the commands that make images. */
export function imaging(command: Command) {
  return executing(command)
    .addOption(method)
    .option('--image <name>', `only this image; ${listed}`, several)
    .addOption(
      new Option(
        '--base <which>',
        'what they stand on: the published base images, or ones of our own',
      ).choices(['published', 'al2', 'al2023']),
    );
}

/** Of the commands that say something of files that lasts. */
export const records = new Option(
  '--records <folder>',
  'keep what is said of each file there: a file of JSON lines for each release',
);

/** Of the commands that tag images, or name tags. */
export const channel = new Option(
  '--channel <name>',
  "a release channel of one's own, such as 1-30-acme: images are tagged by it",
);
export const number = new Option('--number <number>', 'the number of the release in it');

/** Of the commands that give away statements. No secret is a word: passwords and tokens come by the environment, or in files. */
export const sign = new Option(
  '--sign <key>',
  'sign the statements: a file with a private key, awskms:///ARN, or "keyless" for the holder of the token in SIGSTORE_ID_TOKEN',
);
export const signPasswordFile = new Option(
  '--sign-password-file <file>',
  'a file whose first line is the password of the key (default: EKSD_REBUILD_KEY_PASSWORD, COSIGN_PASSWORD)',
);

/** What is made for images, and the options of the commands that make the site of a release. */
export function siting(command: Command) {
  return imaging(command)
    .option('--no-images', 'archives alone: no image, and no file of one')
    .option('--base-uri <url>', "where the site is served from (default: upstream's address)")
    .option('--registry <place>', "where its images are: HOST[:PORT]/PREFIX (default: upstream's)")
    .addOption(channel)
    .addOption(number)
    .option(
      '--since <release>',
      'what its changelog tells the changes from (default: the latest before it of its branch whose lock is at hand)',
    )
    .option('--date <when>', 'when it was released (default: as upstream released it)')
    .option('--allow <verdict>', 'lay out files of this verdict too; repeatable, takes a --reason', several)
    .option('--reason <text>', 'why; goes into the manifest')
    .addOption(sign)
    .addOption(signPasswordFile)
    .addOption(insecure)
    .addOption(insecureAnywhere);
}

/** Of the commands that reach a bucket: see `readBucketWay`. */
export const region = new Option(
  '--region <region>',
  'of the bucket (default: publish.region, AWS_REGION, us-east-1)',
);
export const endpoint = new Option('--endpoint <url>', "another address than AWS's");
export const expectedOwner = new Option(
  '--expected-owner <account>',
  'the account that the bucket has to belong to',
);

/** Of the commands that ask a registry which the user names. */
export const insecure = new Option('--insecure', 'plain http, to a registry on this machine');
export const insecureAnywhere = new Option(
  '--insecure-anywhere',
  'beside --insecure: wherever the registry is',
);

/** Days: what of a cache was not used for longer goes, where nothing else is asked for. */
export const keepDays = 30;
