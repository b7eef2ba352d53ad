import type { ArchiveMember } from './archive.ts';

/** The text of all that programs link, as the task of licences makes it. */
export const attributionFile = 'ATTRIBUTION.txt';

/** What the texts of licences in an archive are called. */
export function attributionsIn({
  attributions,
}: Extract<ArchiveMember, { readonly licenses: 'yes' }>): readonly string[] {
  return attributions === undefined ? [attributionFile] : Object.keys(attributions);
}
