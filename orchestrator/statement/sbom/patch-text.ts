import type { PatchFacts } from './facts.ts';
import { escaped } from './purl.ts';

/** Where a patch can be had from, as a URI: a file of a repository at a commit, or the name of one that stays with the user. */
export function patchAddress({ path, at }: PatchFacts): string {
  const words = path.split('/').map(escaped).join('/');
  return at === undefined ? `urn:eksd-rebuild:user:${words}` : `git+${at.repository}@${at.commit}#${words}`;
}

/** Where something that a patch names can be read; undefined where it is no name of a kind that is known. */
export function fixAddress(name: string): string | undefined {
  const [, issue] = /^golang\/go#([0-9]+)$/.exec(name) ?? [];
  if (issue !== undefined) return `https://go.dev/issue/${issue}`;
  if (/^CVE-[0-9]{4}-[0-9]{4,}$/.test(name)) return `https://www.cve.org/CVERecord?id=${name}`;
  return /^GHSA(-[0-9a-z]{4}){3}$/.test(name) ? `https://github.com/advisories/${name}` : undefined;
}

/** `patch 1 of 3: <path>, SHA-256 <hex>; "<subject>"; names CVE-2024-24786` */
export function patchSentence(patch: PatchFacts, at: number, count: number): string {
  const { path, sha256, subject, fixes } = patch;
  const words = [`${path}, SHA-256 ${sha256 ?? 'unknown'}`];
  if (subject !== undefined) words.push(JSON.stringify(subject));
  if (fixes.length > 0) words.push(`names ${fixes.join(', ')}`);
  return `patch ${at + 1} of ${count}: ${words.join('; ')}`;
}
