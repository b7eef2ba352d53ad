import type { NodeId } from '../plan/node-base.ts';
import type { Demand } from '../task/task.ts';
import type { Capacities } from './resources.ts';

/** A node that has not come to its end. */
export interface Due {
  readonly id: NodeId;
  readonly needs: readonly NodeId[];
  /** See `Resources.acquire`. */
  readonly rank: number;
  readonly demand: Demand;
  /** That it will still take. */
  readonly seconds: number;
  /** It has its share of the machine already. */
  readonly isRunning: boolean;
}

const names = ['network', 'processor', 'memory'] as const;

/**
 * Seconds until all that is due is done, where each starts once its needs are, in the order of rank, and as far as there is
 * room: what the scheduler will do (`resources.ts`), if all take as long as is thought. So the longest way counts, and how
 * many can go on side by side.
 */
export function timeLeft(due: readonly Due[], capacities: Capacities): number {
  const free = { ...capacities };
  const held = new Set<string>();
  const left = new Map(due.map((each) => [each.id, each]));
  const missing = new Map(due.map(({ id, needs }) => [id, needs.filter((need) => left.has(need)).length]));
  const dependants = new Map<NodeId, Due[]>();
  for (const each of due) {
    for (const need of each.needs) dependants.set(need, [...(dependants.get(need) ?? []), each]);
  }
  let ready = due.filter(({ id, isRunning }) => isRunning || missing.get(id) === 0);
  let running: { readonly of: Due; readonly end: number }[] = [];
  let now = 0;
  const share = ({ demand }: Due, name: (typeof names)[number]) =>
    Math.min(demand[name] ?? 0, capacities[name]);
  const start = (each: Due): boolean => {
    const { exclusive } = each.demand;
    const hasRoom =
      names.every((name) => share(each, name) <= free[name]) &&
      !(exclusive !== undefined && held.has(exclusive));
    if (!hasRoom && !each.isRunning) return false;
    for (const name of names) free[name] -= share(each, name);
    if (exclusive !== undefined) held.add(exclusive);
    running.push({ of: each, end: now + each.seconds });
    return true;
  };
  const end = (each: Due): void => {
    for (const name of names) free[name] += share(each, name);
    if (each.demand.exclusive !== undefined) held.delete(each.demand.exclusive);
    left.delete(each.id);
    for (const dependant of dependants.get(each.id) ?? []) {
      const count = (missing.get(dependant.id) ?? 0) - 1;
      missing.set(dependant.id, count);
      if (count === 0 && !dependant.isRunning) ready.push(dependant);
    }
  };
  while (ready.length > 0 || running.length > 0) {
    ready.sort((a, b) => Number(b.isRunning) - Number(a.isRunning) || a.rank - b.rank);
    ready = ready.filter((each) => !start(each));
    // More than there is of something is never asked for, so that something runs now.
    now = Math.min(...running.map((each) => each.end));
    const over = running.filter((each) => each.end <= now);
    running = running.filter((each) => each.end > now);
    for (const { of } of over) end(of);
  }
  return now;
}
