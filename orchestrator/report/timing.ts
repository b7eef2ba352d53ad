import type { NodeJson } from './recorded-build.ts';

/** A node as far as it says when it was worked on: times in seconds after the run's start. */
interface TimedNode {
  readonly id: string;
  readonly status: NodeJson['status'];
  readonly began?: number | undefined;
  readonly seconds?: number | undefined;
  readonly needs: readonly { readonly node: string }[];
}

/** A node that was worked on in this run. */
export interface TimedTask<N extends TimedNode = TimedNode> {
  readonly node: N;
  readonly began: number;
  readonly ended: number;
  /** The need that came to its end last; absent where none of its needs was worked on in this run. */
  readonly after: string | undefined;
  /** Seconds between the end of its last need and its beginning: it waited for its turn. */
  readonly waited: number;
}

/** Those nodes that were really worked on, by id; what came from the store took none of the time. */
export function timedTasks<N extends TimedNode>(nodes: readonly N[]): ReadonlyMap<string, TimedTask<N>> {
  const starts = nodes.flatMap(({ began }) => began ?? []);
  const opened = starts.reduce((least, each) => Math.min(least, each), Number.POSITIVE_INFINITY);
  /** Of what came from the store, too: then it was known that it is there. */
  const ends = new Map<string, number>();
  const tasks = new Map<string, TimedTask<N>>();
  for (const node of nodes) {
    const { began, seconds = 0, status } = node;
    if (began === undefined) continue;
    ends.set(node.id, began + seconds);
    if (status === 'cached' || status === 'skipped') continue;
    let last: TimedTask<N> | undefined;
    let ready = opened;
    for (const { node: id } of node.needs) {
      const need = tasks.get(id);
      if (need !== undefined && (last === undefined || need.ended > last.ended)) last = need;
      ready = Math.max(ready, ends.get(id) ?? opened);
    }
    const waited = Math.max(0, began - ready);
    tasks.set(node.id, { node, began, ended: began + seconds, after: last?.node.id, waited });
  }
  return tasks;
}

/** What the end of the run waited for, in order: from the task that ended last, always back to the need that ended last. */
export function decidingTasks<N extends TimedNode>(
  tasks: ReadonlyMap<string, TimedTask<N>>,
): readonly TimedTask<N>[] {
  let at: TimedTask<N> | undefined;
  for (const task of tasks.values()) if (at === undefined || task.ended > at.ended) at = task;
  const way: TimedTask<N>[] = [];
  for (; at !== undefined; at = at.after === undefined ? undefined : tasks.get(at.after)) way.unshift(at);
  return way;
}
