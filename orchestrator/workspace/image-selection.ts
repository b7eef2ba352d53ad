import { minimatch } from 'minimatch';
import type { Lock } from '../config/lock.ts';
import type { Project } from '../config/project.ts';
import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import { nearestNames } from './nearest.ts';

/** Which images are meant, and the projects that it takes to make them. */
export interface ImageSelection {
  readonly isWanted: (image: string) => boolean;
  /** The selected ones that have images, and those whose images others stand on. */
  readonly projects: readonly string[];
  /** Names of the base images that they may stand on. */
  readonly bases: readonly string[];
}

/**
 * What of a release's images is meant: those of the selected projects that fit one of the patterns, or all of them.
 * @param recipes of all projects of the lock. Errors: `unknown-name` for a pattern that fits nothing.
 */
export function selectImages(
  lock: Lock,
  selected: readonly string[],
  recipes: ReadonlyMap<string, Project>,
  patterns: readonly string[],
): Result<ImageSelection, Failure> {
  const projectOf = new Map<string, string>();
  const standsOn = new Map<string, string[]>();
  const basesOf = new Map<string, string[]>();
  for (const [project, { images }] of recipes) {
    for (const { name, base } of images) {
      projectOf.set(name, project);
      if (base === undefined) continue;
      if ('image' in base) standsOn.set(name, [...(standsOn.get(name) ?? []), base.image]);
      else basesOf.set(name, [...(basesOf.get(name) ?? []), base.minimal, base.standard ?? base.minimal]);
    }
  }
  const all = [...projectOf.keys()].filter((name) => selected.includes(projectOf.get(name) ?? ''));
  const wanted = new Set<string>(patterns.length === 0 ? all : []);
  for (const pattern of patterns) {
    const fits = all.filter(
      (name) => name === pattern || minimatch(name, pattern) || name.endsWith(`/${pattern}`),
    );
    if (fits.length === 0) {
      const help = `The images of ${lock.release} are ${all.join(', ')}.`;
      const nearest = nearestNames(pattern, all);
      return err({ reason: 'unknown-name', what: 'image', name: pattern, nearest, help });
    }
    for (const name of fits) wanted.add(name);
  }
  const projects = new Set<string>();
  const bases = new Set<string>();
  const followed = new Set<string>();
  const follow = (name: string): void => {
    if (followed.has(name)) return;
    followed.add(name);
    const project = projectOf.get(name);
    if (project !== undefined && lock.projects[project as never] !== undefined) projects.add(project);
    for (const base of basesOf.get(name) ?? []) bases.add(base);
    for (const below of standsOn.get(name) ?? []) follow(below);
  };
  for (const name of wanted) follow(name);
  return ok({ isWanted: (image) => wanted.has(image), projects: [...projects], bases: [...bases] });
}
