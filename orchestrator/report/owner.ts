import type { NodeSummary } from '../core/event.ts';

/** Under which name a node is shown: its project's, or `shared` where it serves several. */
export function ownerOf(node: Pick<NodeSummary, 'projects'>): string {
  const [project] = node.projects;
  return project === undefined || node.projects.length > 1 ? shared : project;
}

/** No project is called so: their names hold a slash. */
export const shared = 'shared';
