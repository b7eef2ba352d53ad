import type { SiteContent } from '../../publish/site-content.ts';
import { readSourceFacts } from '../../task/source/facts.ts';
import type { Rebuilt } from '../rebuild.ts';

/**
 * What a manifest says of the source of each component: the tag, and of Kubernetes the commit that its programs say they are of, which
 * is that of the patched checkout under rule E6, and the tag's own before.
 */
export async function componentsOf({
  prepared: { plan },
  lock,
  report,
  store,
}: Pick<Rebuilt, 'prepared' | 'lock' | 'report' | 'store'>): Promise<SiteContent['components']> {
  const projects = new Map<string, string>();
  for (const { asset, project } of [...plan.files, ...plan.images]) {
    if (asset !== undefined) projects.set(asset.component, project);
  }
  const components = new Map<string, { gitTag?: string; gitCommit?: string }>();
  for (const [component, project] of projects) {
    const { tag, commit, kubernetes } = lock.projects[project] ?? {};
    const about: { gitTag?: string; gitCommit?: string } = tag === undefined ? {} : { gitTag: tag };
    if (kubernetes !== undefined) {
      const isPatched = kubernetes.stamping.rule === 'E6';
      const found = isPatched ? await patchedHead(project) : commit;
      if (found !== undefined) about.gitCommit = found;
    }
    components.set(component, about);
  }
  return components;

  async function patchedHead(project: string): Promise<string | undefined> {
    const node = report.nodes.find(({ kind, projects: of }) => kind === 'source' && of.includes(project));
    return node?.tree === undefined ? undefined : (await readSourceFacts(store.treePath(node.tree))).head;
  }
}
