import { type ListrTaskObject, ListrTaskState } from 'listr2';
import { type Row, stateOf } from './list-rows.ts';

/** A row and the listr task that shows it. The task waits until the row's first node starts, and ends with its last. */
export class Line {
  readonly row: Row;
  readonly #text: () => string;
  #task: Pick<ListrTaskObject<unknown>, 'state' | 'title'> | undefined;
  #end: { readonly resolve: () => void; readonly reject: (error: Error) => void } | undefined;

  constructor(row: Row, text: () => string) {
    this.row = row;
    this.#text = text;
  }

  /** Takes the place of the task's deed; settles when the row has come to its end. */
  attach(task: Pick<ListrTaskObject<unknown>, 'state' | 'title'>): Promise<void> {
    this.#task = task;
    task.state = ListrTaskState.WAITING;
    return new Promise((resolve, reject) => {
      this.#end = { resolve, reject };
      this.changed();
    });
  }

  /** Sets the text without asking listr2 to draw. listr2 draws no task without a title. */
  refresh(isVisible: boolean): void {
    if (this.#task === undefined) return;
    if (isVisible) this.#task.title = this.#text();
    else delete this.#task.title;
  }

  changed(): void {
    if (this.#task === undefined || this.#end === undefined) return;
    const state = stateOf(this.row);
    if (state === 'failed') this.#end.reject(new Error(this.row.failure?.what));
    else if (state === 'stopped') this.#task.state = ListrTaskState.SKIPPED;
    else if (state === 'done' || this.row.started !== undefined) this.#task.state = ListrTaskState.STARTED;
    if (state !== undefined) this.#end.resolve();
  }
}

/**
 * The lines that there is room for, where a window is too low for all: first those that are at work, then those that
 * failed, then those that wait, then the others.
 */
export function visibleLines(lines: readonly Line[], room: number): ReadonlySet<Line> {
  const rankOf = ({ row }: Line) => {
    const state = stateOf(row);
    if (state === 'failed') return 1;
    if (state !== undefined) return 3;
    return row.started === undefined ? 2 : 0;
  };
  return new Set([...lines].sort((a, b) => rankOf(a) - rankOf(b)).slice(0, Math.max(1, room)));
}
