import type { Failure } from '../../core/failure.ts';
import type { Builder, BuilderFacts } from './builder.ts';
import { askBuilder, type Client, nameOf } from './client.ts';

/** A builder and what is known of it. The same one may serve several platforms. */
export interface Member {
  readonly builder: Builder;
  readonly name: string;
  readonly slots: number;
  /** Slots that are taken. */
  active: number;
  state: { readonly kind: 'unknown' } | Up | Down;
  /** A question on its way, which others wait for too. */
  asking: Promise<void> | undefined;
}

interface Up {
  readonly kind: 'up';
  readonly facts: BuilderFacts;
}

interface Down {
  readonly kind: 'down';
  readonly failure: Failure;
  /** When to ask it again. */
  readonly until: number;
}

export interface PoolOptions {
  readonly client: Client;
  /** Milliseconds, of a clock that only goes forward. */
  readonly now: () => number;
  /** Milliseconds that one that failed is left alone, where there are others. */
  readonly holdOff: number;
}

/** Images at once on one builder: most are some copying, of which a daemon can do much. */
const usualSlots = 4;

/** Who of all builders is there, and how busy each is. */
export class BuilderPool {
  readonly #options: PoolOptions;
  readonly #members = new Map<string, Member>();
  readonly #waiting = new Set<() => void>();

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** The one member for a builder, however often the settings name it. */
  memberOf(builder: Builder): Member {
    const name = nameOf(builder);
    const key = builder.buildx === undefined ? `${builder.address}` : name;
    const known = this.#members.get(key);
    if (known !== undefined) return known;
    const slots = builder.slots ?? usualSlots;
    const member: Member = { builder, name, slots, active: 0, state: { kind: 'unknown' }, asking: undefined };
    this.#members.set(key, member);
    return member;
  }

  /** Asks a builder whether it is there. */
  async isThere(member: Member, signal: AbortSignal): Promise<boolean> {
    const { client, now, holdOff } = this.#options;
    member.asking ??= askBuilder(member.builder, client, signal).then((answer) => {
      member.asking = undefined;
      if (answer.ok) member.state = { kind: 'up', facts: answer.value };
      else if (answer.error.reason === 'aborted') member.state = { kind: 'unknown' };
      else member.state = { kind: 'down', failure: answer.error, until: now() + holdOff };
    });
    await member.asking;
    return isUp(member);
  }

  /**
   * Takes a slot of the least busy of some members, the first of several; waits where all are taken. Undefined where no
   * member is there, or the signal fired.
   */
  async take(candidates: readonly Member[], signal: AbortSignal): Promise<Member | undefined> {
    while (!signal.aborted) {
      await this.#askAround(candidates, signal);
      const up = candidates.filter(isUp);
      // Whoever asked gave up before there was an answer.
      if (up.length === 0 && candidates.some(({ state }) => state.kind === 'unknown')) continue;
      if (up.length === 0) return undefined;
      const [best] = up
        .filter(({ active, slots }) => active < slots)
        .sort((a, b) => a.active / a.slots - b.active / b.slots);
      if (best !== undefined) {
        best.active += 1;
        return best;
      }
      await this.#released(signal);
    }
    return undefined;
  }

  release(member: Member): void {
    member.active -= 1;
    for (const wake of this.#waiting) wake();
  }

  /** Asks whoever is unknown or was left alone long enough; all others too where nobody is there. */
  async #askAround(candidates: readonly Member[], signal: AbortSignal): Promise<void> {
    const now = this.#options.now();
    const due = candidates.filter(
      ({ state }) => state.kind === 'unknown' || (state.kind === 'down' && now >= state.until),
    );
    await Promise.all(due.map((member) => this.isThere(member, signal)));
    if (candidates.some(isUp)) return;
    const others = candidates.filter((member) => !due.includes(member));
    await Promise.all(others.map((member) => this.isThere(member, signal)));
  }

  #released(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const wake = (): void => {
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }
}

export function isUp({ state }: Member): boolean {
  return state.kind === 'up';
}
