import { statfs } from 'node:fs/promises';
import type { Digest } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok } from '../../core/result.ts';
import { visible } from '../../core/visible.ts';
import { guarded } from '../../store/errno.ts';
import type { Deed, TaskContext } from '../../task/task.ts';
import { type CommandRecord, type RunProcess, seeing } from '../../tool/process/process.ts';
import type { EngineStore, Execute, Step } from '../execute.ts';
import type { KindOfNode } from '../key.ts';
import { type Isolation, recording } from './command-record.ts';
import { watchDisk } from './disk-watch.ts';

export interface Workshop<N extends KindOfNode> {
  readonly deed: Deed<N>;
  readonly store: EngineStore;
  readonly run: RunProcess;
  readonly isolation: Isolation;
  /** Milliseconds, of a clock that only goes forward. */
  readonly clock: () => number;
}

/** Does a node's deed on this machine, in folders of its own, which go afterwards whatever happens, and takes its output as a tree. */
export function performHere<N extends KindOfNode>(workshop: Workshop<N>): Execute<N> {
  const { deed, store, clock } = workshop;
  const disk = watchDisk(store.root);
  return async (step) => {
    step.started();
    const output = await store.temporaryFolder();
    if (!output.ok) return output;
    const scratch = await store.temporaryFolder();
    const places = [output.value, ...(scratch.ok ? [scratch.value] : [])];
    const watched = disk.enter(places, step.signal);
    try {
      if (!scratch.ok) return scratch;
      const commands: CommandRecord[] = [];
      const began = clock();
      const lacked = (await store.lackOf(step.key))?.what;
      const folders = { output: output.value, scratch: scratch.value };
      const context = contextOf(workshop, { ...step, signal: watched.signal }, folders, lacked, commands);
      // A task's own files are on the store's file system: what is the matter with that is expected trouble.
      const outputs = await guarded(store.root, () => deed(step.node, context));
      const stop = watched.stopped();
      if (stop !== undefined && !step.signal.aborted) return err(stoppedFor(stop, store.root));
      const lack = outputs.ok ? outputs.value.lacked : lackIn(outputs.error);
      if (lack !== undefined || (outputs.ok && lacked !== undefined)) await store.setLack(step.key, lack);
      if (!outputs.ok) return err(await orDiskFull(outputs.error, store.root));
      // What an aborted task leaves may be half of it, whatever it says itself.
      if (step.signal.aborted) return err({ reason: 'aborted' });
      const tree = await store.addTree(output.value, outputs.value.derived);
      if (!tree.ok) return tree;
      const notes = (outputs.value.notes ?? []).map(visible);
      return ok({ how: 'ran', tree: tree.value, seconds: (clock() - began) / 1000, notes, commands });
    } finally {
      for (const place of places) await store.removeTemporary(place);
      watched.leave();
    }
  };
}

function stoppedFor(
  { written, left }: { readonly written: number; readonly left: number },
  path: string,
): Failure {
  const [wrote, had] = [written, left].map((bytes) => `${(bytes / 2 ** 20).toFixed(0)} MiB`);
  const detail = `This task had written ${wrote} there when ${had} were left, and was stopped.`;
  return { reason: 'disk-full', path, detail };
}

/** What a node failed for that only the world outside can give. */
function lackIn(failure: Failure): string | undefined {
  return failure.reason === 'module-unavailable' ? failure.module : undefined;
}

/** Bytes. Who fails with less than this left on the disk has no room, whatever it says. */
const scarce = 1024 ** 2;

/** Not every program says so when a disk is full: git speaks of a configuration file, a shell of an I/O error. */
async function orDiskFull(failure: Failure, root: string): Promise<Failure> {
  if (failure.reason !== 'command-failed') return failure;
  const disk = await statfs(root).catch(() => undefined);
  const isFull = disk !== undefined && disk.bavail * disk.bsize < scarce;
  return isFull ? { reason: 'disk-full', path: root } : failure;
}

function contextOf<N extends KindOfNode>(
  { store, run, isolation }: Workshop<N>,
  step: Step<N>,
  { output, scratch }: Readonly<Record<'output' | 'scratch', string>>,
  lacked: string | undefined,
  commands: CommandRecord[],
): TaskContext {
  const folders = () => [
    { path: output, name: '$OUTPUT' },
    { path: scratch, name: '$SCRATCH' },
    ...[...step.needs].map(([id, tree]) => ({ path: store.treePath(tree), name: `$TREE(${id})` })),
    { path: store.root, name: '$STORE' },
  ];
  // Whatever a deed runs sees what it needs and its own folders; what it takes besides, it says itself.
  const view = {
    reads: [...step.needs.values()].map((tree) => store.treePath(tree)),
    writes: [output, scratch],
  };
  const recorded = recording(seeing(run, view), isolation, folders, (record) => {
    commands.push(record);
    step.onCommand(record);
  });
  return {
    output,
    scratch,
    lacked,
    signal: step.signal,
    run: (command) => recorded({ signal: step.signal, ...command }),
    progress: (text, bytes) => step.progress(text, bytes),
    tree: (id) => store.treePath(treeOf(step, id)),
  };
}

/** @throws Error where a task asks for what its node does not need: a bug of the task. */
function treeOf<N extends KindOfNode>(step: Step<N>, id: string): Digest {
  for (const [need, tree] of step.needs) if (need === id) return tree;
  throw new Error(`${step.node.id} does not need ${id}`);
}
