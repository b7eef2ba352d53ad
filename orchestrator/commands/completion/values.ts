import { clusterFormats } from '../../cluster/formats.ts';
import { imagesOfRelease } from '../../cluster/image-names.ts';
import type { Lock } from '../../config/lock/lock.ts';
import { byCodeUnit } from '../../core/canonical-json.ts';
import { defined } from '../../core/defined.ts';
import { projectsIn } from '../../core/names.ts';
import type { Host } from '../../host.ts';
import { loadBaseImages } from '../../rpm/repository/load-base-images.ts';
import { sampleWord } from '../../run/sample/name.ts';
import { verdictNames } from '../../verdict/verify/verdict.ts';
import { loadLock, lockedReleases } from '../../workspace/load-lock.ts';
import { loadProjects } from '../../workspace/load-projects.ts';
import { shownPath } from '../../workspace/shown-path.ts';
import { openWorkspace, type Workspace } from '../../workspace/workspace.ts';
import type { Asked } from './line.ts';

/** What the value of an option or argument may be, by its name, as far as what is on this machine says it. */
export async function valuesOf(name: string, asked: Asked, host: Host): Promise<readonly string[]> {
  const { given, command } = asked;
  const places = { root: given.get('root'), cache: given.get('cache'), settings: given.get('settings') };
  const opened = await openWorkspace(defined(places), host);
  if (!opened.ok) return [];
  const workspace = opened.value;
  const ofLocks = async (take: (lock: Lock) => readonly string[] | Promise<readonly string[]>) => {
    const lock = await lockFor(asked, workspace, host);
    return lock === undefined ? [] : [...new Set(await take(lock))].sort(byCodeUnit);
  };
  switch (name) {
    case 'release':
      return releasesIn(workspace, command.name() !== 'import');
    case 'since':
    case 'lock':
      return releasesIn(workspace, false);
    case 'branch':
      return branchesIn(workspace);
    case 'project':
      return ofLocks(({ projects }) => projectsIn(projects));
    case 'platform':
      return ofLocks((lock) => filesOf(lock).map(({ platform }) => platform));
    case 'file':
      return ofLocks((lock) => filesOf(lock).map((file) => file.name));
    case 'image':
      return ofLocks((lock) => imagesOf(lock, workspace, host));
    case 'name':
      return basesIn(workspace, host);
    case 'registry':
      return Object.keys(workspace.registries).map((registry) => `${registry}/`);
    case 'format':
      return clusterFormats;
    case 'allow':
    case 'again':
      return verdictNames;
    default:
      return [];
  }
}

/** Those that have a lock, the newest of the newest branch first. */
async function releasesIn(workspace: Workspace, withSample: boolean): Promise<readonly string[]> {
  const locked = await lockedReleases(workspace);
  const numbers = (name: string) => (name.match(/[0-9]+/g) ?? []).map(Number);
  const newestFirst = (a: string, b: string): number => {
    const [of, other] = [numbers(a), numbers(b)];
    const at = of.findIndex((number, index) => number !== other[index]);
    return at < 0 ? 0 : (other[at] ?? 0) - (of[at] ?? 0);
  };
  const names = locked.ok ? [...locked.value.keys()].sort(newestFirst) : [];
  return withSample ? [...names, sampleWord] : names;
}

/** Those of which there is a lock, the newest first. */
async function branchesIn(workspace: Workspace): Promise<readonly string[]> {
  const releases = await releasesIn(workspace, false);
  return [...new Set(releases.flatMap((name) => /^v([0-9]+-[0-9]+)-/.exec(name)?.[1] ?? []))];
}

/** The lock of the release that was named before; else the newest one, which has what most have. */
async function lockFor(
  { command, operands }: Asked,
  workspace: Workspace,
  host: Host,
): Promise<Lock | undefined> {
  const isNamed = command.registeredArguments[0]?.name() === 'release';
  const name = (isNamed ? operands[0] : undefined) ?? (await releasesIn(workspace, false))[0];
  const loaded = name === undefined ? undefined : await loadLock(workspace, name, host);
  return loaded?.ok === true ? loaded.value.lock : undefined;
}

function filesOf(lock: Lock) {
  return Object.values(lock.projects).flatMap(({ checksums }) => checksums?.files ?? []);
}

async function imagesOf(lock: Lock, workspace: Workspace, host: Host): Promise<readonly string[]> {
  const recipes = await loadProjects(workspace, projectsIn(lock.projects), host);
  return recipes.ok ? imagesOfRelease(lock, recipes.value).map(({ name }) => name) : [];
}

async function basesIn({ searchPath }: Workspace, host: Host): Promise<readonly string[]> {
  const images = await loadBaseImages({ searchPath, shown: (path) => shownPath(path, host.cwd) });
  return images.ok ? [...images.value.keys()] : [];
}
