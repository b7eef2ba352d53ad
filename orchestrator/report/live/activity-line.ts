import type { Say } from '../../core/event.ts';
import { visible } from '../../core/visible.ts';
import { formatWholeSeconds } from '../duration.ts';
import { transferText } from '../transfer-text.ts';
import { createActivity, type Doing } from './activity.ts';

/** What lines are written to: `Output` of the host. */
interface LineOutput {
  write(text: string): void;
  draw(text: string): void;
  readonly isTerminal: boolean;
  readonly columns: number;
}

/** Seconds without a line, where lines stay. */
const quiet = 15;

/** Seconds from which on it is worth saying how long something has taken. */
const long = 5;

/**
 * On a terminal, one line that is written over; elsewhere one now and then, so that nothing is silent for half a minute.
 * @param now seconds.
 */
export function createActivityLine(output: LineOutput, now: () => number): Say {
  const { isTerminal } = output;
  return createActivity({
    now,
    quiet: isTerminal ? 0 : quiet,
    show(doing) {
      const text = doing === undefined ? '' : textOf(doing);
      if (isTerminal) output.draw(`\r\u001b[K${visible(text).slice(0, output.columns - 1)}`);
      else if (doing !== undefined) output.write(`${text}\n`);
    },
  });
}

function textOf({ text, seconds, transfer }: Doing): string {
  if (transfer !== undefined) return `${text}: ${transferText(transfer)}`;
  return seconds < long ? text : `${text}, for ${formatWholeSeconds(seconds)}`;
}
