import { byCodeUnit } from '../core/canonical-json.ts';
import type { Failure } from '../core/failure.ts';
import { isProjectName, type ProjectName } from '../core/names.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { FileVersion } from './history.ts';
import { commitOf, fileIn, readText, type Tree } from './upstream.ts';

/** The files of a project that count for a release branch. */
export interface ProjectFiles {
  /** `etcd-io/etcd` */
  readonly project: ProjectName;
  readonly gitTag: FileVersion;
  readonly checksums: FileVersion | undefined;
  readonly attribution: FileVersion | undefined;
  readonly golangVersion: FileVersion | undefined;
  readonly makefile: FileVersion | undefined;
  readonly overrides: FileVersion | undefined;
  /** In the order in which upstream applied them. */
  readonly patches: readonly FileVersion[];
}

const gitTagPath = /^projects\/([^/]+\/[^/]+)\/(?:1-[0-9]+\/)?GIT_TAG$/;

/** What upstream's CI built after a merge: a list of quoted names. */
const postsubmit = 'cmd/main_postsubmit.go';

/**
 * The projects of a release branch in a tree, in code-unit order: those with a GIT_TAG, in the branch's folder or, as in
 * the first years, in the project's own, without those that upstream's CI was told not to build any more (metrics-server
 * in v1-32-eks-9).
 * Errors: `source-unavailable` where the repository lacks content, `unsafe-path` for a folder that no project can be called after.
 */
export async function findProjects(
  tree: Tree,
  branch: string,
): Promise<Result<readonly ProjectFiles[], Failure>> {
  const built = await builtProjects(tree);
  if (!built.ok) return built;
  const names = new Set(tree.history.matches(gitTagPath).map(([, name = '']) => name));
  const found: ProjectFiles[] = [];
  for (const project of [...names].sort(byCodeUnit)) {
    if (built.value !== undefined && !built.value.has(project)) continue;
    const files = filesOf(tree, project, branch);
    if (files === undefined) continue;
    if (!isProjectName(project)) return err(noProject(project, tree));
    found.push({ project, ...files });
  }
  return ok(found);
}

async function builtProjects(tree: Tree): Promise<Result<ReadonlySet<string> | undefined, Failure>> {
  const file = fileIn(tree, postsubmit);
  if (file === undefined) return ok(undefined);
  const text = await readText(tree, file);
  if (!text.ok) return text;
  return ok(
    new Set([...text.value.matchAll(/"([A-Za-z0-9._-]+\/[A-Za-z0-9._-]+)"/g)].map((match) => match[1] ?? '')),
  );
}

function noProject(path: string, tree: Tree): Failure {
  const where = `commit ${commitOf(tree).id} of ${tree.repository}`;
  return { reason: 'unsafe-path', path, where, detail: 'is no name of a project' };
}

function filesOf(tree: Tree, project: string, branch: string): Omit<ProjectFiles, 'project'> | undefined {
  const own = `projects/${project}`;
  const ofBranch = `${own}/${branch}`;
  const tagOfBranch = fileIn(tree, `${ofBranch}/GIT_TAG`);
  const gitTag = tagOfBranch ?? fileIn(tree, `${own}/GIT_TAG`);
  if (gitTag === undefined) return undefined;
  const folder = tagOfBranch === undefined ? own : ofBranch;
  const patches = applied(tree, `${ofBranch}/patches`);
  return {
    gitTag,
    checksums: fileIn(tree, `${ofBranch}/CHECKSUMS`) ?? fileIn(tree, `${folder}/CHECKSUMS`),
    attribution: fileIn(tree, `${ofBranch}/ATTRIBUTION.txt`) ?? fileIn(tree, `${own}/ATTRIBUTION.txt`),
    golangVersion: fileIn(tree, `${ofBranch}/GOLANG_VERSION`),
    makefile: fileIn(tree, `${own}/Makefile`),
    overrides: fileIn(tree, `${ofBranch}/Overrides.mk`),
    patches: patches.length > 0 ? patches : applied(tree, `${own}/patches`),
  };
}

/** What `git am <folder>/*` takes: whatever is in the folder itself, by name, without what a glob leaves out. */
function applied(tree: Tree, folder: string): readonly FileVersion[] {
  return tree.history
    .filesBelow(folder, tree.place)
    .filter(({ path }) => /^[^./][^/]*$/.test(path.slice(folder.length + 1)));
}
