import { whyStrangePath } from '../core/relative-path.ts';

/**
 * Why an address is none that a site, or a file of one, may have: a sentence's end. It is fetched from, and its path may become a file's,
 * so that nothing in it may mean anything but what is written there. Of what a base URI says, files' addresses are made.
 */
export function whyStrangeUri(uri: string): string | undefined {
  const [, authority, path = ''] = /^https?:\/\/([^/?#\\]*)([\s\S]*)$/.exec(uri) ?? [];
  if (authority === undefined) return 'does not begin with http:// or https://';
  if (authority.includes('@')) return 'holds a user name or a password';
  // With either scheme, since each leaves out the port that goes without saying.
  const hosts = ['https', 'http'].flatMap((scheme) => {
    const url = `${scheme}://${authority}`;
    return URL.canParse(url) ? [new URL(url).host] : [];
  });
  const [meant] = hosts;
  if (meant === undefined || authority === '') return 'has a host that is none';
  if (!hosts.includes(authority.toLowerCase())) return `has a host that means another: ${meant}`;
  if (/[?#]/.test(path)) return 'has a query or a fragment';
  if (path.includes('%')) return 'holds an escaped character';
  if (/\s/.test(path)) return 'holds a space';
  return path === '' ? undefined : whyStrangePath(path.replace(/^\//, ''));
}
