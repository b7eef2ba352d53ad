import type { V1Job } from '@kubernetes/client-node';
import type { Digest } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { unreachable } from '../../core/unreachable.ts';
import { visible } from '../../core/visible.ts';
import type { Cluster } from '../../tool/kubernetes/cluster.ts';
import { attemptOf, jobName, selectorOf } from './job.ts';
import { stateOf } from './job-state.ts';
import type { JobWatch } from './job-watch.ts';
import { type PodLine, readPodLine } from './pod-lines.ts';

export interface Attended {
  readonly document: Digest;
  /** For people: what is done. */
  readonly title: string;
  readonly jobOf: (attempt: number) => V1Job;
  readonly onLine: (line: PodLine) => void;
  /** Told what is waited for. */
  readonly onWait: (why: string) => void;
  readonly signal: AbortSignal;
}

export interface Attendance {
  readonly cluster: Cluster;
  readonly watch: JobWatch;
  /** Milliseconds, of a clock that only goes forward. */
  readonly clock: () => number;
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly patience: Patience;
}

/** Seconds for which something is waited for that does not come. */
export interface Patience {
  /** An image that cannot be pulled. */
  readonly image: number;
  /** Room for a pod, while none of ours has any. */
  readonly room: number;
  /** The API. */
  readonly api: number;
  /** What a pod wrote last, once it has ended. */
  readonly log: number;
}

export const usualPatience: Patience = { image: 120, room: 900, api: 600, log: 15 };

/** A Job that is known, and has not gone. */
type Watched = Readonly<{ name: string }>;

/**
 * Has a document done by a Job: by the one that somebody began already, where there is one that may still come to something. Whatever
 * comes of it, the Job is taken away afterwards. Errors: `cluster`, `aborted`, and what kept the worker from beginning.
 */
export async function attend(asked: Attended, given: Attendance): Promise<Result<void, Failure>> {
  const job = await begin(asked, given);
  if (!job.ok) return job;
  const followed = given.watch.follow(job.value.name);
  try {
    return await follow(followed, asked, given);
  } finally {
    followed.leave();
    await takeAway(job.value, asked.signal, given);
  }
}

/** Milliseconds between two tries, the first time and at the most. */
const firstPause = 500;
const longestPause = 15_000;

/** Makes the Job, whose name says what it does: so a request whose answer was lost is asked again, and finds it. */
async function begin(asked: Attended, given: Attendance): Promise<Result<Watched, Failure>> {
  const { document, jobOf, signal, title } = asked;
  const { cluster, clock, wait, patience } = given;
  const since = clock();
  let attempt = 1;
  for (let pause = firstPause; ; pause = Math.min(pause * 2, longestPause)) {
    if (signal.aborted) return err({ reason: 'aborted' });
    const made = await cluster.create(jobOf(attempt));
    if (made.ok && made.value === 'made') return ok({ name: jobName(document, attempt) });
    const there = made.ok ? await cluster.look(selectorOf(document)) : made;
    if (there.ok) {
      const known = knownOf(there.value.jobs, there.value.pods, document);
      if (known.usable !== undefined) return ok({ name: jobName(document, known.usable) });
      // Of what was made a moment ago the API's memory may not know yet; or it is the one that goes.
      if (known.last >= attempt) {
        attempt = known.last + 1;
        continue;
      }
    } else {
      const { error } = there;
      const isOver = clock() - since > patience.api * 1000;
      if (error.reason !== 'cluster' || !error.isPassing || isOver) return err(aboutOf(error, title));
      asked.onWait(error.detail);
    }
    await wait(pause, signal);
  }
}

/** Waits for an API that is away as long as for anything else of it; where all is to end, it is asked but once more. */
async function takeAway(
  { name }: Watched,
  signal: AbortSignal,
  { cluster, clock, wait, patience }: Attendance,
): Promise<void> {
  const since = clock();
  for (let pause = firstPause; ; pause = Math.min(pause * 2, longestPause)) {
    const isLast = signal.aborted || clock() - since > patience.api * 1000;
    const gone = await cluster.remove(name);
    if (gone.ok || isLast || gone.error.reason !== 'cluster' || !gone.error.isPassing) return;
    await wait(pause, signal);
  }
}

function knownOf(jobs: readonly V1Job[], pods: Parameters<typeof stateOf>[1], document: Digest) {
  let usable: number | undefined;
  let last = 0;
  for (const job of jobs) {
    const attempt = attemptOf(job, document);
    if (attempt === undefined) continue;
    last = Math.max(last, attempt);
    const state = stateOf(job, pods);
    const isUsable = state.kind === 'ended' ? state.exitCode === 0 : state.kind !== 'lost';
    if (isUsable) usable = attempt;
  }
  return { usable, last };
}

