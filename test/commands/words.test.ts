import type { Command } from '@commander-js/extra-typings';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Run } from '../../orchestrator/commands/words/define.ts';
import type { Host } from '../../orchestrator/host.ts';
import type { GlobalOptions } from '../../orchestrator/workspace/workspace.ts';
import { filesBelow, importsOf, read } from '../rig/imports.ts';

const files = filesBelow('orchestrator/commands');
const folderOf = (file: string) => file.split('/').slice(0, 3).join('/');

test('a command imports no other command', () => {
  const imports = files.flatMap((file) => importsOf(file, read(file)));
  const wrong = imports.filter(({ file, target = '' }) => {
    const isCommand = target.startsWith('orchestrator/commands/') && folderOf(target) !== folderOf(file);
    return isCommand && folderOf(target) !== 'orchestrator/commands/words';
  });
  assert.equal(wrong, []);
});

test('words load nothing of what a command takes to run, so that --help is quick', () => {
  const shared = ['words/options.ts', 'words/examples.ts', 'words/refuse-strange.ts', 'schema/schemas.ts'];
  const words = ['orchestrator/main.ts', ...shared.map((file) => `orchestrator/commands/${file}`)];
  words.push(...files.filter((file) => file.endsWith('/words.ts')));
  const light =
    /^(@commander-js\/extra-typings|\.\.?\/(commands\/)?[a-z]+\/(words|options|examples|refuse-strange)\.ts|\.\/schemas\.ts|(\.\.?\/)+core\/(edge\/)?[a-z-]+\.ts)$/;
  for (const file of words) {
    const loaded = [...read(file).matchAll(/^import (?!type )[^;]*? from '([^']+)';$/gm)];
    for (const [, specifier = ''] of loaded) assert.match(specifier, light, `${file} loads ${specifier}`);
  }
  assert.ok(words.length > 10);
});

/** Never called: that each of these lines needs its directive is the compiler's to say. */
export function compiles(command: Command, run: Run): void {
  type Entry<Options> = () => Promise<(file: string, options: Options, host: Host) => Promise<number>>;
  const words = command.argument('<file>').option('--fail-fast').option('--jobs <number>');
  const fits = {} as Entry<GlobalOptions & { readonly failFast?: boolean; readonly jobs?: string }>;
  run(words, fits);
  // @ts-expect-error an option that the entry does not take
  run(words.option('--fresh'), fits);
  // @ts-expect-error an option that nothing declares
  run(command.argument('<file>').option('--jobs <number>'), fits);
  // @ts-expect-error a value of another type
  run(command.argument('<file>').option('--fail-fast').option('--jobs'), fits);
  // @ts-expect-error an argument too many
  run(words.argument('<other>'), fits);
  // @ts-expect-error an argument that nothing declares
  run(command.option('--fail-fast').option('--jobs <number>'), fits);
  // @ts-expect-error an argument of which there may be none
  run(command.argument('[file]').option('--fail-fast').option('--jobs <number>'), fits);
}

test.run();
