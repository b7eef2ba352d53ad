import { countOf } from '../core/numbers.ts';
import { shellQuote } from '../core/shell-quote.ts';

/** What there is in a release and was taken away by a word with a `!`, by what it is of. */
export interface LeftOut {
  readonly projects: readonly string[];
  readonly platforms: readonly string[];
  readonly images: readonly string[];
}

/** `Left out: project kubernetes/kubernetes; platforms linux/arm64, windows/amd64.` Undefined where nothing was. */
export function leftOutText({ projects, platforms, images }: LeftOut): string | undefined {
  const lists = [
    { noun: 'project', names: projects },
    { noun: 'platform', names: platforms },
    { noun: 'image', names: images },
  ];
  const parts = lists.flatMap(({ noun, names }) => {
    return names.length === 0 ? [] : [`${noun}${names.length === 1 ? '' : 's'} ${names.join(', ')}`];
  });
  return parts.length === 0 ? undefined : `Left out: ${parts.join('; ')}.`;
}

/** The words by which a part of a release was asked for, as they were given; without any, all of it was. */
export interface Asked {
  readonly projects: readonly string[];
  readonly platforms: readonly string[];
}

/** ` --project etcd-io/etcd`: options that ask for the same part, each after a blank. */
export function askedWords({ projects, platforms }: Asked = { projects: [], platforms: [] }): string {
  return optionWords('project', projects) + optionWords('platform', platforms);
}

export function optionWords(option: string, words: readonly string[]): string {
  return words.map((word) => ` --${option} ${shellQuote(word)}`).join('');
}

interface Part {
  readonly release: { readonly projects: number };
  readonly projects: readonly unknown[];
  readonly asked?: Asked | undefined;
}

/** `A part of the release: 1 of 14 projects, by --project etcd-io/etcd.` Undefined where a run was of the whole of it. */
export function partText({ release, projects, asked }: Part): string | undefined {
  const words = askedWords(asked).trim();
  if (projects.length >= release.projects && words === '') return undefined;
  const count = `${projects.length} of ${countOf(release.projects, 'project')}`;
  return `A part of the release: ${count}${words === '' ? '' : `, by ${words}`}.`;
}
