import { countOf } from '../../core/numbers.ts';
import type { ReleaseDifference } from '../../release/difference/difference.ts';
import { treeLink } from '../source-link.ts';
import { describeDifference } from './describe.ts';
import type { TextDocument } from './document.ts';
import { code, markdownText } from './markdown.ts';

/** A release that a changelog is of. */
export interface ChangelogSubject {
  /** `v1-30-eks-5`, or what a release of one's own goes by. */
  readonly name: string;
  /** What it was made from: a release of EKS-D, and the commit that its pins were read from. */
  readonly of: string;
  readonly repository: string;
  readonly commit: string | undefined;
}

/**
 * The changelog of a release: its heading, where its sources are, and what changed, under headings as upstream has them. Whoever reads
 * it is not who made the release. Undefined: no release before it is known.
 */
export function changelogText(
  { name, of, repository, commit }: ChangelogSubject,
  difference: ReleaseDifference | undefined,
): string {
  const link = commit === undefined ? undefined : treeLink(repository, commit);
  const source = link === undefined ? code(of) : `[${code(of)}](${link})`;
  const head = [`# Changelog of ${code(name)}`, `Built from ${source} of EKS Distro.`];
  if (difference === undefined)
    return `${[...head, '## Changes', 'No release before it is known here.'].join('\n\n')}\n`;
  const { title, lead, sections } = describeDifference(difference, 'its');
  const between = betweenOf(difference);
  const gap = `${countOf(between, 'number lies', 'numbers lie')} between the two.`;
  const document: TextDocument = {
    title: ['Changes'],
    lead: [[...title, '.'], ...(between === 0 ? [] : [[gap]]), ...lead],
    sections: [...asUpstream.keys(), undefined].flatMap((own) =>
      sections
        .filter((section) => (own === undefined ? !asUpstream.has(section.title) : section.title === own))
        .map((section) => ({ ...section, title: asUpstream.get(section.title) ?? section.title })),
    ),
  };
  return [...head, markdownText(document, 2)].join('\n\n');
}

/** Our headings in upstream's words, in upstream's order; ours come after them. */
const asUpstream: ReadonlyMap<string, string> = new Map([
  ['Patches', 'Patches'],
  ['Versions', 'Projects'],
  ['Base images', 'Base Image'],
]);

/** How many numbers of a branch are passed over. */
function betweenOf({ before, after, order }: ReleaseDifference): number {
  return before.branch === after.branch && order === 'later' ? after.number - before.number - 1 : 0;
}
