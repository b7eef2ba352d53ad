import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { err, ok } from '../../orchestrator/core/result.ts';
import { rankNodes } from '../../orchestrator/engine/rank.ts';
import { newResources } from '../../orchestrator/engine/resources.ts';
import { type Settled, schedule } from '../../orchestrator/engine/schedule.ts';
import { graphOf, type TestNode, words } from './nodes.ts';

interface Scenario {
  readonly graph: string;
  /** How many at a time; 1 where it is not said. */
  readonly processors?: number;
  /** Nodes that fail. */
  readonly failing?: string;
  readonly failFast?: boolean;
  /** The signal fires when this node ends. */
  readonly abortAfter?: string;
  /** Weights other than 1: `A=5`. */
  readonly weights?: string;
  /** `+A` where A starts, `-A` where it ends. A node takes one turn of the clock. */
  readonly trace: string;
  /** What became of the nodes that are not done. */
  readonly ends?: string;
}

/** Scenarios by what they show. */
const scenarios: Readonly<Record<string, Scenario>> = {
  'needs come first': { graph: 'C <- B; B <- A; A', trace: '+A -A +B -B +C -C' },
  'all that can run at once does': { graph: 'A B C', processors: 3, trace: '+A +B +C -A -B -C' },
  'no more than there is room for': { graph: 'A B C', processors: 2, trace: '+A +B -A -B +C -C' },
  'ties in the order of the graph': { graph: 'B C A', trace: '+B -B +C -C +A -A' },
  'the head of the longest way starts first': {
    graph: 'A B C; B2 <- B; B3 <- B2; C2 <- C',
    trace: '+B -B +C -C +B2 -B2 +A -A +B3 -B3 +C2 -C2',
  },
  'a way is as long as its weights': {
    graph: 'A B; B2 <- B; A2 <- A',
    weights: 'A2=5',
    trace: '+A -A +A2 -A2 +B -B +B2 -B2',
  },
  'a diamond': { graph: 'A; B C <- A; D <- B C', processors: 2, trace: '+A -A +B +C -B -C +D -D' },
  'a failure skips what needs it, near and far, and nothing else': {
    graph: 'A B; C <- A; D <- C B; E <- B',
    failing: 'A',
    trace: '+A -A +B -B +E -E',
    ends: 'A:failed C:skipped(A) D:skipped(A)',
  },
  'two failures: the first to reach a node is its cause': {
    graph: 'A B; C <- A B',
    failing: 'A B',
    trace: '+A -A +B -B',
    ends: 'A:failed B:failed C:skipped(A)',
  },
  'fail-fast: what runs is aborted, nothing new starts': {
    graph: 'A B C; D <- B; E <- A',
    processors: 2,
    failing: 'A',
    failFast: true,
    trace: '+A +B -A -B',
    ends: 'A:failed B:aborted C:aborted D:aborted E:skipped(A)',
  },
  'abort: what runs is aborted, nothing new starts, what is done is kept': {
    graph: 'A B C; D <- A',
    processors: 2,
    abortAfter: 'A',
    trace: '+A +B -A -B',
    ends: 'B:aborted C:aborted D:aborted',
  },
  'an empty graph': { graph: '', trace: '' },
};

for (const [what, scenario] of Object.entries(scenarios)) {
  test(what, async () => {
    const { trace, ends } = await play(scenario);
    assert.is(trace, scenario.trace);
    assert.is(ends, scenario.ends ?? '');
  });
}

async function play(scenario: Scenario): Promise<{ readonly trace: string; readonly ends: string }> {
  const graph = graphOf(scenario.graph);
  const trace: string[] = [];
  const told: string[] = [];
  const abort = new AbortController();
  const resources = newResources({ network: 1, processor: scenario.processors ?? 1, memory: 1 });
  const weights = new Map(words(scenario.weights ?? '').map((text) => text.split('=') as [string, string]));
  const ranks = rankNodes(graph, (node) => Number(weights.get(node.id) ?? 1));
  const settled = await schedule<TestNode, string, string>({
    graph,
    ranks,
    failFast: scenario.failFast ?? false,
    signal: abort.signal,
    onSettled: (node) => told.push(node.id),
    async run(node, needs, signal) {
      assert.equal(
        [...needs.values()],
        node.needs.map((id) => `value of ${id}`),
      );
      const release = await resources.acquire({ processor: 1 }, ranks.get(node.id) ?? 0, signal);
      if (release === undefined) return err('aborted');
      trace.push(`+${node.id}`);
      await new Promise((resolve) => setImmediate(resolve));
      trace.push(`-${node.id}`);
      if (node.id === scenario.abortAfter) queueMicrotask(() => abort.abort());
      release();
      const isBad = signal.aborted || words(scenario.failing ?? '').includes(node.id);
      return isBad ? err(`error of ${node.id}`) : ok(`value of ${node.id}`);
    },
  });
  assert.equal([...settled.keys()], [...graph.nodes.keys()]);
  assert.equal(told.sort(), [...graph.nodes.keys()].sort());
  const ends = [...settled]
    .filter(([, how]) => how.status !== 'done')
    .map(([id, how]) => `${id}:${endOf(how)}`);
  return { trace: trace.join(' '), ends: ends.join(' ') };
}

function endOf(settled: Settled<string, string>): string {
  return settled.status === 'skipped' ? `skipped(${settled.because})` : settled.status;
}

test('a signal that has fired before: nothing starts', async () => {
  const settled = await schedule<TestNode, string, string>({
    graph: graphOf('A; B <- A'),
    ranks: new Map(),
    failFast: false,
    signal: AbortSignal.abort(),
    run: () => assert.unreachable('started') as never,
  });
  assert.equal([...settled.values()].map(endOf), ['aborted', 'aborted']);
});

test('a bug in a node is thrown, after what runs was told to stop and has ended', async () => {
  let ended = false;
  try {
    await schedule<TestNode, string, string>({
      graph: graphOf('A B; C <- B'),
      ranks: new Map(),
      failFast: false,
      signal: new AbortController().signal,
      async run(node, _needs, signal) {
        if (node.id === 'A') throw new Error('a bug');
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        ended = true;
        return ok('');
      },
    });
    assert.unreachable('swallowed');
  } catch (error) {
    assert.is(error instanceof Error && error.message, 'a bug');
  }
  assert.ok(ended);
});

test('a cycle is a bug of who made the graph', () => {
  assert.throws(() => rankNodes(graphOf('A <- B; B <- A'), () => 1), /cycle/);
});

test.run();
