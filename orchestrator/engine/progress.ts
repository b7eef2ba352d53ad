import type { Bytes, OnEvent } from '../core/event.ts';
import { type Meter, newMeter } from '../core/meter.ts';
import { visible } from '../core/visible.ts';
import type { NodeId } from '../plan/node-base.ts';
import type { KindOfNode } from './key.ts';
import type { Outlook } from './outlook.ts';
import { summaryOf } from './trace.ts';

/** Tells of a run while it goes on. */
export interface Progress<N extends KindOfNode> {
  /** What a node is doing; with bytes how far it has come, which may be said as often as one likes. */
  of(node: N, text: string, bytes?: Bytes): void;
  ended(node: N): void;
  /** Nothing is told any more. */
  end(): void;
}

interface Moving<N> {
  readonly node: N;
  readonly text: string;
  readonly meter: Meter;
  bytes: Bytes;
}

/** Milliseconds between two looks, and how many times longer than the last one took, so that they cost nothing. */
const usualPeriod = 1000;
const restAfterLook = 50;

/** @param clock milliseconds, of a clock that only goes forward. @param period milliseconds. */
export function startProgress<N extends KindOfNode>(
  outlook: Outlook<N>,
  onEvent: OnEvent,
  clock: () => number,
  period = usualPeriod,
): Progress<N> {
  const moving = new Map<NodeId, Moving<N>>();
  const tellBytes = ({ node, text, meter, bytes }: Moving<N>): void =>
    onEvent({ type: 'node-progress', node: summaryOf(node), text, transfer: meter.at(bytes) });
  let timer: NodeJS.Timeout | undefined;
  const lookIn = (milliseconds: number): void => {
    timer = setTimeout(look, milliseconds);
    timer.unref();
  };
  const look = (): void => {
    const began = clock();
    for (const each of moving.values()) tellBytes(each);
    const progress = outlook.look((id) => {
      const each = moving.get(id);
      return each?.meter.at(each.bytes);
    });
    onEvent({ type: 'run-progress', ...progress });
    lookIn(Math.max(period, (clock() - began) * restAfterLook));
  };
  lookIn(period);
  return {
    of(node, given, bytes) {
      const text = visible(given);
      const known = moving.get(node.id);
      if (bytes === undefined) {
        moving.delete(node.id);
        onEvent({ type: 'node-progress', node: summaryOf(node), text });
      } else if (known?.text === text) {
        known.bytes = bytes;
      } else {
        const each = { node, text, bytes, meter: newMeter(() => clock() / 1000) };
        moving.set(node.id, each);
        tellBytes(each);
      }
    },
    ended: (node) => void moving.delete(node.id),
    end: () => clearTimeout(timer),
  };
}
