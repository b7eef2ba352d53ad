import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf } from '../../orchestrator/core/digest.ts';
import { ok } from '../../orchestrator/core/result.ts';
import type { EngineStore } from '../../orchestrator/engine/execute.ts';
import { performHere } from '../../orchestrator/engine/local/perform.ts';
import { runGraph } from '../../orchestrator/engine/run.ts';
import { makeGraph } from '../../orchestrator/plan/graph.ts';
import { asNodeId, type NodeBase } from '../../orchestrator/plan/node-base.ts';
import { openStore } from '../../orchestrator/store/open-store.ts';
import type { StoredResult } from '../../orchestrator/store/store.ts';

interface EmptyNode extends NodeBase {
  readonly kind: 'empty';
}

const count = 10_000;

/** Layers of a hundred nodes, each of which needs two of the layer before. */
function emptyNodes(): readonly EmptyNode[] {
  return Array.from({ length: count }, (_, index) => {
    const layer = Math.floor(index / 100);
    const needs = layer === 0 ? [] : [index - 100, (layer - 1) * 100 + ((index + 1) % 100)];
    const name = (each: number) => asNodeId(`empty ${String(each).padStart(5, '0')}`);
    return {
      kind: 'empty',
      id: name(index),
      needs: [...new Set(needs)].map(name),
      title: 'empty',
      projects: [],
    };
  });
}

/**
 * Seconds that the orchestrator itself takes for ten thousand tasks that do nothing: graph, keys, scheduling, events, and
 * results kept in memory, so that no disk is measured.
 */
export async function measureEmptyTasks(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const opened = await openStore(folder, {
    pid: process.pid,
    host: 'bench',
    now: Date.now,
    random: Math.random,
  });
  if (!opened.ok) throw new Error('the store cannot be opened');
  const results = new Map<string, StoredResult>();
  const tree = digestOf('');
  const start = performance.now();
  const store: EngineStore = {
    ...opened.value,
    lookup: async (key) => results.get(key),
    record: async (result) => {
      results.set(result.key, result);
      return ok(undefined);
    },
    addTree: async () => ok(tree),
    temporaryFolder: async () => ok(folder),
    removeTemporary: async () => undefined,
    withLock: (_name, _signal, body) => body(),
  };
  const outcomes = await runGraph<EmptyNode>({
    graph: makeGraph(emptyNodes()),
    inputsOf: (node, needs) => ({ id: node.id, needs: [...needs.values()] }),
    store,
    perform: performHere<EmptyNode>({
      deed: async () => ok({}),
      store,
      run: async () => {
        throw new Error('an empty task runs nothing');
      },
      isolation: 'none',
      clock: Date.now,
    }),
    limits: { network: 4, processor: 4, memory: 1 },
    demandOf: () => ({ processor: 1 }),
    failFast: false,
    depths: { ofResult: () => undefined, ofNeeds: () => 'metadata' },
    signal: new AbortController().signal,
    onEvent: () => undefined,
    clock: Date.now,
    random: Math.random,
  });
  const seconds = (performance.now() - start) / 1000;
  const ran = [...outcomes.values()].filter((outcome) => outcome.end.status === 'ran').length;
  if (ran !== count) throw new Error(`${ran} of ${count} tasks ran`);
  await opened.value.close();
  rmSync(folder, { recursive: true });
  return seconds;
}
