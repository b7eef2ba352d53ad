import { visible } from '../../core/visible.ts';
import type { Output } from '../../host.ts';

/** On a terminal, one line that is written over, an empty text wiping it; elsewhere nothing. */
export function terminalLine(output: Output): (text: string) => void {
  if (!output.isTerminal) return () => undefined;
  return (text) => output.draw(`\r\u001b[K${visible(text).slice(0, output.columns - 1)}`);
}
