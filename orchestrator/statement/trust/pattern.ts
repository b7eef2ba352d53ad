/**
 * A pattern as what it stands for: `*` is any characters but a slash, `**` any characters, all else is itself, and it fits from the first
 * character to the last. Regular expressions are no form for a policy: a dot in one lets another host in, and one that is not tied
 * to both ends fits half the world.
 */
export function expressionOf(pattern: string): RegExp {
  const parts = pattern.split(/(\*+)/).map((part) => {
    if (part === '*') return '[^/]*';
    return /^\*+$/.test(part) ? '.*' : part.replace(/[.+?^${}()|[\]\\/]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`, 'su');
}

/** Whether one of the patterns fits; any text does where there is none. */
export function fitsOne(patterns: readonly string[] | undefined, text: string): boolean {
  return patterns === undefined || patterns.some((each) => expressionOf(each).test(text));
}

/** Where whoever comes has a path of his own: the first part of it is a person or an organisation. */
const sharedHosts: readonly string[] = [
  'github.com',
  'gitlab.com',
  'codeberg.org',
  'bitbucket.org',
  'buildkite.com',
];

/**
 * Why a pattern for identities names nobody in particular: the end of a sentence. Who has a name at a host is for that host to say: of a URL
 * the host is always whole, and of an address what stands behind the @; of a host that is everybody's, whose path it is.
 */
export function whyTooWide(pattern: string): string | undefined {
  if (!pattern.includes('*')) return 'has no *: give it as "identity", which is compared whole';
  const [, host, owner = ''] = /^[a-z][a-z0-9+.-]*:\/\/([^/*]+)\/([^/]*)/.exec(pattern) ?? [];
  if (host !== undefined)
    return sharedHosts.includes(host.toLowerCase()) && (owner.includes('*') || owner === '')
      ? `fits anybody at ${host}: a * stands behind the first part of the path there`
      : undefined;
  if (/^[^@/]*@[^@*/]+\.[^@*/]+$/.test(pattern)) return undefined;
  return 'fits any host: a * stands behind the host of a URL, or before the @ of an address';
}
