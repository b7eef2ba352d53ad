import type { Say, Transfer } from '../../core/event.ts';

/** What goes on, and since when. */
export interface Doing {
  readonly text: string;
  readonly seconds: number;
  readonly transfer: Transfer | undefined;
}

export interface ActivityOptions {
  /** Shows what goes on; undefined: nothing any more. */
  readonly show: (doing: Doing | undefined) => void;
  /** Any clock that only moves forward, in seconds. */
  readonly now: () => number;
  /** Seconds for which nothing may be shown; 0: it is shown at once, and kept up to date. */
  readonly quiet: number;
}

/** Seconds between two looks. */
const period = 1;

/**
 * Tells what goes on where no list does: before a graph is run, after it, and in commands without one. What is over soon is not
 * told where lines stay. Its timer keeps no process alive, and runs only while something goes on.
 */
export function createActivity({ show, now, quiet }: ActivityOptions): Say {
  let doing: { readonly text: string; readonly since: number; readonly measure?: () => Transfer } | undefined;
  let told = 0;
  let timer: NodeJS.Timeout | undefined;
  const tell = (): void => {
    if (doing === undefined || now() - told < quiet) return;
    told = now();
    show({ text: doing.text, seconds: now() - doing.since, transfer: doing.measure?.() });
  };
  return (text, measure) => {
    if (text === '') {
      clearInterval(timer);
      timer = undefined;
      if (doing !== undefined) show(undefined);
      doing = undefined;
      return;
    }
    if (doing === undefined) told = quiet === 0 ? 0 : now();
    doing = { text, since: doing?.text === text ? doing.since : now(), ...(measure && { measure }) };
    timer ??= setInterval(tell, period * 1000).unref();
    if (quiet === 0) tell();
  };
}
