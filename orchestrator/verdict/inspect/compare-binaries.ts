import type { BinaryReport, BinarySection } from './binary.ts';
import { compareBuild, sides } from './compare-build.ts';
import { compareFunctionsOf } from './compare-functions.ts';
import { comparePaths, compareStrings } from './compare-strings.ts';
import type { BinaryComparison, Difference, Extent, Lists, Sides } from './difference.ts';

/** What two programs differ in. Strings are compared where both reports have them. */
export function compareBinaries(built: BinaryReport, published: BinaryReport): BinaryComparison {
  if (built.sha256 === published.sha256) return { extent: 'identical', differences: [], undecided: 0 };
  const machine = sides(machineOf(built), machineOf(published));
  const sections = compareSections(built, published);
  const functions = compareFunctionsOf(built, published);
  const strings = compareStrings(built, published);
  const paths = comparePaths(built, published);
  const id = idSides(built, published);
  const isRecoded = functions === undefined ? sections.code.length > 0 : functions.packages.length > 0;
  const differences: Difference[] = [
    ...(machine === undefined ? [] : [{ kind: 'machine', ...machine } as const]),
    ...compareBuild(built.build, published.build),
    ...(hasAny(paths) ? [{ kind: 'paths', ...paths } as const] : []),
    ...(hasAny(strings.values) ? [{ kind: 'values', ...strings.values } as const] : []),
    ...(functions !== undefined && isRecoded ? [functionsOf(functions)] : []),
    ...(functions === undefined && isRecoded ? [{ kind: 'code', sections: sections.code } as const] : []),
    ...(hasAny(strings.others) ? [{ kind: 'strings', ...strings.others } as const] : []),
    ...some('data', isRecoded ? sections.data : [...sections.code, ...sections.data]),
    ...(id === undefined ? [] : [{ kind: 'build-id', ...id } as const]),
    ...some('bookkeeping', sections.bookkeeping),
  ];
  const extent = extentOf(isRecoded, sections, id !== undefined);
  return { extent, differences, undecided: functions?.undecided ?? 0 };
}

/** The names of the sections that differ in more than the build id. */
interface Sections {
  readonly code: readonly string[];
  readonly data: readonly string[];
  readonly bookkeeping: readonly string[];
}

function extentOf(isRecoded: boolean, sections: Sections, hasOtherId: boolean): Extent {
  if (isRecoded) return 'code';
  if (sections.code.length + sections.data.length > 0) return 'data';
  return sections.bookkeeping.length === 0 && hasOtherId ? 'build-id' : 'bookkeeping';
}

/** How what lies outside of all sections is called. */
const headers = 'headers';

function compareSections(built: BinaryReport, published: BinaryReport): Sections {
  const [ours, theirs] = [byName(built.sections), byName(published.sections)];
  const found = { code: [] as string[], data: [] as string[], bookkeeping: [] as string[] };
  for (const name of new Set([...ours.keys(), ...theirs.keys()])) {
    const [mine, other] = [ours.get(name), theirs.get(name)];
    if (contentOf(mine) === contentOf(other)) continue;
    const section = (mine ?? other)?.[0];
    if (section?.isCode) found.code.push(name);
    else if (section?.isLoaded && !isNote(name)) found.data.push(name);
    else found.bookkeeping.push(name);
  }
  // The id of Mach-O stands in its headers, and is a digest of all the rest; so does a PE file's time.
  if (built.rest.sha256 !== published.rest.sha256) found.bookkeeping.push(headers);
  return found;
}

/** Notes are loaded, and nothing reads them. */
function isNote(section: string): boolean {
  return section.startsWith('.note');
}

function byName(sections: readonly BinarySection[]): ReadonlyMap<string, readonly BinarySection[]> {
  const found = new Map<string, BinarySection[]>();
  for (const each of sections) found.set(each.name, [...(found.get(each.name) ?? []), each]);
  return found;
}

/** Addresses are no content: a section that only moved differs where something refers to it. */
function contentOf(sections: readonly BinarySection[] | undefined): string {
  return (sections ?? []).map((each) => `${each.size} ${each.withoutId}`).join('\n');
}

/** `elf linux/amd64` */
function machineOf({ format, os, arch }: BinaryReport): string {
  return `${format} ${os ?? '?'}/${arch ?? '?'}`;
}

/** Of Go's own identifier and those that linkers write, the first that differs. */
function idSides(built: BinaryReport, published: BinaryReport): Sides<string> | undefined {
  return (
    sides(built.buildId, published.buildId) ??
    sides(built.gnuBuildId, published.gnuBuildId) ??
    sides(built.uuid, published.uuid)
  );
}

function functionsOf(functions: NonNullable<ReturnType<typeof compareFunctionsOf>>): Difference {
  const { packages, isStandardLibraryOnly } = functions;
  return { kind: 'functions', packages, isStandardLibraryOnly };
}

function hasAny(lists: Lists<unknown>): boolean {
  return lists.onlyBuilt.length + lists.onlyPublished.length > 0;
}

function some(kind: 'data' | 'bookkeeping', sections: readonly string[]): readonly Difference[] {
  return sections.length === 0 ? [] : [{ kind, sections }];
}
