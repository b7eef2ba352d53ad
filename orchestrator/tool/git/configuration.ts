import { isAbsolute, resolve } from 'node:path';
import type { RunProcess } from '../process/process.ts';

/** The user's and the machine's configuration of git, as far as a fetch goes by it. */
export interface GitConfiguration {
  /** The files that it stands in. Absolute. */
  readonly files: readonly string[];
  readonly values: readonly (readonly [name: string, value: string])[];
  /** Programs that are asked for credentials. */
  readonly helpers: readonly string[];
  /** What is really read for an address (`url.<base>.insteadOf`). */
  readonly rewritten: (address: string) => string;
}

/** Reads it, by git's own word: files that include others, and what the environment sets, are among it. */
export async function readGitConfiguration(
  run: RunProcess,
  env: Readonly<Record<string, string>>,
): Promise<GitConfiguration> {
  const args = ['config', '--list', '--includes', '--show-origin', '-z'];
  const listed = await run({ program: 'git', args, cwd: '/', env, network: 'none' });
  const parts = listed.stdout.split('\0');
  const files = new Set<string>();
  const values: (readonly [string, string])[] = [];
  for (let index = 0; index + 1 < parts.length; index += 2) {
    const origin = /^file:(.*)$/s.exec(parts[index] ?? '')?.[1];
    if (origin !== undefined) files.add(isAbsolute(origin) ? origin : resolve('/', origin));
    const [name = '', ...value] = (parts[index + 1] ?? '').split('\n');
    values.push([name, value.join('\n')]);
  }
  const bases = values.flatMap(([name, value]) => {
    const base = /^url\.(.*)\.insteadof$/is.exec(name)?.[1];
    return base === undefined ? [] : [{ base, value }];
  });
  return {
    files: [...files],
    values,
    helpers: values.flatMap(([name, value]) =>
      /^credential\.(.*\.)?helper$/i.test(name) ? helperOf(value) : [],
    ),
    rewritten(address) {
      const fitting = bases.filter(({ value }) => address.startsWith(value));
      const [longest] = fitting.sort((a, b) => b.value.length - a.value.length);
      return longest === undefined ? address : `${longest.base}${address.slice(longest.value.length)}`;
    },
  };
}

/** `store --file x` is `git credential-store`; `!command` and `/a/program` are what they say (gitcredentials(7)). */
function helperOf(value: string): readonly string[] {
  const [word = ''] = value.split(/\s/);
  if (word === '') return [];
  if (word.startsWith('!')) return [word.slice(1)];
  return [isAbsolute(word) ? word : `git-credential-${word}`];
}
