import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { newOutlook } from '../../orchestrator/engine/outlook.ts';
import { rankNodes } from '../../orchestrator/engine/rank.ts';
import { timeLeft } from '../../orchestrator/engine/time-left.ts';
import { asNodeId, type NodeId } from '../../orchestrator/plan/node-base.ts';
import { kinds } from '../../orchestrator/task/kinds.ts';
import type { Demand } from '../../orchestrator/task/task.ts';
import { compiledAgain, firstRun, type RecordedTask, tasksOf } from '../rig/recorded-seconds.ts';

/** How good the time left is while nothing is remembered of any task: real runs are played again, and asked on their way. */
interface PlayedNode {
  readonly id: NodeId;
  readonly kind: RecordedTask['kind'];
  readonly needs: readonly NodeId[];
  readonly title: string;
  readonly projects: readonly string[];
  readonly seconds: number;
  readonly demand: Demand;
}

const limits = { network: 4, processor: 2, memory: 1 };
const usualSeconds = ({ kind }: PlayedNode) => kinds[kind].seconds;

function nodesOf(text: string, fetching: number, compiling: number): ReadonlyMap<NodeId, PlayedNode> {
  return new Map(
    tasksOf(text).map(({ id, kind, needs, seconds, exclusive }) => {
      const isBuild = kind === 'go-build';
      const demand = isBuild ? { processor: 1, ...(exclusive && { exclusive }) } : { network: 1 };
      const took = seconds * (isBuild ? compiling : fetching);
      const node = { kind, needs: needs.map(asNodeId), title: id, projects: [], seconds: took, demand };
      return [asNodeId(id), { ...node, id: asNodeId(id) }];
    }),
  );
}

/** When each node starts and ends, if all take what they took. */
function timesOf(nodes: ReadonlyMap<NodeId, PlayedNode>, ranks: ReadonlyMap<NodeId, number>) {
  const times = new Map<NodeId, { readonly start: number; readonly end: number }>();
  const all = [...nodes.values()].sort((a, b) => (ranks.get(a.id) ?? 0) - (ranks.get(b.id) ?? 0));
  for (let now = 0; times.size < all.length; ) {
    const running = () => all.filter(({ id }) => (times.get(id)?.end ?? 0) > now);
    for (const node of all) {
      const isReady =
        !times.has(node.id) && node.needs.every((need) => (times.get(need)?.end ?? Infinity) <= now);
      const sum = (name: 'network' | 'processor') =>
        running().reduce((total, { demand }) => total + (demand[name] ?? 0), node.demand[name] ?? 0);
      const { exclusive } = node.demand;
      const isHeld =
        exclusive !== undefined && running().some(({ demand }) => demand.exclusive === exclusive);
      if (isReady && !isHeld && sum('network') <= limits.network && sum('processor') <= limits.processor)
        times.set(node.id, { start: now, end: now + node.seconds });
    }
    now = Math.min(...running().map(({ id }) => times.get(id)?.end ?? Infinity));
  }
  return times;
}

/** How many times too much or too little was said, at parts of the run. */
function errorsOf(text: string, fetching: number, compiling: number): readonly number[] {
  const nodes = nodesOf(text, fetching, compiling);
  const ranks = rankNodes({ nodes }, usualSeconds);
  const times = timesOf(nodes, ranks);
  const whole = Math.max(...[...times.values()].map(({ end }) => end));
  return [0.1, 0.25, 0.5, 0.75, 0.9].map((part) => {
    let clock = 0;
    const outlook = newOutlook<PlayedNode>({
      ...{ graph: { nodes }, ranks, limits, usualSeconds, demandOf: ({ demand }) => demand },
      store: { lastResult: async () => undefined },
      clock: () => clock * 1000,
    });
    const events = [...nodes.values()].flatMap((node) => {
      const { start = 0, end = 0 } = times.get(node.id) ?? {};
      const ended = { at: end, tell: () => outlook.settled(node, { status: 'ran' }) };
      return [{ at: start, tell: () => outlook.started(node) }, ended];
    });
    for (const { at, tell } of events.sort((a, b) => a.at - b.at)) {
      if (at > part * whole) break;
      clock = at;
      tell();
    }
    clock = part * whole;
    const { secondsLeft } = outlook.look(() => undefined);
    const ratio = secondsLeft / (whole - clock);
    return Math.max(ratio, 1 / ratio);
  });
}

const machines: readonly (readonly [string, fetching: number, compiling: number])[] = [
  ['as it was', 1, 1],
  ['a quick network', 0.2, 1],
  ['a slow one', 3, 1],
  ['slow processors', 1, 3],
  ['quick ones', 1, 0.2],
  ['both quick', 0.1, 0.3],
];

test('the runs are played as the scheduler would: they take what it thinks they take', () => {
  const nodes = nodesOf(compiledAgain, 1, 1);
  const ranks = rankNodes({ nodes }, usualSeconds);
  const due = [...nodes.values()].map((node) => ({
    ...node,
    rank: ranks.get(node.id) ?? 0,
    isRunning: false,
  }));
  const whole = Math.max(...[...timesOf(nodes, ranks).values()].map(({ end }) => end));
  assert.ok(Math.abs(timeLeft(due, limits) - whole) < 0.001);
});

test('where nothing is remembered, what is over corrects what is thought of the rest', () => {
  const errors = machines.flatMap(([, fetching, compiling]) => [
    ...errorsOf(firstRun, fetching, compiling),
    ...errorsOf(compiledAgain, fetching, compiling),
  ]);
  const mean = Math.exp(errors.reduce((sum, each) => sum + Math.log(each), 0) / errors.length);
  const told = errors.map((each) => each.toFixed(1)).join(' ');
  assert.ok(mean < 1.65, `${mean.toFixed(2)} times off: ${told}`);
  assert.ok(Math.max(...errors) < 3, told);
});

test.run();
