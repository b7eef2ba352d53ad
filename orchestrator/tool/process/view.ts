import { dirname } from 'node:path';
/**
 * What of this machine a command sees, besides what its program itself is made of. Absolute paths; what is not there is left out.
 * Of two that lie in one another, both count: what may be written in a folder that is only read, may be written.
 */
export interface View {
  readonly reads?: readonly string[];
  readonly writes?: readonly string[];
  /** Programs that it calls: names that are looked up on its own PATH, or absolute paths. One that is not there is left out. */
  readonly calls?: readonly string[];
  /** Unix sockets that it talks to. Without one it can make none that has a name. */
  readonly sockets?: readonly string[];
}

/** All that several views have. */
export function joinViews(...views: readonly (View | undefined)[]): View {
  const all = (part: keyof View) => [...new Set(views.flatMap((view) => view?.[part] ?? []))];
  return { reads: all('reads'), writes: all('writes'), calls: all('calls'), sockets: all('sockets') };
}

/** The folder that all of these paths are in, or are. */
export function commonFolder([first = '/', ...others]: readonly string[]): string {
  let folder = first;
  while (folder !== '/' && others.some((path) => path !== folder && !path.startsWith(`${folder}/`)))
    folder = dirname(folder);
  return folder;
}
