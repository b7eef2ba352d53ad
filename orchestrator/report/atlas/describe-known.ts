import { countOf } from '../../core/numbers.ts';
import { visible } from '../../core/visible.ts';
import type { KnownUse } from './view/digest.ts';

/** What is known of a SHA-256, for a terminal. @param releases how many were looked through. */
export function describeKnown(sha256: string, uses: readonly KnownUse[], releases: number): string {
  if (uses.length === 0) {
    return `${sha256} is named by none of ${countOf(releases, 'release')} at hand, and nothing was built so.\n`;
  }
  return uses.map(describeUse).join('\n');
}

function describeUse(use: KnownUse): string {
  const { published, project, version, platform, name, verdict, instead, build, releases } = use;
  const lines = [
    `${name} for ${platform}, of ${project} ${version}: ${verdict ?? 'not known yet'}`,
    published ? 'as published' : 'as built, which is not what was published',
    ...(instead === undefined ? [] : [`${published ? 'built was' : 'published is'} ${instead}`]),
    ...(build === undefined ? [] : [`build ${build}`]),
    `${countOf(releases.length, 'release')}: ${releases.join(', ')}`,
  ];
  return lines.map((line, at) => `${at === 0 ? '' : '  '}${visible(line)}\n`).join('');
}
