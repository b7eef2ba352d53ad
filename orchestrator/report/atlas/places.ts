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
  build: (digest: string) => `build/${digest}`,
  cause: (verdict: string, kind: string) => `cause/${verdict}/${encodePath(kind)}`,
  digest: (sha256: string) => `sha256/${sha256.slice(0, 2)}`,
} as const;

/** From a page to the folder of the atlas: `../../`. */
export function rootFrom(place: string): string {
  return '../'.repeat(place.split('/').length - 1);
}

/** From one page to another, or to a place in it. */
export function linkTo(from: string, to: string, anchor?: string): string {
  // What is written on disk with an escape is asked for with that escape escaped.
  const path = `${to.replaceAll('%', '%25')}.html`;
  return `${rootFrom(from)}${path}${anchor === undefined ? '' : `#${anchor}`}`;
}