async function follow(
  followed: ReturnType<JobWatch['follow']>,
  asked: Attended,
  given: Attendance,
): Promise<Result<void, Failure>> {
  const { title, signal, onWait } = asked;
  const { clock, patience } = given;
  const log = openLog(asked, given);
  const failed = (detail: string, isPassing: boolean, help = usualHelp) =>
    err<Failure>({ reason: 'cluster', what: `running ${title}`, detail: visible(detail), help, isPassing });
  /** Since when nothing could be begun, or an image not be had. */
  let stuck: { readonly since: number; readonly why: 'room' | 'image' } | undefined;
  for (;;) {
    const state = await followed.next(signal);
    if (state === undefined) return err({ reason: 'aborted' });
    switch (state.kind) {
      case 'unreachable': {
        const { failure, seconds } = state;
        const isPassing = failure.reason === 'cluster' && failure.isPassing;
        if (!isPassing || seconds > patience.api) return err(aboutOf(failure, title));
        break;
      }
      case 'gone':
        return failed('its Job is gone', true);
      case 'waiting': {
        const why = state.refused === undefined ? 'room' : 'image';
        if (stuck?.why !== why || (why === 'room' && followed.isAnyRunning()))
          stuck = { since: clock(), why };
        onWait(state.why);
        const isOver = clock() - stuck.since > patience[why] * 1000;
        if (state.refused === 'at-once' || isOver) return failed(state.why, false, helpFor[why]);
        break;
      }
      case 'running':
        stuck = undefined;
        log.read(state.pod);
        break;
      case 'ended': {
        const end = await log.end(state.pod);
        if (end !== undefined) return end.failure === undefined ? ok(undefined) : err(end.failure);
        if (state.exitCode === 0) return failed('what its worker wrote cannot be read', true);
        return failed(`its worker ended with ${state.exitCode}: ${log.last()}`, state.exitCode === 4);
      }
      case 'lost':
        if (state.pod !== undefined) await log.end(state.pod);
        return failed(state.why, state.help === undefined, state.help);
      default:
        return unreachable(state);
    }
  }
}

const usualHelp = 'Try again; what was finished is kept.';
const helpFor = {
  room: 'The namespace or its nodes have no room for a pod: kubernetes.requests, .nodeSelectors and .tolerations of the settings, or a quota.',
  image: 'kubernetes.image of the settings names what pods run, kubernetes.imagePullSecrets who may have it.',
};

/** What a pod writes, each line once, however often it has to be read anew because a connection broke. */
function openLog({ onLine, signal }: Attended, { cluster, patience }: Attendance) {
  let lines = 0;
  let last = '';
  let end: Extract<PodLine, { type: 'ended' }> | undefined;
  let reading: { readonly done: Promise<void>; stop(): void } | undefined;
  /** Runs while the rest is waited for: a log that is long, or that a busy cluster gives slowly, is not given up while it comes. */
  let silence: NodeJS.Timeout | undefined;
  const read = (pod: string): Promise<void> => {
    if (reading !== undefined) return reading.done;
    let count = 0;
    const stopping = new AbortController();
    const done = cluster
      .readLog(
        pod,
        (text) => {
          count += 1;
          silence?.refresh();
          if (count <= lines) return;
          lines = count;
          const line = readPodLine(text);
          if (line === undefined) last = text;
          else if (line.type === 'ended') end = line;
          else onLine(line);
        },
        AbortSignal.any([signal, stopping.signal]),
      )
      .finally(() => {
        reading = undefined;
      });
    reading = { done, stop: () => stopping.abort() };
    return done;
  };
  return {
    read: (pod: string): void => void read(pod),
    /** Reads the rest, as long as there comes any. */
    async end(pod: string) {
      silence = setTimeout(() => reading?.stop(), patience.log * 1000);
      await reading?.done;
      for (let before = -1; end === undefined && before < lines && !signal.aborted; ) {
        before = lines;
        silence.refresh();
        await read(pod);
      }
      clearTimeout(silence);
      silence = undefined;
      return end;
    },
    last: () => visible(last).slice(-500),
  };
}

/** The same about what was to be done. */
function aboutOf(failure: Failure, title: string): Failure {
  return failure.reason === 'cluster' ? { ...failure, what: `running ${title} (${failure.what})` } : failure;
}
