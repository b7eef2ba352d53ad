import type { Json } from '../../orchestrator/core/canonical-json.ts';
import type { RunEvent } from '../../orchestrator/core/event.ts';
import type { Failure } from '../../orchestrator/core/failure.ts';
import { err, ok } from '../../orchestrator/core/result.ts';
import type { Execute } from '../../orchestrator/engine/execute.ts';
import { performHere } from '../../orchestrator/engine/local/perform.ts';
import { type NodeOutcome, type RunOptions, runGraph } from '../../orchestrator/engine/run.ts';
import type { NodeId } from '../../orchestrator/plan/node-base.ts';
import type { Inputs, Deed as LocalDeed, TaskContext } from '../../orchestrator/task/task.ts';
import type { Command, ProcessOutcome } from '../../orchestrator/tool/process/process.ts';
import { type MemoryStore, newMemoryStore } from './memory-store.ts';
import { graphOf, type TestNode } from './nodes.ts';

/** What a test's task does: content of its output, or a failure. */
type Deed = (node: TestNode, context: TaskContext) => Promise<Json | Failure> | Json | Failure;

export interface Rig {
  readonly store: MemoryStore;
  readonly events: RunEvent[];
  /** Nodes whose deed was done, in order. */
  readonly ran: string[];
  readonly commands: Command[];
  /** Beside its needs, what a node's key is made of: its id where none is set. */
  readonly inputs: Map<string, Json>;
  readonly inputsOf: Inputs<TestNode>;
  deed: Deed;
  /** Milliseconds that have passed. */
  now: number;
  run(graph: string, options?: Partial<RunOptions<TestNode>>): Promise<ReadonlyMap<NodeId, NodeOutcome>>;
}

export function newRig(): Rig {
  const store = newMemoryStore();
  const rig: Rig = {
    store,
    events: [],
    ran: [],
    commands: [],
    inputs: new Map(),
    deed: (node) => `output of ${node.id}`,
    now: 0,
    inputsOf: (node, needs) => ({
      own: rig.inputs.get(node.id) ?? node.id,
      needs: Object.fromEntries(needs),
    }),
    run: (graph, options = {}) =>
      runGraph<TestNode>({
        graph: graphOf(graph),
        inputsOf: rig.inputsOf,
        store,
        perform: performIn(rig),
        limits: { network: 1, processor: 2, memory: 1 },
        demandOf: () => ({ processor: 1 }),
        failFast: false,
        depths: { ofResult: () => undefined, ofNeeds: () => 'metadata' },
        signal: new AbortController().signal,
        onEvent: (event) => rig.events.push(event),
        clock: () => rig.now,
        random: () => 0.5,
        wait: async (milliseconds) => {
          rig.now += milliseconds;
        },
        ...options,
      }),
  };
  return rig;
}

/** The rig's deed, done on this machine. @param deed another one than the rig's. */
export function performIn(rig: Rig, deed: LocalDeed<TestNode> = deedOf(rig)): Execute<TestNode> {
  return performHere<TestNode>({
    deed,
    store: rig.store,
    run: async (command) => {
      rig.commands.push(command);
      return outcomeOf(command);
    },
    isolation: 'namespace',
    clock: () => rig.now,
  });
}

function deedOf(rig: Rig): LocalDeed<TestNode> {
  return async (node, context) => {
    rig.ran.push(node.id);
    const made = await rig.deed(node, context);
    if (typeof made === 'object' && made !== null && 'reason' in made) return err(made as Failure);
    rig.store.write(context.output, made as Json);
    return ok({});
  };
}

/** Exits with what its first argument says. */
function outcomeOf(command: Command): ProcessOutcome {
  const exitCode = Number(command.args[0] ?? 0);
  return {
    exitCode,
    signal: undefined,
    spawnError: undefined,
    aborted: false,
    stdout: '',
    stderr: '',
    seconds: 3,
  };
}

/** `A:ran B:cached C:failed`, in the graph's order. */
export function endsOf(outcomes: ReadonlyMap<NodeId, NodeOutcome>): string {
  return [...outcomes].map(([id, { end }]) => `${id}:${end.status}`).join(' ');
}

/** Events as short words: `start A`, `end A ran 2`, `retry A 1 2`, `say A text`. */
export function told(events: readonly RunEvent[]): readonly string[] {
  return events.map((event) => {
    switch (event.type) {
      case 'run-started':
        return `start of ${event.nodes.length}`;
      case 'node-started':
        return `start ${event.node.id}`;
      case 'node-progress': {
        const { transfer } = event;
        const bytes = transfer && ` ${transfer.done} of ${transfer.total}, ${transfer.perSecond} a second`;
        return `say ${event.node.id} ${event.text}${bytes ?? ''}`;
      }
      case 'node-retried':
        return `retry ${event.node.id} ${event.attempt} ${event.waitSeconds} ${event.failure.reason}`;
      case 'node-finished':
        return `end ${event.node.id} ${event.how.status} ${event.seconds}`;
      case 'run-progress':
        return `${event.done} of ${event.total}, ${event.secondsLeft} left`;
      case 'run-finished':
        return `end after ${event.seconds}`;
      default:
        return event;
    }
  });
}

export const broken: Failure = { reason: 'missing-output', file: 'program', detail: 'none was made' };
export const offline: Failure = { reason: 'network', what: 'fetching', detail: 'timed out' };
