import { ProcessOutput, Spinner } from 'listr2';
import type { Terminal } from './terminal.ts';

/** listr2's spinner on a timer that does not keep the process alive. */
export class QuietSpinner extends Spinner {
  readonly #frame: number;
  #timer: NodeJS.Timeout | undefined;

  /** @param frame seconds between two drawings */
  constructor(frame: number) {
    super();
    this.#frame = frame;
  }

  override start(draw?: () => void): void {
    this.#timer = setInterval(() => {
      this.spin();
      draw?.();
    }, this.#frame * 1000);
    this.#timer.unref();
  }

  override isRunning(): boolean {
    return this.#timer !== undefined;
  }

  override stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

/** Leads listr2 to the caller's terminal instead of the process's, whose streams it would otherwise take over. */
export class TerminalOutput extends ProcessOutput {
  readonly #drawing: NodeJS.WriteStream;

  constructor(terminal: Terminal) {
    super(streamOf(terminal), streamOf(terminal), { leaveEmptyLine: false });
    this.#drawing = streamOf(terminal);
  }

  /** Where listr2 draws. Its own hands out a copy, which would not follow the size of the window. */
  override get stdout(): NodeJS.WriteStream {
    return this.#drawing;
  }
}

/** As much of a stream as listr2 uses: `write`, `columns`, `rows`. */
function streamOf(terminal: Terminal): NodeJS.WriteStream {
  return {
    write: (text: string) => {
      terminal.write(text);
      return true;
    },
    get columns() {
      return terminal.columns;
    },
    get rows() {
      return terminal.rows;
    },
  } as unknown as NodeJS.WriteStream;
}
