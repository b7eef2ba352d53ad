import type { Lock } from '../../config/lock/lock.ts';
import type { UnsealedLock } from '../../config/lock/lock-file.ts';
import type { Failure } from '../../core/failure.ts';
import type { ResolveTag } from '../wiring/base-choices.ts';
import { publishedReference } from '../wiring/base-choices.ts';

/** What tags of published base images point at. */
export interface BaseDigests {
  /** The base images of pins with their digests, as far as their registry says them, or an earlier lock of the same tags. */
  of(pins: Pick<UnsealedLock, 'baseImages'>, earlier: Lock | undefined): Promise<UnsealedLock['baseImages']>;
  /** Why one has no digest, by `<name>:<tag>`. */
  readonly failures: ReadonlyMap<string, Failure>;
}

/** For a run that fetches nothing: what an earlier lock has stays. */
export const noBaseDigests: BaseDigests = {
  of: async ({ baseImages }, earlier) => baseImages.map((base) => withEarlier(base, earlier)),
  failures: new Map(),
};

/** @param published the repository that they are in. */
export function createBaseDigests(published: string, resolve: ResolveTag): BaseDigests {
  const failures = new Map<string, Failure>();
  return {
    failures,
    async of({ baseImages }, earlier) {
      const filled: UnsealedLock['baseImages'] = [];
      for (const base of baseImages) {
        const kept = withEarlier(base, earlier);
        // A tag that was resolved once stays what it was: it is what the lock pins.
        const digest =
          kept.digest === undefined ? await resolve(publishedReference(base, published)) : undefined;
        if (digest?.ok === false) failures.set(`${base.name}:${base.tag}`, digest.error);
        filled.push(digest?.ok === true ? { ...kept, digest: digest.value } : kept);
      }
      return filled;
    },
  };
}

type Base = UnsealedLock['baseImages'][number];

function withEarlier(base: Base, earlier: Lock | undefined): Base {
  const known = earlier?.baseImages.find(({ name, tag }) => name === base.name && tag === base.tag)?.digest;
  return known === undefined ? base : { ...base, digest: known };
}
