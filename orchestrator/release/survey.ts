import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { Release } from './find-releases.ts';
import { findProjects } from './project-files.ts';
import { readExpectations } from './project-pins.ts';
import { readText, treeOf, type Upstream } from './upstream.ts';

/** What can be compared of a release, without its pins. */
export interface Survey {
  /** Of the project kubernetes/kubernetes; undefined where the release has none. */
  readonly kubernetes: string | undefined;
  /** Published files with an expectation. */
  readonly files: number;
  /** Those of them with authority `built`. */
  readonly comparable: number;
}

/** Counts what a release published, by its release commit, or by its tag where it has none. Errors: as `importRelease`. */
export async function surveyRelease(release: Release, upstream: Upstream): Promise<Result<Survey, Failure>> {
  if (release.unread !== undefined) return err(release.unread);
  const commit = release.releaseCommit?.id ?? release.tag?.commit ?? '';
  const found = await treeOf(upstream, commit);
  if (!found.ok) return found;
  const tree = found.value;
  const projects = await findProjects(tree, release.branch);
  if (!projects.ok) return projects;
  let kubernetes: string | undefined;
  let files = 0;
  let comparable = 0;
  for (const project of projects.value) {
    if (project.project === 'kubernetes/kubernetes') {
      const tag = await readText(tree, project.gitTag);
      if (!tag.ok) return tag;
      kubernetes = tag.value.trim();
    }
    const expectations = await readExpectations(project, tree, release.branch);
    if (!expectations.ok) return expectations;
    files += expectations.value?.files.length ?? 0;
    if (expectations.value?.authority === 'built') comparable += expectations.value.files.length;
  }
  return ok({ kubernetes, files, comparable });
}
