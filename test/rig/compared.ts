import { readLock, renderLock, type UnsealedLock } from '../../orchestrator/config/lock/lock-file.ts';
import type { Project } from '../../orchestrator/config/project/project.ts';
import type { ComparedSide } from '../../orchestrator/release/difference/compare-projects.ts';
import type { PatchDifference, ReleaseDifference } from '../../orchestrator/release/difference/difference.ts';
import { samplePins } from './pins.ts';

type Pins = UnsealedLock['projects'][string];

/** The sample's project, with something else in it. */
export function toolWith(changes: Partial<Pins> = {}): Pins {
  const tool = samplePins().projects['org/tool'];
  if (tool === undefined) throw new Error('the sample has no such project');
  return { ...tool, ...changes };
}

/** A side of a comparison: the sample's pins, with something else in them. */
export function sideOf(
  changes: Partial<UnsealedLock> = {},
  recipes: ReadonlyMap<string, Project> = new Map(),
): ComparedSide {
  const lock = readLock('lock', renderLock({ ...samplePins(), ...changes }));
  if (!lock.ok) throw new Error(JSON.stringify(lock.error));
  return { lock: lock.value, recipes, ownPatches: new Map() };
}

/** The side's release with one project, `org/tool`, with something else in it. */
export function sideWith(changes: Partial<Pins>): ComparedSide {
  return sideOf({ projects: { 'org/tool': toolWith(changes) } });
}

const turnedChange = {
  added: 'removed',
  removed: 'added',
  changed: 'changed',
  same: 'same',
  unknown: 'unknown',
} as const;

/** Both sides exchanged, as whoever reads the data would do it. */
export function turned(difference: ReleaseDifference): ReleaseDifference {
  const order = { later: 'earlier', earlier: 'later', same: 'same' } as const;
  const patchesOf = (patches: readonly PatchDifference[]) => patches.map((patch) => exchanged(patch));
  const { files } = difference;
  return {
    ...exchangedSides(difference),
    order: order[difference.order],
    files: { ...files, added: files.removed, removed: files.added },
    projects: difference.projects.map((project) => ({
      ...exchanged(project),
      patches: patchesOf(project.patches),
      files: project.files.map((file) => exchanged(file)),
      listed: { added: project.listed.removed, removed: project.listed.added },
    })),
    gos: difference.gos.map((go) => ({ ...exchangedSides(go), patches: patchesOf(go.patches) })),
    baseImages: difference.baseImages.map((base) => exchanged(base)),
  };
}

function exchanged<T extends { readonly change: keyof typeof turnedChange }>(each: T): T {
  return { ...exchangedSides(each), change: turnedChange[each.change] };
}

/** Absent members stay absent. */
function exchangedSides<T extends object>(each: T): T {
  const { before, after, ...rest } = each as { before?: unknown; after?: unknown };
  return {
    ...rest,
    ...(after === undefined ? {} : { before: after }),
    ...(before === undefined ? {} : { after: before }),
  } as T;
}
