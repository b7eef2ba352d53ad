import { byCodeUnit } from '../core/canonical-json.ts';
import type { Failure } from '../core/failure.ts';
import { ok, type Result } from '../core/result.ts';
import { findProjects } from './project-files.ts';
import { commitOf, fileIn, type Tree } from './upstream.ts';

export interface Difference {
  readonly path: string;
  readonly change: 'added' | 'changed' | 'removed';
}

/** Of upstream's root: what all projects are built with, and on. */
const baseTag = /^EKS_DISTRO_[A-Z0-9_]+_TAG_FILE$/;

/**
 * In which build inputs of a release branch a tree differs from another, by path. Build inputs are, for every project of
 * the branch, the files that count of GIT_TAG, CHECKSUMS, GOLANG_VERSION, PAUSE_TAG, `Overrides.mk` and the patches, the
 * project's Makefile and what is below its `build/`; of the root, `Common.mk`, what is below `build/lib/`, and the base
 * images' tags. Not among them: attribution and licences, documentation, Dockerfiles, upstream's own tests.
 * Errors: `source-unavailable`.
 */
export async function findDifferences(
  from: Tree,
  to: Tree,
  branch: string,
): Promise<Result<readonly Difference[], Failure>> {
  if (commitOf(from).id === commitOf(to).id) return ok([]);
  const before = await buildInputs(from, branch);
  if (!before.ok) return before;
  const after = await buildInputs(to, branch);
  if (!after.ok) return after;
  const differences: Difference[] = [];
  for (const path of [...new Set([...before.value.keys(), ...after.value.keys()])].sort(byCodeUnit)) {
    const [old, now] = [before.value.get(path), after.value.get(path)];
    if (old === now) continue;
    differences.push({
      path,
      change: old === undefined ? 'added' : now === undefined ? 'removed' : 'changed',
    });
  }
  return ok(differences);
}

/** The ids of the contents of all build inputs, by path. */
async function buildInputs(
  tree: Tree,
  branch: string,
): Promise<Result<ReadonlyMap<string, string>, Failure>> {
  const projects = await findProjects(tree, branch);
  if (!projects.ok) return projects;
  const { history, place } = tree;
  const shared = [
    fileIn(tree, 'Common.mk'),
    ...history.filesBelow('build/lib', place),
    ...history.matches(baseTag).map(([path]) => fileIn(tree, path)),
  ];
  const own = projects.value.flatMap(
    ({ project, gitTag, checksums, golangVersion, makefile, overrides, patches }) => [
      ...[gitTag, checksums, golangVersion, makefile, overrides, ...patches],
      ...history.filesBelow(`projects/${project}/build`, place),
      ...history
        .filesBelow(`projects/${project}/${branch}`, place)
        .filter(({ path }) => /\/1-[0-9]+\/PAUSE_[A-Z0-9_]*TAG$/.test(path)),
    ],
  );
  return ok(
    new Map([...shared, ...own].flatMap((file) => (file === undefined ? [] : [[file.path, file.blob]]))),
  );
}
