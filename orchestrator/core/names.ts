import type { RelativePath } from './relative-path.ts';

/**
 * Names that become those of files and folders, each with a brand of its own: what joins them to a path takes nothing else. Whoever
 * reads one, from a person, a file or upstream, asks here first.
 */

declare const brand: unique symbol;

/** A release, and its files in `releases/` and `out/`: `v1-30-eks-5`, or whatever the maker of one's own calls it. */
export type ReleaseName = string & { readonly [brand]: 'release' };

/** `<org>/<repo>` as GitHub takes it, and its folders in `projects/` and `patches/`. */
export type ProjectName = string & { readonly [brand]: 'project' };

/** A program without the ending that Windows wants. */
export type ProgramName = RelativePath & { readonly [brand]: 'program' };

/** A published file: `etcdctl`, `livenessprobe.exe`. */
export type AssetName = RelativePath & { readonly [brand]: 'asset' };

/**
 * Plain characters alone: nothing that a shell, a URL, a Makefile or another file system takes for something else. What a pattern
 * can say of them, for schemas that editors read.
 */
export const releaseShape = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9_-])?$/;
export const fileShape = /^[A-Za-z0-9_](?:[A-Za-z0-9._+-]{0,126}[A-Za-z0-9_+-])?$/;
export const projectShape =
  /^[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9_-])?\/[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9_-])?$/;

/**
 * A tag as git takes it (git check-ref-format), of plain characters: it is put together with other words on git's command line, and
 * becomes part of an image's tag.
 */
export const tagShape = /^[A-Za-z0-9_](?:[A-Za-z0-9._+/-]{0,198}[A-Za-z0-9_+-])?$/;

export function isTagName(text: string): boolean {
  return tagShape.test(text) && !/\.\.|\/\/|\/\.|\.\/|\.lock(\/|$)/.test(text);
}

export const expectedRelease = 'expected a release, such as v1-30-eks-5: letters, digits and . _ -';
export const expectedProject = 'expected a project, such as etcd-io/etcd: two names with a slash between';
export const expectedFile = 'expected the name of a file, such as etcdctl: letters, digits and . _ + -';

export function isReleaseName(text: string): text is ReleaseName {
  return releaseShape.test(text) && isOneName(text);
}

export function isProjectName(text: string): text is ProjectName {
  return projectShape.test(text) && text.split('/').every(isOneName);
}

export function isProgramName(text: string): text is ProgramName {
  return fileShape.test(text) && isOneName(text);
}

export function isAssetName(text: string): text is AssetName {
  return fileShape.test(text) && isOneName(text);
}

/** A published file below a folder of a release's site: such names, with slashes between. */
export function isAssetPath(text: string): text is RelativePath {
  return text.length <= 1024 && text.split('/').every(isAssetName);
}

/** A text with its brand. @throws TypeError where it has none: a bug of the caller, who knows that it has. */
export function branded<T extends string>(is: (text: string) => text is T, text: string): T {
  if (!is(text)) throw new TypeError(`not such a name: ${JSON.stringify(text)}`);
  return text;
}

/** The projects that a record has: its keys were checked where it was read. */
export function projectsIn(record: Readonly<Record<string, unknown>>): readonly ProjectName[] {
  return Object.keys(record).filter(isProjectName);
}

/** Two dots lead out of a folder at times; Windows keeps some names for devices, whatever their ending. */
function isOneName(text: string): boolean {
  return !text.includes('..') && !/^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/i.test(text);
}

/** Where the sample's repositories would be. RFC 2606 keeps `.example` from ever being registered: nobody else can answer for it. */
export const samplePlace = 'https://sample.example/';
