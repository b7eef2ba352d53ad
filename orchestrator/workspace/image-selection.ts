import type { Lock } from '../config/lock/lock.ts';
import { nearestNames } from '../config/nearest.ts';
import type { ProjectImage } from '../config/project/image.ts';
import type { Project } from '../config/project/project.ts';
import type { Failure } from '../core/failure.ts';
import type { ProjectName } from '../core/names.ts';
import type { RelativePath } from '../core/relative-path.ts';
import { ok, type Result } from '../core/result.ts';
import { holds } from '../plan/condition.ts';
import { standsOn } from '../plan/images.ts';
import { subjectOf } from '../plan/subject.ts';
import { anyFits, chooseNames } from './choose-names.ts';

/** Which images are meant, and the projects that it takes to make them. */
export interface ImageSelection {
  readonly isWanted: (image: string) => boolean;
  /** The wanted ones, and those that they stand on: where the Dockerfile of each is. */
  readonly images: readonly { readonly project: ProjectName; readonly dockerfile: RelativePath }[];
  /** The selected ones that have images, and those whose images others stand on. */
  readonly projects: readonly ProjectName[];
  /** Names of the base images that these stand on in this release. */
  readonly bases: readonly string[];
  /** What exclusions took away, and nothing that is wanted stands on. */
  readonly leftOut: readonly string[];
}

/**
 * What of a release's images is meant: what the patterns leave of those of the selected projects (`chooseNames`).
 * @param recipes of all projects of the lock. Errors: `unknown-name` for a pattern that fits nothing; `usage` for one that
 * fits images of other releases only, or where nothing is left.
 */
export function selectImages(
  lock: Lock,
  selected: readonly string[],
  recipes: ReadonlyMap<ProjectName, Project>,
  patterns: readonly string[],
): Result<ImageSelection, Failure> {
  const known = new Map<string, { readonly project: ProjectName; readonly image: ProjectImage }>();
  const elsewhere = new Set<string>();
  const everywhere = [...recipes.values()].flatMap(({ images }) => images.map(({ name }) => name));
  for (const [project, { images }] of recipes) {
    const subject = subjectOf(project, lock);
    for (const image of images) {
      if (holds(image.when, subject)) known.set(image.name, { project, image });
      else if (selected.includes(project)) elsewhere.add(image.name);
    }
  }
  const all = [...known].flatMap(([name, { project }]) => (selected.includes(project) ? [name] : []));
  const chosen = chooseNames(patterns, {
    ...{ option: '--image', all, elsewhere: everywhere },
    unknown: (pattern) => noneFits(pattern, all, elsewhere, lock),
  });
  if (!chosen.ok) return chosen;
  const wanted = new Set<string>(chosen.value.names);
  const projects = new Set<ProjectName>();
  const bases = new Set<string>();
  const followed = new Map<string, ImageSelection['images'][number]>();
  const follow = (name: string): void => {
    const found = known.get(name);
    if (found === undefined || followed.has(name)) return;
    const { project, image } = found;
    followed.set(name, { project, dockerfile: image.dockerfile });
    if (lock.projects[project] !== undefined) projects.add(project);
    if (image.base === undefined) return;
    if ('image' in image.base) follow(image.base.image);
    else bases.add(standsOn(image, subjectOf(project, lock)));
  };
  for (const name of wanted) follow(name);
  return ok({
    isWanted: (image) => wanted.has(image),
    images: [...followed.values()],
    projects: [...projects],
    bases: [...bases],
    leftOut: chosen.value.leftOut.filter((name) => !followed.has(name)),
  });
}

function noneFits(
  pattern: string,
  all: readonly string[],
  elsewhere: Iterable<string>,
  { release }: Lock,
): Failure {
  const help = `The images of ${release} are ${all.join(', ')}.`;
  if (anyFits(elsewhere, pattern)) {
    const message = `${release} has no image ${pattern}: other releases have it.`;
    return { reason: 'usage', message, help };
  }
  return {
    reason: 'unknown-name',
    what: 'image',
    name: pattern,
    nearest: nearestNames(pattern, all),
    help,
  };
}
