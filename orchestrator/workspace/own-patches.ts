import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Lock } from '../config/lock/lock.ts';
import { byCodeUnit } from '../core/canonical-json.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import { digestOf } from '../core/digest.ts';
import type { Failure } from '../core/failure.ts';
import type { ProjectName } from '../core/names.ts';
import { asRelativePath, whyStrangePath } from '../core/relative-path.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { Host } from '../host.ts';
import type { PatchPin } from '../plan/node-go.ts';
import { listNames, readBytes, sizeLimit } from '../tool/file/read-file.ts';
import { shownPath } from './shown-path.ts';
import type { Workspace } from './workspace.ts';

/**
 * The user's own patches for a project, `<org>/<repo>/*.patch` below their folder, in code-unit order of their names.
 * Errors: `configuration` with every complaint about every one of them.
 */
export async function loadUserPatches(
  patches: string,
  project: ProjectName,
  cwd: string,
): Promise<Result<readonly PatchPin[], Failure>> {
  const folder = join(patches, project);
  const pins: PatchPin[] = [];
  const complaints: Diagnostic[] = [];
  const complain = (file: string, message: string) =>
    complaints.push({ severity: 'error', message, location: { file: shownPath(file, cwd) } });
  const names = await listNames(folder);
  if (!names.ok) complain(folder, names.error);
  for (const name of names.ok ? [...names.value].sort(byCodeUnit) : []) {
    if (!name.endsWith('.patch')) continue;
    const file = join(folder, name);
    const content = await readBytes(file, { limit: sizeLimit.source });
    const path = `patches/${project}/${name}`;
    const why = whyStrangePath(path) ?? (content.ok ? undefined : content.error);
    if (why !== undefined) complain(file, why);
    else if (content.ok && content.value !== undefined)
      pins.push({
        path: asRelativePath(path),
        sha256: digestOf(content.value),
        from: { kind: 'user', file },
      });
  }
  return complaints.length > 0 ? err({ reason: 'configuration', diagnostics: complaints }) : ok(pins);
}

/**
 * Complains of what lies among the user's own patches and would never be applied: a file that is in no project's folder, or does not
 * end in `.patch`, and the folder of a project that neither the release nor a recipe knows. Who carries a mend would ship without it.
 */
export async function findStrayPatches(
  { patches, root }: Pick<Workspace, 'patches' | 'root'>,
  lock: Pick<Lock, 'projects'>,
  { cwd, packageFolder }: Pick<Host, 'cwd' | 'packageFolder'>,
): Promise<Result<void, Failure>> {
  const complaints: Diagnostic[] = [];
  const complain = (path: string, message: string) =>
    complaints.push({ severity: 'error', message, location: { file: shownPath(join(patches, path), cwd) } });
  const known = [root, dirname(patches), packageFolder].map((each) => join(each, 'projects'));
  const isProject = (name: string) =>
    name in lock.projects || known.some((each) => existsSync(join(each, name)));
  const namesIn = async (path: string): Promise<readonly string[]> => {
    const names = await listNames(join(patches, path));
    return names.ok ? [...names.value].filter((name) => !isAside(name)).sort(byCodeUnit) : [];
  };
  for (const org of await namesIn('.')) {
    if (org.endsWith('.patch')) complain(org, "it is in no project's folder: patches/<org>/<repo>/");
    for (const repo of await namesIn(org)) {
      const project = `${org}/${repo}`;
      const names = await namesIn(project);
      if (repo.endsWith('.patch')) complain(project, "it is in no project's folder: patches/<org>/<repo>/");
      else if (names.length > 0 && !isProject(project))
        complain(project, 'no project of the release, and no recipe, has this name');
      for (const name of names) {
        if (!name.endsWith('.patch'))
          complain(`${project}/${name}`, 'only files whose names end in .patch are applied');
      }
    }
  }
  return complaints.length > 0 ? err({ reason: 'configuration', diagnostics: complaints }) : ok(undefined);
}

/** What people keep beside patches. */
function isAside(name: string): boolean {
  return name.startsWith('.') || /^(README|LICENSE|NOTICE|series)\b/i.test(name) || name.endsWith('~');
}
