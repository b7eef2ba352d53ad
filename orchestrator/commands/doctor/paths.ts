import { branded, isProjectName } from '../../core/names.ts';
import type { Host } from '../../host.ts';
import { searchPath } from '../../run/wiring/machine.ts';
import type { Processes } from '../../run/wiring/tools.ts';
import { whyNoMounts } from '../../tool/process/mount.ts';
import { whyNotLinked } from '../../tool/process/path-link.ts';
import { loadProjects } from '../../workspace/load-projects.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import type { Check } from './check.ts';

/** The one project whose programs hold the path that they were built at. */
const project = branded(isProjectName, 'kubernetes/kubernetes');

/** How its checkout comes to be at upstream's path: mounted there, by a link, or not at all. None where no recipe asks for it. */
export async function pathChecks(
  workspace: Workspace,
  { run, isolation }: Processes,
  host: Host,
): Promise<readonly Check[]> {
  const recipes = await loadProjects(workspace, [project], host);
  const builds = recipes.ok ? (recipes.value.get(project)?.builds ?? []) : [];
  const paths = new Set(builds.flatMap(({ layout }) => (layout?.at === undefined ? [] : [layout.at])));
  if (paths.size === 0) return [];
  const base = { name: 'paths', isNeeded: false };
  const isConfined = isolation.sandbox !== undefined;
  const refused = isConfined ? undefined : await whyNoMounts(run, searchPath(host), workspace.cache);
  if (refused === undefined) {
    return [
      { ...base, state: 'there', found: "checkouts are mounted at upstream's path, for their builds alone" },
    ];
  }
  const checks: Check[] = [];
  for (const path of paths) {
    const why = await whyNotLinked(path);
    const way =
      why === undefined ? 'it is a symbolic link while it is needed' : `no link can be made: ${why}`;
    const help =
      why === undefined
        ? "A project's own scripts (--method scripts) need the mount all the same."
        : 'Run it as root, allow user namespaces, or own a folder on the way to that path.';
    checks.push({
      ...base,
      state: 'limited',
      found: `${path}: nothing can be mounted (${refused}); ${way}`,
      help,
    });
  }
  return checks;
}
