import { join } from 'node:path';
import type { Project } from '../config/project/project.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import type { Failure } from '../core/failure.ts';
import type { ProjectName } from '../core/names.ts';
import type { RelativePath } from '../core/relative-path.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { Host } from '../host.ts';
import { readText, sizeLimit } from '../tool/file/read-file.ts';
import { decodedOnce } from './decoded.ts';
import { shownPath } from './shown-path.ts';
import type { Workspace } from './workspace.ts';

/**
 * Reads the recipes of the projects that have one; a recipe of the root comes before the package's.
 * Errors: `configuration` with every complaint about every recipe.
 */
export async function loadProjects(
  workspace: Workspace,
  names: readonly ProjectName[],
  host: Host,
): Promise<Result<ReadonlyMap<ProjectName, Project>, Failure>> {
  const { recipes, complaints } = await readProjects(workspace, names, host);
  return complaints.length > 0 ? err({ reason: 'configuration', diagnostics: complaints }) : ok(recipes);
}

/** The same, for who goes on without those that cannot be read. */
export async function readProjects(
  workspace: Workspace,
  names: readonly ProjectName[],
  host: Host,
): Promise<{
  readonly recipes: ReadonlyMap<ProjectName, Project>;
  readonly complaints: readonly Diagnostic[];
}> {
  const recipes = new Map<ProjectName, Project>();
  const complaints: Diagnostic[] = [];
  for (const name of names) {
    for (const place of workspace.searchPath) {
      const file = join(place, 'projects', name, 'project.yaml');
      const decoded = await readRecipe(file, workspace, host);
      if (decoded === undefined) continue;
      if (decoded.ok) recipes.set(name, decoded.value);
      else complaints.push(...decoded.error);
      break;
    }
  }
  return { recipes, complaints };
}

/** Undefined where there is no such file. */
async function readRecipe(
  file: string,
  workspace: Workspace,
  host: Host,
): Promise<Result<Project, readonly Diagnostic[]> | undefined> {
  const shown = shownPath(file, host.cwd);
  const text = await readText(file, { limit: sizeLimit.byHand }, shown);
  if (!text.ok) return err([text.error]);
  const { value } = text;
  if (value === undefined) return undefined;
  const decode = async () => {
    const { decodeProject } = await import('./decode-project.ts');
    return decodeProject(shown, value);
  };
  return decodedOnce(value, { as: 'project', decode }, workspace, host);
}

/**
 * The texts of the Dockerfiles of images, by project and file: `etcd-io/etcd Dockerfile`. One of the root comes before the
 * package's. Errors: `usage` where one is not there, `configuration` where it cannot be read.
 */
export async function loadDockerfiles(
  workspace: Workspace,
  images: readonly { readonly project: ProjectName; readonly dockerfile: RelativePath }[],
  cwd: string,
): Promise<Result<ReadonlyMap<string, string>, Failure>> {
  const texts = new Map<string, string>();
  for (const { project, dockerfile } of images) {
    const key = `${project} ${dockerfile}`;
    if (texts.has(key)) continue;
    const text = await readFirst(workspace, join('projects', project, dockerfile), cwd);
    if (!text.ok) return err({ reason: 'configuration', diagnostics: [text.error] });
    if (text.value === undefined) return err(lost(project, dockerfile));
    texts.set(key, text.value);
  }
  return ok(texts);
}

function lost(project: string, name: string): Failure {
  return {
    reason: 'usage',
    message: `The recipe of ${project} names a file ${name}, and projects/${project} has none.`,
    help: 'Put the Dockerfile beside project.yaml, or leave the image out of it.',
  };
}

async function readFirst(
  { searchPath }: Workspace,
  path: string,
  cwd: string,
): Promise<Result<string | undefined, Diagnostic>> {
  for (const place of searchPath) {
    const file = join(place, path);
    const text = await readText(file, { limit: sizeLimit.byHand }, shownPath(file, cwd));
    if (!text.ok || text.value !== undefined) return text;
  }
  return ok(undefined);
}
