import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Project } from '../config/project/project.ts';
import { byCodeUnit } from '../core/canonical-json.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import { digestOf } from '../core/digest.ts';
import type { Failure } from '../core/failure.ts';
import { asRelativePath } from '../core/relative-path.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { Host } from '../host.ts';
import type { PatchPin } from '../plan/node-go.ts';
import { decodedOnce } from './decoded.ts';
import { shownPath } from './shown-path.ts';
import type { Workspace } from './workspace.ts';

/**
 * Reads the recipes of the projects that have one; a recipe of the root comes before the package's.
 * Errors: `configuration` with every complaint about every recipe.
 */
export async function loadProjects(
  workspace: Workspace,
  names: readonly string[],
  host: Host,
): Promise<Result<ReadonlyMap<string, Project>, Failure>> {
  const recipes = new Map<string, Project>();
  const complaints: Diagnostic[] = [];
  for (const name of names) {
    for (const place of workspace.searchPath) {
      const file = join(place, 'projects', name, 'project.yaml');
      const text = await readFile(file, 'utf8').catch(() => undefined);
      if (text === undefined) continue;
      const decode = async () => {
        const { decodeProject } = await import('./decode-project.ts');
        return decodeProject(shownPath(file, host.cwd), text);
      };
      const decoded = await decodedOnce(text, { as: 'project', decode }, workspace, host);
      if (decoded.ok) recipes.set(name, decoded.value);
      else complaints.push(...decoded.error);
      break;
    }
  }
  return complaints.length > 0 ? err({ reason: 'configuration', diagnostics: complaints }) : ok(recipes);
}

/**
 * The texts of the Dockerfiles of images, by project and file: `etcd-io/etcd Dockerfile`. One of the root comes before the
 * package's. Errors: `usage` where one is not there.
 */
export async function loadDockerfiles(
  workspace: Workspace,
  images: readonly { readonly project: string; readonly dockerfile: string }[],
): Promise<Result<ReadonlyMap<string, string>, Failure>> {
  const texts = new Map<string, string>();
  for (const { project, dockerfile } of images) {
    const key = `${project} ${dockerfile}`;
    if (texts.has(key)) continue;
    const text = await readFirst(workspace, join('projects', project, dockerfile));
    if (text === undefined) return err(lost(project, dockerfile));
    texts.set(key, text);
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

async function readFirst({ searchPath }: Workspace, path: string): Promise<string | undefined> {
  for (const place of searchPath) {
    const text = await readFile(join(place, path), 'utf8').catch(() => undefined);
    if (text !== undefined) return text;
  }
  return undefined;
}

/** The user's own patches for a project, `patches/<org>/<repo>/*.patch` of the root, in code-unit order of their names. */
export async function loadUserPatches(root: string, project: string): Promise<readonly PatchPin[]> {
  const folder = join(root, 'patches', project);
  const names = await readdir(folder).catch(() => []);
  const pins = names
    .filter((name) => name.endsWith('.patch'))
    .sort(byCodeUnit)
    .map(async (name): Promise<PatchPin> => {
      const file = join(folder, name);
      const sha256 = digestOf(await readFile(file));
      return { path: asRelativePath(`patches/${project}/${name}`), sha256, from: { kind: 'user', file } };
    });
  return Promise.all(pins);
}
