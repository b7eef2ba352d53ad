import { suite as uvuSuite } from 'uvu';

/** Registers what ends a thing that a hook has just made: the last made ends first, whether or not the hook came to its end. */
export type Defer = (end: () => unknown) => void;

/** What tests and hooks share: what hooks put there. */
type Context<T> = T & { readonly __suite__: string; readonly __test__: string };
type Hook<T> = (context: Context<T>, defer: Defer) => unknown;
type Body<T> = (context: Context<T>) => Promise<void> | void;

interface AddHook<T> {
  (hook: Hook<T>): void;
  each(hook: Hook<T>): void;
}

/** A suite of uvu, but for its hooks. */
export interface Suite<T> {
  (name: string, body: Body<T>): void;
  readonly before: AddHook<T>;
  readonly after: AddHook<T>;
  run(): void;
}

const notRun = 'not run: the "before" of its suite failed';

/** Whether a test failed only because the one before it in its suite did, by what is said of it. */
export function isNotRun(text: string): boolean {
  return text.includes(notRun);
}

/**
 * A suite of uvu whose hooks say so where they fail. uvu itself forgets what a `before` threw, and ends the process by what
 * an `after` throws because of it. Here the test at which a hook failed fails, with the first error; `after` runs only where every
 * `before` came to its end, and what a hook deferred ends in any case.
 */
export function suite<T = Record<string, unknown>>(title = ''): Suite<T> {
  const tests: { readonly name: string; readonly body: Body<T> }[] = [];
  const hooks = () => {
    const all: Hook<T>[] = [];
    const each: Hook<T>[] = [];
    const add = (hook: Hook<T>): void => void all.push(hook);
    return { all, each, add: Object.assign(add, { each: (hook: Hook<T>): void => void each.push(hook) }) };
  };
  const before = hooks();
  const after = hooks();

  const run = (): void => {
    const inner = uvuSuite<T>(title);
    const whole = new Span(before.all, after.all);
    tests.forEach(({ name, body }, at) => {
      inner(name, async (context) => {
        const errors: unknown[] = [];
        const attempt = async (deed: () => Promise<void>): Promise<void> => {
          await deed().catch((error: unknown) => errors.push(error));
        };
        if (at === 0) await attempt(() => whole.open(context));
        else if (!whole.isOpen) errors.push(new Error(notRun));
        if (errors.length === 0) {
          const single = new Span(before.each, after.each);
          await attempt(async () => {
            await single.open(context);
            await body(context);
          });
          await attempt(() => single.close(context));
        }
        if (at === tests.length - 1) await attempt(() => whole.close(context));
        if (errors.length > 0) throw errors[0];
      });
    });
    inner.run();
  };
  const add = (name: string, body: Body<T>): void => void tests.push({ name, body });
  return Object.assign(add, { before: before.add, after: after.add, run });
}

/** The time of a suite, or of one test of it: what its hooks make at the beginning is ended when it closes. */
class Span<T> {
  isOpen = false;
  readonly #before: readonly Hook<T>[];
  readonly #after: readonly Hook<T>[];
  readonly #ends: (() => unknown)[] = [];

  constructor(before: readonly Hook<T>[], after: readonly Hook<T>[]) {
    this.#before = before;
    this.#after = after;
  }

  async open(context: Context<T>): Promise<void> {
    for (const hook of this.#before) await hook(context, (end) => this.#ends.unshift(end));
    this.isOpen = true;
  }

  /** @throws what failed first, when all was tried. */
  async close(context: Context<T>): Promise<void> {
    const errors: unknown[] = [];
    const hooks = this.isOpen ? this.#after.map((hook) => () => hook(context, () => undefined)) : [];
    for (const end of [...hooks, ...this.#ends]) {
      try {
        await end();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }
}
