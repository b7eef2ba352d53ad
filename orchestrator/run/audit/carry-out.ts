import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import type { FileVerdict } from '../../verdict/verify/verdict.ts';
import type { OpenRun } from '../prepare/open-run.ts';
import { type Bench, decide } from './decide.ts';
import type { DistinctBuild } from './distinct-builds.ts';
import type { Room } from './room.ts';

/** A build that came to its end. */
interface Decided {
  readonly build: DistinctBuild;
  readonly verdicts: readonly FileVerdict[];
  readonly seconds: number;
  /** Whether all of it came from the store. */
  readonly isCached: boolean;
}

interface Carrying {
  readonly opened: Pick<OpenRun, 'run' | 'isRead'>;
  readonly bench: Bench;
  /** How many are under way at once: what is fetched for one while others are compiled. */
  readonly lanes: number;
  readonly room: Room;
  /** Milliseconds since the epoch after which none is begun. */
  readonly deadline: number;
  readonly onBegin: (build: DistinctBuild) => void;
  readonly onDecided: (decided: Decided) => void;
}

/**
 * Builds one after the other, some at once, and records what comes of each before the next is begun in its place: whatever ends this, what
 * was decided is kept. Errors: `aborted`; those of `decide`, after which nothing more is begun.
 */
export async function carryOut(
  builds: readonly DistinctBuild[],
  { opened, bench, lanes, room, deadline, onBegin, onDecided }: Carrying,
  host: Host,
): Promise<Result<void, Failure>> {
  const waiting = [...builds];
  let failure: Failure | undefined;
  const isOver = () =>
    waiting.length === 0 || failure !== undefined || host.signal.aborted || host.now() >= deadline;
  const lane = async (isFirst: boolean): Promise<void> => {
    // However little room there is, each round builds something.
    for (let isDue = isFirst; !isOver() && (isDue || !(await room.isFull())); isDue = false) {
      const build = waiting.shift();
      if (build === undefined) return;
      onBegin(build);
      const began = host.now();
      const outcomes = await opened.run(build.graph, () => undefined, { isWanted: opened.isRead });
      if (host.signal.aborted) return;
      const decided = await decide(build.uses, build.digest, outcomes, bench);
      if (!decided.ok) {
        failure = decided.error;
        return;
      }
      const isCached = [...outcomes.values()].every(({ end }) => end.status === 'cached');
      onDecided({ build, verdicts: decided.value, seconds: (host.now() - began) / 1000, isCached });
    }
  };
  for (;;) {
    await Promise.all(Array.from({ length: lanes }, (_, index) => lane(index === 0)));
    if (isOver()) break;
    const cleared = await room.clear();
    if (!cleared.ok) return cleared;
  }
  if (host.signal.aborted) return err({ reason: 'aborted' });
  return failure === undefined ? ok(undefined) : err(failure);
}
