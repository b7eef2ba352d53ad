import type { V1Job, V1Pod } from '@kubernetes/client-node';
import type { Failure } from '../../core/failure.ts';
import type { Result } from '../../core/result.ts';

/** What is there of a namespace's Jobs. */
interface Found {
  readonly jobs: readonly V1Job[];
  readonly pods: readonly V1Pod[];
}

/** What of a cluster's API is used: see `leastRole`. Errors of all of them: `cluster`. */
export interface Cluster {
  /** Makes a Job; `there` where one of its name is. */
  create(job: V1Job): Promise<Result<'made' | 'there', Failure>>;
  /** The Jobs with a label, and their pods. */
  look(selector: string): Promise<Result<Found, Failure>>;
  /** What the control plane said last of Jobs, by their names: why it makes no pod, say. Nothing where it cannot be asked. */
  warnings(): Promise<ReadonlyMap<string, string>>;
  /** Takes a Job away with its pods. One that is gone is no error. */
  remove(job: string): Promise<Result<void, Failure>>;
  /** Hands over what a pod wrote, from the beginning, line by line; ends when the pod does, the connection, or the signal says so. */
  readLog(pod: string, onLine: (line: string) => void, signal: AbortSignal): Promise<void>;
}

/** The only container of a pod. */
export const container = 'worker';
