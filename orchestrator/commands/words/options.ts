import { type Command, Option } from 'commander';

/** What commander gives an action: members that its options declare, as each command's own type says. */
// biome-ignore lint/suspicious/noExplicitAny: commander's own type; each command names the members that it declares.
export type Parsed = any;

/** Wraps a command so that its module is loaded only when it is called. */
export type Running = (
  call: (options: Parsed, words: readonly string[]) => Promise<number>,
) => (...args: readonly unknown[]) => Promise<void>;

/** Options of the commands that take a release and a part of it. */
export function selecting(command: Command): Command {
  const collect = (value: string, previous: readonly string[] = []) => [...previous, value];
  return command
    .argument('<release>', 'a tag, such as v1-30-eks-5, or "sample"')
    .option('--project <name>', 'only this project; a glob, repeatable', collect)
    .option('--platform <platform>', 'only this platform, such as linux/arm64; repeatable', collect);
}

/** Options of the commands that build, or say what would be built. */
export function building(command: Command): Command {
  return command.addOption(
    new Option(
      '--method <which>',
      'how a project with scripts of its own is built: by go commands of our own that come to the same, or by the scripts (default: direct)',
    ).choices(['direct', 'scripts']),
  );
}

/** Options of the commands that make images. */
export function imaging(command: Command): Command {
  const collect = (value: string, previous: readonly string[] = []) => [...previous, value];
  return building(command)
    .option('--image <name>', 'only this image; a glob, repeatable', collect)
    .addOption(
      new Option(
        '--base <which>',
        'what they stand on: the published base images, or ones of our own',
      ).choices(['published', 'al2', 'al2023']),
    );
}

/** Options of the commands that run builds. */
export function executing(command: Command): Command {
  return command
    .option('--jobs <number>', 'builds at once; each uses every core where it can')
    .option('--keep-going', 'one failure does not stop the rest (the default)')
    .option('--fail-fast', 'stop at the first failure')
    .option('--fresh', 'compile with an empty build cache, and build again what is in the store')
    .option('--recheck', 'hash every result that comes from the store again')
    .addOption(
      new Option('--log <style>', 'how progress is shown')
        .choices(['auto', 'list', 'line', 'json'])
        .default('auto'),
    )
    .option(
      '--report <file>',
      'where report.json goes, and report.html beside it (default: out/<release>/ of the root)',
    );
}
