import { isPlatform } from '../../core/platform.ts';
import type { NodeJson } from '../recorded-build.ts';

/** Something to be known of how files were made, with the tasks that say it: often one a platform. */
export interface SharedNote {
  readonly anchor: string;
  readonly projects: string;
  readonly text: string;
  readonly nodes: readonly NodeJson[];
}

/** Every note once, in the order of the tasks. */
export function sharedNotes(nodes: readonly NodeJson[]): readonly SharedNote[] {
  const notes = new Map<
    string,
    { readonly projects: string; readonly text: string; readonly by: NodeJson[] }
  >();
  for (const node of nodes) {
    for (const text of node.notes ?? []) {
      const projects = node.projects.join(', ');
      const key = JSON.stringify([projects, text]);
      const note = notes.get(key) ?? { projects, text, by: [] };
      note.by.push(node);
      notes.set(key, note);
    }
  }
  return [...notes.values()].map(({ by, ...note }, at) => ({ anchor: `note-${at + 1}`, ...note, nodes: by }));
}

/** The platform of a task; undefined where it is for all. */
export function platformIn({ id }: Pick<NodeJson, 'id'>): string | undefined {
  return id.split(' ').find(isPlatform);
}
