import { byCodeUnit } from '../../core/canonical-json.ts';
import type { Identified } from './classifier.ts';
import type { CollectedModule } from './collect.ts';
import type { LicenseEntry, LicenseText } from './entry.ts';
import type { LicenseFile } from './files.ts';
import { sourceEntries } from './sources.ts';
import { copyrightLines, type IdentifiedText, licenseIds, refersToAuthors } from './text.ts';

/** A text of which less was recognised is not said to be recognised: as pkg.go.dev has it (golang.org/x/pkgsite, licenses). */
const recognisedPercent = 75;

/** A README speaks of licences in passing; the shortest that is in use has some 600 bytes (ISC, 0BSD). */
const shortestLicense = 500;

/** @param read the texts of files by absolute path: of all that are in the folders of the modules. */
export function makeEntries(
  modules: readonly CollectedModule[],
  identified: Identified,
  read: ReadonlyMap<string, string>,
): readonly LicenseEntry[] {
  const texts = new Map(identified.texts.map((text) => [text.path, text]));
  return modules.flatMap((module) => {
    const base = layoutPath(module, modules);
    const own = folderEntries(module, base, texts, read);
    const sources = new Map([...module.sources].map(([name, path]) => [path, name]));
    const comments = identified.comments.flatMap((comment) => {
      const source = sources.get(comment.path);
      return source === undefined ? [] : [{ source, names: comment.names, text: comment.text }];
    });
    return [...own, ...sourceEntries(module, base, own, comments)];
  });
}

/** Where a module's files go below LICENSES. The version is named only where there is more than one. */
function layoutPath(module: CollectedModule, all: readonly CollectedModule[]): string {
  const isOnly = all.filter((other) => other.path === module.path).length === 1;
  return isOnly ? module.path : `${module.path}@${module.version}`;
}

function folderEntries(
  module: CollectedModule,
  base: string,
  texts: ReadonlyMap<string, IdentifiedText>,
  read: ReadonlyMap<string, string>,
): readonly LicenseEntry[] {
  const hasLicense = [...module.folders.values()].flat().some((file) => file.kind === 'license');
  const licensed: LicenseEntry[] = [];
  const others: LicenseText[] = [];
  for (const folder of [...module.folders.keys()].sort(byCodeUnit)) {
    const files = module.folders.get(folder) ?? [];
    const below = folder === '' ? '' : `/${folder}`;
    const terms = termsOf(files, texts, folder === '' && !hasLicense);
    const named = files.filter(
      (file) =>
        file.kind === 'notice' ||
        (file.kind === 'authors' && terms.some((term) => refersToAuthors(read.get(term.path) ?? ''))),
    );
    const toText = ({ name, path }: LicenseFile): LicenseText => {
      return { path: `${base}${below}/${name}`, text: read.get(path) ?? '', from: path };
    };
    if (terms.length === 0) {
      others.push(...named.map(toText));
      continue;
    }
    const kept = [...terms, ...named].map(toText);
    licensed.push({
      name: `${module.path}${below}`,
      module,
      ...recognised(terms, texts),
      sources: [],
      copyrights: rightsIn(kept),
      texts: kept,
    });
  }
  const isNamed = licensed[0]?.name === module.path || isAllBelow(module, licensed);
  const [first, ...rest] = isNamed ? licensed : [withoutLicense(module), ...licensed];
  if (first === undefined) throw new TypeError(`nothing was collected of module ${module.path}`);
  const all = [...first.texts, ...others];
  return [{ ...first, texts: all, copyrights: rightsIn(all) }, ...rest];
}

/** The files of a folder that say under which terms it is. */
function termsOf(
  files: readonly LicenseFile[],
  texts: ReadonlyMap<string, IdentifiedText>,
  isLastResort: boolean,
): readonly LicenseFile[] {
  const licenses = files.filter((file) => file.kind === 'license');
  if (licenses.length > 0) return licenses;
  return files.filter((file) => {
    const matches = texts.get(file.path)?.matches ?? [];
    const isWhole = matches.some((match) => !match.isUrl && match.size >= shortestLicense);
    return file.kind === 'readme' && (isWhole || (isLastResort && matches.length > 0));
  });
}

/** A README says much else, so nothing follows from how little of it was recognised. */
function recognised(
  files: readonly LicenseFile[],
  texts: ReadonlyMap<string, IdentifiedText>,
): Pick<LicenseEntry, 'ids' | 'trouble'> {
  const found = files.map((file) => {
    const text = texts.get(file.path);
    const ids = text === undefined ? [] : licenseIds(text);
    const isWell = file.kind === 'readme' || (text?.percent ?? 0) >= recognisedPercent;
    return { ids, isWell: ids.length > 0 && isWell };
  });
  const ids = [...new Set(found.flatMap((each) => each.ids))].sort(byCodeUnit);
  return { ids, trouble: found.some((each) => each.isWell) ? undefined : 'unknown' };
}

function withoutLicense(module: CollectedModule): LicenseEntry {
  return {
    ...{ name: module.path, module, ids: [], sources: [], copyrights: [], texts: [] },
    trouble: 'none',
  };
}

/** Whether all that is linked of a module lies in folders that have a licence. */
function isAllBelow(module: CollectedModule, entries: readonly LicenseEntry[]): boolean {
  const folders = entries.map((entry) => `${entry.name.slice(module.path.length + 1)}/`);
  return (
    folders.length > 0 &&
    [...module.sources.keys()].every((source) => folders.some((folder) => source.startsWith(folder)))
  );
}

function rightsIn(texts: readonly LicenseText[]): readonly string[] {
  return [...new Set(texts.flatMap(({ text }) => copyrightLines(text)))];
}
