import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { artifactsOf } from '../../orchestrator/cluster/artifacts.ts';
import type { ClusterRelease } from '../../orchestrator/cluster/cluster-release.ts';
import { imagesOfRelease } from '../../orchestrator/cluster/image-names.ts';
import type { Lock } from '../../orchestrator/config/lock/lock.ts';
import { readLock } from '../../orchestrator/config/lock/lock-file.ts';
import type { Project } from '../../orchestrator/config/project/project.ts';
import { findRecipes } from './recipes.ts';
import { remembered } from './remembered.ts';

const releases = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'releases');

/** The names of the releases whose locks are in the repository. */
export function committedReleases(): readonly string[] {
  return readdirSync(releases).map((file) => file.replace(/\.lock\.yaml$/, ''));
}

export const committedLock = remembered((release: string): Lock => {
  const lock = readLock(release, readFileSync(join(releases, `${release}.lock.yaml`), 'utf8'));
  if (!lock.ok) throw new Error(`${release}: ${JSON.stringify(lock.error)}`);
  return lock.value;
});

/** The recipes in the repository, by project. */
export function committedRecipes(): ReadonlyMap<string, Project> {
  return new Map(
    findRecipes('projects').flatMap(({ name, decoded }) => (decoded.ok ? [[name, decoded.value]] : [])),
  );
}

/** A release of the repository, with its images in `registry.example.com:5000/eks` or where `given` says. */
export function clusterRelease(
  lock: Lock,
  recipes: ReadonlyMap<string, Project>,
  given: Partial<ClusterRelease> = {},
): ClusterRelease {
  return {
    release: lock.release,
    branch: lock.branch,
    images: imagesOfRelease(lock, recipes),
    place: { host: 'registry.example.com:5000', prefix: 'eks' },
    digests: new Map(),
    artifacts: artifactsOf(lock, undefined, new Map()),
    ...given,
  };
}
