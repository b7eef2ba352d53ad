import type { Lock } from '../config/lock/lock.ts';
import { nearestNames } from '../config/nearest.ts';
import { byCodeUnit } from '../core/canonical-json.ts';
import type { Failure } from '../core/failure.ts';
import { type ProjectName, projectsIn } from '../core/names.ts';
import type { Platform } from '../core/platform.ts';
import { ok, type Result } from '../core/result.ts';
import { platformsOf } from '../plan/plan.ts';
import { chooseNames } from './choose-names.ts';

export interface SelectionOptions {
  /** Words of `chooseNames`; all where there is none. */
  readonly project?: readonly string[];
  readonly platform?: readonly string[];
}

export interface Selection {
  readonly projects: readonly ProjectName[];
  readonly isSelected: (platform: Platform) => boolean;
  readonly leftOut: LeftOut;
}

/** What exclusions took away, and nothing that is built needs. */
interface LeftOut {
  readonly projects: readonly string[];
  readonly platforms: readonly string[];
  readonly images: readonly string[];
}

/** What of a lock is meant. Errors: `unknown-name` for a word that fits nothing; `usage` where nothing is left. */
export function select(lock: Lock, options: SelectionOptions): Result<Selection, Failure> {
  const choose = <Name extends string>(
    what: 'project' | 'platform',
    words: readonly string[] = [],
    all: readonly Name[],
  ) =>
    chooseNames(words, {
      option: `--${what}`,
      all,
      unknown: (name) => ({
        reason: 'unknown-name',
        what,
        name,
        nearest: nearestNames(name, all),
        help: `The ${what}s of ${lock.release} are ${all.join(', ')}.`,
      }),
    });
  const projects = choose('project', options.project, projectsIn(lock.projects));
  if (!projects.ok) return projects;
  const platforms = choose(
    'platform',
    options.platform,
    [...new Set(Object.values(lock.projects).flatMap(platformsOf))].sort(byCodeUnit),
  );
  if (!platforms.ok) return platforms;
  return ok({
    projects: projects.value.names,
    isSelected: platforms.value.has,
    leftOut: { projects: projects.value.leftOut, platforms: platforms.value.leftOut, images: [] },
  });
}
