import pLimit from 'p-limit';
import type { Failure } from '../../core/failure.ts';
import { countOf } from '../../core/numbers.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { failureOfErrno } from '../errno.ts';
import type { Content, RemotePlace } from './place.ts';
import type { Sender } from './send-tree.ts';
import type { LocalStore } from './take-tree.ts';
import type { Trouble } from './trouble.ts';

export interface UploadOptions {
  readonly place: RemotePlace;
  readonly local: LocalStore;
  readonly trouble: Trouble;
  /** Objects that are not what they should be: what is put there takes their place. */
  readonly bad: Set<string>;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** Results, and bytes as they travel: compressed. */
export interface Moved {
  readonly results: number;
  readonly bytes: number;
}

/** What is on its way to a shared store, beside the builds. */
export interface Uploads {
  readonly sender: Sender;
  /** Brings an object that points, once in a process; `make` first brings what it points at. A new one counts among what was stored. */
  add(name: string, isNew: boolean, make: () => Promise<Result<Content, Failure>>): void;
  /** What is done where somebody else had been first. */
  after(name: string, deed: () => Promise<void>): void;
  /** Waits for all, and tries once more what failed by the network's fault. */
  settle(): Promise<void>;
  /** Why an object that was added is not there; undefined where it is, or is on its way. */
  unsent(name: string): Failure | undefined;
  stored(): Moved;
}

/**
 * Results, and objects of their trees, on their way at once. Compressing takes a processor each, which builds want too: so two, and the
 * others wait for the line.
 */
const resultsAtOnce = 2;
const objectsAtOnce = 4;
const looksAtOnce = 16;

/** Milliseconds since an object was written or renewed from which it is renewed by who uses it: see `gc.ts`. */
export const renewAfter = 86_400_000;

export function newUploads({ place, local, trouble, bad, now, signal }: UploadOptions): Uploads {
  const objects = pLimit(objectsAtOnce);
  const results = pLimit(resultsAtOnce);
  const looks = pLimit(looksAtOnce);
  const known = new Set<string>();
  const going = new Set<Promise<void>>();
  const failed = new Map<string, { readonly why: Failure; readonly again: () => void }>();
  const late = new Map<string, () => Promise<void>>();
  const stored = { results: 0, bytes: 0 };

  /** Whether an object is there and can be relied on to stay. */
  const isThere = async (name: string): Promise<Result<boolean, Failure>> => {
    if (bad.has(name)) return ok(false);
    const facts = await looks(() => place.facts(name));
    if (!facts.ok || facts.value === undefined) return facts.ok ? ok(false) : facts;
    if (facts.value.time >= now() - renewAfter) return ok(true);
    const renewed = await place.renew(name);
    return renewed.ok ? ok(true) : renewed;
  };
  const put = async (name: string, content: Content): Promise<Result<'written' | 'there', Failure>> => {
    const done = await place.put(name, content, bad.has(name) ? 'always' : 'absent');
    if (!done.ok) return done;
    bad.delete(name);
    if (done.value === 'written')
      stored.bytes += content instanceof Uint8Array ? content.length : content.size;
    return done;
  };
  const bring: Sender['bring'] = async (name, make) => {
    if (known.has(name) && !bad.has(name)) return ok('there');
    const there = await isThere(name);
    if (!there.ok) return there;
    if (!there.value) {
      const content = await make();
      if (!content.ok) return content;
      const done = await put(name, content.value);
      if (!done.ok) return done;
    }
    known.add(name);
    return ok('there');
  };

  const upload = async (
    name: string,
    isNew: boolean,
    make: () => Promise<Result<Content, Failure>>,
  ): Promise<Result<void, Failure>> => {
    const there = await isThere(name);
    if (!there.ok) return there;
    if (there.value) {
      if (isNew) await late.get(name)?.();
      return ok(undefined);
    }
    const content = await results(make);
    if (!content.ok) return content;
    const done = await put(name, content.value);
    if (!done.ok) return done;
    if (done.value === 'written') stored.results += 1;
    else if (isNew) await late.get(name)?.();
    return ok(undefined);
  };
  const start = (name: string, isNew: boolean, make: () => Promise<Result<Content, Failure>>): void => {
    const done = attempt().finally(() => going.delete(done));
    going.add(done);
    async function attempt(): Promise<void> {
      if (signal.aborted) return;
      const again = () => start(name, isNew, make);
      const refusal = trouble.refusal('writing');
      if (refusal !== undefined) {
        failed.set(name, { why: refusal, again });
        return;
      }
      const sent = await upload(name, isNew, make).catch((error: unknown) =>
        err(failureOfErrno(error, local.root)),
      );
      if (sent.ok) return;
      failed.set(name, { why: sent.error, again });
      if (sent.error.reason === 'store-damaged')
        trouble.complain(sent.error.path, `${sent.error.path}: ${sent.error.detail}: it is not shared.`);
      else trouble.failed('writing', sent.error);
    }
  };
  const wait = async (): Promise<void> => {
    while (going.size > 0) await Promise.all(going);
  };
  return {
    sender: {
      root: local.root,
      temporaryFolder: local.temporaryFolder,
      removeTemporary: local.removeTemporary,
      bring,
      limit: objects,
    },
    add(name, isNew, make) {
      if (known.has(name) && !bad.has(name)) return;
      known.add(name);
      start(name, isNew, make);
    },
    after: (name, deed) => late.set(name, deed),
    async settle() {
      await wait();
      trouble.again();
      if (signal.aborted || !trouble.isOpen('writing')) return;
      const left = [...failed.values()];
      failed.clear();
      for (const { again } of left) again();
      await wait();
      if (failed.size > 0)
        trouble.complain(
          'failed',
          `${countOf(failed.size, 'result')} could not be brought to the shared store ${place.shown}: the next run that uses them tries again.`,
        );
    },
    unsent: (name) => failed.get(name)?.why,
    stored: () => ({ ...stored }),
  };
}
