import type { Host } from '../../host.ts';
import type { PlannedProject } from '../../plan/plan.ts';
import type { GoHistories } from '../../release/attribute-go.ts';
import { goCandidates } from '../../release/go-candidates.ts';
import type { Store } from '../../store/store.ts';
import { goVariants } from '../../verdict/explain/go-variants.ts';
import type { Variant } from '../../verdict/explain/variant.ts';
import type { Prepared } from '../prepare/prepare.ts';
import { openGoHistories } from '../upstream/go-histories.ts';
import { once } from '../wiring/once.ts';
import type { Processes } from '../wiring/tools.ts';

/** The Gos that could have built a project, from the history of upstream's build tooling, which is read once. */
export type FindGos = (planned: PlannedProject) => Promise<readonly Variant[]>;

export function openGos(
  { workspace, lock }: Prepared,
  processes: Processes,
  store: Store,
  host: Host,
): FindGos {
  const times = Object.values(lock.projects).map(
    ({ checksums }) => Date.parse(checksums?.changed ?? '') / 1000,
  );
  const newest = Math.max(0, ...times.filter(Number.isFinite));
  const histories = once(async (): Promise<GoHistories | undefined> => {
    const opened = await openGoHistories(newest, {
      ...{ workspace, processes, store, host },
      isOffline: lock.buildTooling?.state === 'out-of-reach',
      progress: () => undefined,
    });
    // There are other guesses.
    return opened.ok ? opened.value : undefined;
  });
  return async ({ locked }) => {
    const { go, checksums } = locked;
    if (go === undefined) return [];
    const subject = { go, goBuilds: lock.goBuilds, changed: checksums?.changed };
    return goVariants(goCandidates(subject, await histories()));
  };
}
