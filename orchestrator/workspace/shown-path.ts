import { relative } from 'node:path';

/** A path as a person in `cwd` would write it. */
export function shownPath(file: string, cwd: string): string {
  const short = relative(cwd, file);
  return short === '' || short.startsWith('../../') ? file : short;
}
