import type { Alternative } from '../../config/base/base-image.ts';

/** A file or link that `update-alternatives` makes. */
export interface AlternativeEntry {
  /** Absolute. */
  readonly path: string;
  /** Of links. */
  readonly to?: string;
  /** Of files. */
  readonly content?: string;
}

/**
 * What chkconfig's `update-alternatives` leaves for alternatives: the record of each in `/var/lib/alternatives`, and the links,
 * by way of `/etc/alternatives`. The record's format is that of `writeConfig` in chkconfig's alternatives.c.
 */
export function alternativeEntries(alternatives: readonly Alternative[]): readonly AlternativeEntry[] {
  return alternatives.flatMap((alternative) => {
    const { name, link, choices } = alternative;
    const [first] = choices;
    const chosen = choiceOf(alternative);
    if (first === undefined || chosen === undefined) return [];
    return [
      { path: `/var/lib/alternatives/${name}`, content: recordOf(alternative, first.followers) },
      ...linksOf(name, link, chosen.path),
      ...chosen.followers.flatMap((each) => linksOf(each.name, each.link, each.path)),
    ];
  });
}

type Choice = Alternative['choices'][number];

/** The one that was set, or the first of those with the highest priority. */
function choiceOf({ set, choices }: Alternative): Choice | undefined {
  if (set !== undefined) return choices.find(({ path }) => path === set);
  return [...choices].sort((a, b) => b.priority - a.priority)[0];
}

function linksOf(name: string, link: string, path: string): readonly AlternativeEntry[] {
  const between = `/etc/alternatives/${name}`;
  return [
    { path: between, to: path },
    { path: link, to: between },
  ];
}

function recordOf({ set, link, choices }: Alternative, followers: Choice['followers']): string {
  const lines = [
    set === undefined ? 'auto' : 'manual',
    link,
    ...followers.flatMap((each) => [each.name, each.link]),
    '',
    ...choices.flatMap((choice) => [
      choice.path,
      String(choice.priority),
      ...followers.map(({ name }) => choice.followers.find((each) => each.name === name)?.path ?? ''),
    ]),
  ];
  return `${lines.join('\n')}\n`;
}
