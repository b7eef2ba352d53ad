import type { LockedProject } from '../config/lock/lock.ts';
import type { Override } from '../config/lock/override.ts';
import type { ProjectBuild } from '../config/project/project.ts';
import { defined } from '../core/defined.ts';

/**
 * A project's pins as an override has them: the patches that it names, in its order.
 * @throws Error on a patch that the lock does not have: the caller checks what a user wrote (`unknownPatches`).
 */
export function overrideLocked(locked: LockedProject, override: Override | undefined): LockedProject {
  if (override?.patches === undefined) return locked;
  const patches = override.patches.map((path) => {
    const patch = locked.patches.find((each) => each.path === path);
    if (patch === undefined) throw new Error(`no patch ${path} in the lock`);
    return patch;
  });
  return { ...locked, patches };
}

/** The patches that an override names and the lock does not have. */
export function unknownPatches(locked: LockedProject, override: Override): readonly string[] {
  const known = new Set<string>(locked.patches.map((patch) => patch.path));
  return override.patches?.filter((path) => !known.has(path)) ?? [];
}

/** A recipe's build as an override has it. Stamps keep their order; those that the recipe lacks come last. */
export function overrideBuild(build: ProjectBuild, override: Override | undefined): ProjectBuild {
  if (override === undefined) return build;
  const left = new Set(override.withoutStamps);
  const stamps = Object.entries({ ...build.stamps, ...override.stamps }).filter(([name]) => !left.has(name));
  return {
    ...build,
    stamps: Object.fromEntries(stamps),
    flags: [...(override.flags ?? build.flags)],
    ...defined({ ldflags: override.ldflags && [...override.ldflags] }),
  };
}

/** What an override changes about a checkout, where it changes anything. */
export function overrideSource(
  override: Override | undefined,
): Pick<Override, 'patching' | 'committer' | 'stamp' | 'tags'> | undefined {
  const { patching, committer, stamp, tags } = override ?? {};
  const isClean = stamp === 'clean';
  const hasAllTags = (tags ?? 'all') === 'all';
  if ((patching ?? 'committed') === 'committed' && committer === undefined && !isClean && hasAllTags)
    return undefined;
  return {
    ...defined({ patching, committer }),
    ...(isClean ? { stamp } : {}),
    ...(hasAllTags || tags === undefined ? {} : { tags }),
  };
}
