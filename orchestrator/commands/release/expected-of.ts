import type { Failure } from '../../core/failure.ts';
import { projectsIn } from '../../core/names.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import type { DueMembers } from '../../publish/check/due.ts';
import { dueMembers } from '../../publish/check/due-members.ts';
import { type ListedFiles, listedFiles } from '../../publish/check/files.ts';
import type { ExpectedPrograms } from '../../publish/check/programs.ts';
import { filesLeftOut, heldProjects, lockedReleaseOf, patchedProjects } from '../../publish/check/release.ts';
import type { ReleaseManifest } from '../../publish/manifest/release.ts';
import { loadRelease } from '../../run/prepare/load-release.ts';
import { loadProjects } from '../../workspace/load-projects.ts';
import type { GlobalOptions } from '../../workspace/workspace.ts';

/** What is said of a release beside its manifest. */
interface Expected {
  readonly programs: ExpectedPrograms;
  readonly listed: ListedFiles;
  /** By paths below `artifacts/`. */
  readonly due: ReadonlyMap<string, DueMembers>;
}

/** What the lock of a release and the recipes expect. Only a lock that was asked for has to be there. */
export async function expectedOf(
  manifest: ReleaseManifest,
  options: GlobalOptions & { readonly lock?: string },
  host: Host,
): Promise<Result<Expected, Failure>> {
  const release = options.lock ?? lockedReleaseOf(manifest);
  const loaded = await loadRelease(release, options, host);
  if (!loaded.ok) {
    if (options.lock !== undefined || loaded.error.reason !== 'unknown-name') return loaded;
    const whyNot = `There is no lock of ${release}: "eksd-rebuild import ${release}" makes it, "--lock" names another.`;
    const programs = { lock: undefined, whyNot, patched: new Set<string>() };
    return ok({ programs, listed: listedFiles(undefined, [], new Set()), due: new Map() });
  }
  const { lock } = loaded.value;
  const projects = projectsIn(lock.projects);
  const recipes = await loadProjects(loaded.value.workspace, projects, host);
  if (!recipes.ok) return recipes;
  return ok({
    programs: { lock, patched: patchedProjects(manifest, projects) },
    listed: listedFiles(lock, heldProjects(manifest, projects), filesLeftOut(manifest)),
    due: dueMembers(lock, recipes.value),
  });
}
