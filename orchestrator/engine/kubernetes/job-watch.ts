import type { V1Pod } from '@kubernetes/client-node';
import type { Failure } from '../../core/failure.ts';
import type { Cluster } from '../../tool/kubernetes/cluster.ts';
import { selector } from './job.ts';
import { type JobState, stateOf } from './job-state.ts';

/** Looks at all Jobs that somebody waits for, by one question for all of them. */
export interface JobWatch {
  /** Begins to look at a Job. */
  follow(job: string): Followed;
}

interface Followed {
  /** What the next look finds; `gone` where there was a Job. Rejects never. @param signal ends the wait: then it is undefined. */
  next(signal: AbortSignal): Promise<JobState | { readonly kind: 'gone' } | Unreachable | undefined>;
  /** Whether a pod of anybody's who waits here does something. */
  isAnyRunning(): boolean;
  leave(): void;
}

/** The API does not answer, or refuses to. */
interface Unreachable {
  readonly kind: 'unreachable';
  readonly failure: Failure;
  /** Seconds since it last did. */
  readonly seconds: number;
}

export interface WatchOptions {
  readonly cluster: Pick<Cluster, 'look' | 'warnings'>;
  /** Milliseconds, of a clock that only goes forward. */
  readonly clock: () => number;
  /** Milliseconds between two looks. */
  readonly period: number;
}

/** A look that takes long is taken less often: so many times longer than it took is the pause. */
const restAfterLook = 5;

/** Milliseconds in which the API's memory may not know yet of a Job that was made. */
const unseenYet = 30_000;

interface Follower {
  readonly began: number;
  isSeen: boolean;
  isRunning: boolean;
  /** Whether the last look found it without a pod: a moment is nothing to ask about. */
  isPodless: boolean;
  tell: ((state: NonNullable<Awaited<ReturnType<Followed['next']>>>) => void) | undefined;
}

export function watchJobs({ cluster, clock, period }: WatchOptions): JobWatch {
  const followers = new Map<string, Follower>();
  let timer: NodeJS.Timeout | undefined;
  let isLooking = false;
  let answered = clock();

  const look = async (): Promise<void> => {
    timer = undefined;
    isLooking = true;
    const began = clock();
    const found = await cluster.look(selector);
    if (found.ok) answered = clock();
    const jobs = found.ok ? new Map(found.value.jobs.map((job) => [job.metadata?.name, job])) : undefined;
    const pods = new Map<string | undefined, V1Pod[]>();
    for (const pod of found.ok ? found.value.pods : []) {
      const name = pod.metadata?.labels?.['job-name'];
      pods.set(name, [...(pods.get(name) ?? []), pod]);
    }
    const isStuck = [...followers].some(([name, { isPodless }]) => isPodless && !pods.has(name));
    // All of them by one question: a quota keeps hundreds waiting.
    const warnings = found.ok && isStuck ? await cluster.warnings() : undefined;
    isLooking = false;
    for (const [name, follower] of followers) {
      const job = jobs?.get(name);
      if (!found.ok) {
        const seconds = (clock() - answered) / 1000;
        follower.tell?.({ kind: 'unreachable', failure: found.error, seconds });
      } else if (job !== undefined) {
        follower.isSeen = true;
        const state = stateOf(job, pods.get(name) ?? [], warnings?.get(name));
        follower.isPodless = !pods.has(name);
        follower.isRunning = state.kind === 'running';
        follower.tell?.(state);
      } else if (follower.isSeen || began - follower.began > unseenYet) {
        follower.tell?.({ kind: 'gone' });
      }
    }
    lookIn(Math.max(period, (clock() - began) * restAfterLook));
  };
  const lookIn = (milliseconds: number): void => {
    if (timer !== undefined || isLooking || followers.size === 0) return;
    timer = setTimeout(() => void look(), milliseconds);
  };
  return {
    follow(job) {
      const follower: Follower = {
        began: clock(),
        isSeen: false,
        isRunning: false,
        isPodless: false,
        tell: undefined,
      };
      if (followers.size === 0) answered = clock();
      followers.set(job, follower);
      lookIn(Math.min(period, 200));
      return {
        isAnyRunning: () => [...followers.values()].some(({ isRunning }) => isRunning),
        next: (signal) =>
          new Promise((resolve) => {
            if (signal.aborted) return resolve(undefined);
            const stop = (): void => {
              follower.tell = undefined;
              resolve(undefined);
            };
            follower.tell = (state) => {
              follower.tell = undefined;
              signal.removeEventListener('abort', stop);
              resolve(state);
            };
            signal.addEventListener('abort', stop, { once: true });
          }),
        leave() {
          followers.delete(job);
          if (followers.size > 0 || timer === undefined) return;
          clearTimeout(timer);
          timer = undefined;
        },
      };
    },
  };
}
