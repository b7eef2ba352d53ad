import { minimatch } from 'minimatch';
import type { Lock } from '../config/lock/lock.ts';
import { byCodeUnit } from '../core/canonical-json.ts';
import type { Failure } from '../core/failure.ts';
import { type ProjectName, projectsIn } from '../core/names.ts';
import { isPlatform, type Platform } from '../core/platform.ts';
import { err, ok, type Result } from '../core/result.ts';
import { platformsOf } from '../plan/plan.ts';
import { nearestNames } from './nearest.ts';

export interface SelectionOptions {
  /** Names or globs; all where there is none. */
  readonly project?: readonly string[];
  readonly platform?: readonly string[];
}

export interface Selection {
  readonly projects: readonly ProjectName[];
  readonly isSelected: (platform: Platform) => boolean;
}

/** The projects that a word of the command line means: a name, its last part, or a glob. */
export function projectsFitting<Name extends string>(all: readonly Name[], pattern: string): readonly Name[] {
  return all.filter((name) => name === pattern || minimatch(name, pattern) || name.endsWith(`/${pattern}`));
}

/** What of a lock is meant. Errors: `unknown-name` for a name or glob that fits nothing. */
export function select(lock: Lock, options: SelectionOptions): Result<Selection, Failure> {
  const all = projectsIn(lock.projects);
  const chosen = new Set<ProjectName>();
  for (const pattern of options.project ?? []) {
    const fits = projectsFitting(all, pattern);
    if (fits.length === 0) {
      const help = `The projects of ${lock.release} are ${all.join(', ')}.`;
      return err({
        reason: 'unknown-name',
        what: 'project',
        name: pattern,
        nearest: nearestNames(pattern, all),
        help,
      });
    }
    for (const name of fits) chosen.add(name);
  }
  const platforms = new Set(Object.values(lock.projects).flatMap(platformsOf));
  for (const name of options.platform ?? []) {
    if (isPlatform(name) && platforms.has(name)) continue;
    const help = `The platforms of ${lock.release} are ${[...platforms].sort(byCodeUnit).join(', ')}.`;
    return err({
      reason: 'unknown-name',
      what: 'platform',
      name,
      nearest: nearestNames(name, platforms),
      help,
    });
  }
  const wanted = options.platform ?? [];
  return ok({
    projects: options.project === undefined || options.project.length === 0 ? all : [...chosen],
    isSelected: (platform) => wanted.length === 0 || wanted.includes(platform),
  });
}
