import { encodePath } from './encode-path.ts';

/** Where each page is below the atlas, without its ending: for good, whatever else there is. */
export const places = {
  front: 'index',
  digests: 'sha256/index',
  /** Of the documentation. */
  docs: 'docs/index',
  branch: (name: string) => `branch/${encodePath(name)}`,
  release: (name: string) => `release/${encodePath(name)}`,
  project: (name: string) => `project/${encodePath(name)}`,
  build: (digest: string) => `build/${anchorOf(digest)}`,
  /** How builds are done, by the SHA-256 of that: what is at a place never changes. */
  script: (sha256: string) => `script/${anchorOf(sha256)}`,
  cause: (verdict: string, kind: string) => `cause/${verdict}/${encodePath(kind)}`,
  digest: (sha256: string) => `sha256/${sha256.slice(0, 2)}`,
  /** What the JSON of all pages is held against. */
  schema: 'atlas.schema.json',
  pageScript: 'atlas.js',
} as const;

/** What every page leads to, in this order: for what is no page of a release, a line here and its pages in `atlas.ts`. */
export const sections: readonly (readonly [words: string, place: string])[] = [
  ['All releases', places.front],
  ['Find a file', places.digests],
  ['Documentation', places.docs],
];

/** Digits of a SHA-256 that name its place in a page: as many as no two files of all releases share by chance. */
export const digitsTold = 20;

export function anchorOf(sha256: string): string {
  return sha256.slice(0, digitsTold);
}

/** From a page to the folder of the atlas: `../../`. */
export function rootFrom(place: string): string {
  return '../'.repeat(place.split('/').length - 1);
}

/** From a page to a file that is none. */
export function fileTo(from: string, path: string): string {
  return `${rootFrom(from)}${path.replaceAll('%', '%25')}`;
}

/** From one page to another, or to a place in it. */
export function linkTo(from: string, to: string, anchor?: string): string {
  // What is written on disk with an escape is asked for with that escape escaped.
  const path = `${to.replaceAll('%', '%25')}.html`;
  return `${rootFrom(from)}${path}${anchor === undefined ? '' : `#${anchor}`}`;
}
