/** What stands before a patch's changes, as `git format-patch` writes it: the mail's header and message; nothing of a bare diff. */
export function messageOf(patch: string): string {
  const end = patch.search(/^(?:---$|diff --git |--- )/m);
  return end < 0 ? '' : patch.slice(0, end);
}

/** So long a subject is none. */
const longestSubject = 300;

/** The subject of a message, on one line, without what stands in brackets before it (`[PATCH 1/2]`). Undefined where none can be shown so. */
export function subjectOf(message: string): string | undefined {
  const [header = ''] = message.replaceAll('\r\n', '\n').split('\n\n', 1);
  // A header's line goes on in those that begin with white space.
  const subject = /^Subject:(.*(?:\n[ \t].*)*)/m
    .exec(header)?.[1]
    ?.replaceAll(/\s+/g, ' ')
    .replace(/^(?: ?\[[^\]]*\])+/, '')
    .trim();
  return subject !== undefined && isSubject(subject) ? subject : undefined;
}

/** Whether a text can stand for a patch on a line of ours: nothing unseen is in it, and no encoded word (RFC 2047). */
export function isSubject(text: string): boolean {
  const isPlain = text.trim() !== '' && text.length <= longestSubject && !text.includes('=?');
  return isPlain && !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(text);
}

const vulnerability = /\b(?:CVE-[0-9]{4}-[0-9]{4,}|GHSA(?:-[23456789cfghjmpqrvwx]{4}){3})\b/gi;

/** The CVE and GHSA numbers that a text names, each once, in its order: `CVE-2024-24786`, `GHSA-7ww5-4wqc-m92c`. */
export function vulnerabilitiesIn(text: string): readonly string[] {
  const names = [...text.matchAll(vulnerability)].map(([name]) =>
    /^cve/i.test(name) ? name.toUpperCase() : `GHSA${name.slice(4).toLowerCase()}`,
  );
  return [...new Set(names)];
}

/** Whether it is one such number, as `vulnerabilitiesIn` writes it. */
export function isVulnerability(text: string): boolean {
  return vulnerabilitiesIn(text)[0] === text;
}

/** Characters that git leaves of a patch's file name (FORMAT_PATCH_NAME_MAX_DEFAULT in its log-tree.h, less one). */
const cutAt = 63;

/**
 * What a patch fixes: the numbers that its message told, or else those in its file's name. Of a name that git cut, the one at the cut
 * is none: what is left of it may be another's.
 */
export function fixesOf(path: string, told: readonly string[]): readonly string[] {
  if (told.length > 0) return told;
  const file = path.slice(path.lastIndexOf('/') + 1);
  const name = file.replace(/\.patch$/, '');
  const named = vulnerabilitiesIn(name);
  const last = named.at(-1)?.toUpperCase();
  const isCut = last !== undefined && file.length === cutAt && name.toUpperCase().endsWith(last);
  return isCut ? named.slice(0, -1) : named;
}

/** What the name of a patch's file says, where nothing else does: `0003-Bump-x-net-to-resolve-CVE-2023-45288.patch`, in words. */
export function subjectInName(path: string): string {
  const name = path
    .slice(path.lastIndexOf('/') + 1)
    .replace(/\.patch$/, '')
    .replace(/^[0-9]+-/, '');
  const [between, kept] = [name.split(vulnerability), name.match(vulnerability) ?? []];
  return between.map((text, at) => text.replaceAll('-', ' ') + (kept[at] ?? '')).join('');
}
