import type { Failure } from '../../core/failure.ts';
import { randomName } from '../handle.ts';
import { baseOf, kinds } from './object-names.ts';
import type { ObjectFacts, RemotePlace } from './place.ts';

/**
 * Who writes to a shared store says so, and says it again while it lives: gc takes nothing away that such a one may have found. Who only
 * reads cannot say it; so gc leaves what it takes out of use for a while (`gc.ts`).
 */
export interface Lease {
  /** Its object. */
  readonly name: string;
  /** Why it could not be taken: then nothing else can be written either. */
  readonly refusal: Failure | undefined;
  release(): Promise<void>;
}

/** Milliseconds between two signs of life, and after which a lease without one counts for nothing. */
const beat = 300_000;
const silence = 6 * beat;

/** What it says is of no use to anybody: its name and its time say all. */
const nothing = Buffer.from('\n');

export async function takeLease(
  place: RemotePlace,
  { now, random }: { readonly now: () => number; readonly random: () => number },
): Promise<Lease> {
  const name = `${kinds.leases}${now()}-${randomName(random)}`;
  const write = () => place.put(name, nothing, 'always');
  const first = await write();
  const heart = setInterval(write, beat).unref();
  return {
    name,
    refusal: first.ok ? undefined : first.error,
    async release() {
      clearInterval(heart);
      await place.remove([name]);
    },
  };
}

/** When a lease was taken, by the clock of who took it; undefined where it is none, or nobody's any more. */
export function leasedSince(name: string, { time }: ObjectFacts, now: number): number | undefined {
  const since = /^([0-9]{1,16})-[0-9a-f]+$/.exec(baseOf(name))?.[1];
  return since === undefined || time < now - silence ? undefined : Math.min(Number(since), time);
}
