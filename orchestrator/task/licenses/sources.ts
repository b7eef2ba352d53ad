import { dirname } from 'node:path';
import { byCodeUnit } from '../../core/canonical-json.ts';
import type { CollectedModule } from './collect.ts';
import type { LicenseEntry } from './entry.ts';
import { copyrightHolder, copyrightLines, spdxIds } from './text.ts';

/** A licence in a comment of a module's source file. */
interface SourceComment {
  /** Below the module. */
  readonly source: string;
  /** As licensecheck names them. */
  readonly names: readonly string[];
  readonly text: string;
}

/** What stands in source files is a word on where these are, and not the licence itself. */
const onlyHeader = /^(Apache|A?GPL|LGPL|MPL|EPL|CDDL|ECL)/;

/** The longest such word, in characters, with some copyright lines above it. */
const longestHeader = 2500;

/**
 * Licences of single source files that no file beside them has: code that came from somewhere else. Those with the same
 * text are one entry.
 * @param base where the module's files go below LICENSES.
 * @param entries of the module's folders.
 */
export function sourceEntries(
  module: CollectedModule,
  base: string,
  entries: readonly LicenseEntry[],
  comments: readonly SourceComment[],
): readonly LicenseEntry[] {
  const found = new Map<string, { ids: readonly string[]; text: string; sources: string[] }>();
  for (const { source, names, text } of comments) {
    const ids = spdxIds(names);
    if (ids.length === 0 || isCovered(source, ids, text, module, entries)) continue;
    const known = found.get(text) ?? { ids, text, sources: [] };
    found.set(text, known);
    known.sources.push(source);
  }
  const taken = new Set<string>();
  for (const { sources } of found.values()) sources.sort(byCodeUnit);
  const inOrder = [...found.values()].sort((a, b) => byCodeUnit(a.sources[0] ?? '', b.sources[0] ?? ''));
  return inOrder.map(({ ids, text, sources }) => {
    const [first = ''] = sources;
    const folder = dirname(first);
    let path = `${base}/${first}.license`;
    for (let count = 2; taken.has(path); count++) path = `${base}/${first}.${count}.license`;
    taken.add(path);
    return {
      name: folder === '.' ? module.path : `${module.path}/${folder}`,
      module,
      ids,
      sources,
      copyrights: copyrightLines(text),
      texts: [{ path, text, from: undefined }],
      trouble: undefined,
    };
  });
}

/** Whether the files in the source's folder and above it have that licence, and name who holds the rights. */
function isCovered(
  source: string,
  ids: readonly string[],
  text: string,
  module: CollectedModule,
  entries: readonly LicenseEntry[],
): boolean {
  const above = entries.filter((entry) => {
    const folder = entry.name.slice(module.path.length + 1);
    return folder === '' || source.startsWith(`${folder}/`);
  });
  const known = new Set(above.flatMap((entry) => entry.ids));
  if (!ids.every((id) => known.has(id))) return false;
  if (ids.every((id) => onlyHeader.test(id)) && text.length <= longestHeader) return true;
  const holders = new Set(above.flatMap((entry) => entry.copyrights.map(copyrightHolder)));
  return copyrightLines(text).every((line) => holders.has(copyrightHolder(line)));
}
