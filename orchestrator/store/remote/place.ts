import type { Failure } from '../../core/failure.ts';
import { isTransient } from '../../core/failure.ts';
import type { Result } from '../../core/result.ts';

/** What is known of an object without reading it. */
export interface ObjectFacts {
  /** Bytes. */
  readonly size: number;
  /** When it was written or renewed last, by the clock of the place: milliseconds since 1970. */
  readonly time: number;
}

/** An object as it comes. */
export interface Incoming {
  /** Bytes that are announced; they may be fewer, or others. */
  readonly size: number;
  readonly body: AsyncIterable<Uint8Array>;
}

/** What is put: bytes, or a file with so many of them. */
export type Content = Uint8Array | { readonly path: string; readonly size: number };

/**
 * Where objects are shared by machines: a bucket, or a folder that several mount. It knows of no results and no trees, and vouches for
 * nothing: who reads hashes. Names are `a/b/c`, of lower-case letters, digits, `.` and `-`. An object comes and goes as a whole.
 * Errors of all of them: `network`, `rate-limited`, `usage`, `aborted`, and what a disk has against it.
 */
export interface RemotePlace {
  /** `s3://bucket/prefix`, `/mnt/shared` */
  readonly shown: string;
  /**
   * Hands an object to `use`; undefined where there is none. Where it breaks off it is asked for anew, a few times, so `use` begins
   * from nothing each time. What `use` throws itself comes out. Errors, too: `store-damaged` of one that may not be read.
   */
  read<T>(name: string, use: (incoming: Incoming) => Promise<T>): Promise<Result<T | undefined, Failure>>;
  /** Writes an object, `absent` only where there is none: of two that write the same name, the first stays. */
  put(
    name: string,
    content: Content,
    condition: 'absent' | 'always',
  ): Promise<Result<'written' | 'there', Failure>>;
  facts(name: string): Promise<Result<ObjectFacts | undefined, Failure>>;
  /** Gives an object the present time; nothing happens where there is none. */
  renew(name: string): Promise<Result<unknown, Failure>>;
  /** All whose names begin so; a few more than `most` at the most. */
  list(beginning: string, most?: number): Promise<Result<ReadonlyMap<string, ObjectFacts>, Failure>>;
  /** Those that are not there are no error. */
  remove(names: readonly string[]): Promise<Result<void, Failure>>;
  /** Takes away what was begun before that time and never ended: how much that was. */
  sweep(before: number): Promise<Result<number, Failure>>;
}

const tries = 3;

/** Milliseconds before the second try; four times as long before the third. */
const firstWait = 250;

/** Reads again what broke off: the SDK tries again what was not answered, and not what ended in the middle of its answer. */
export async function readAgain<T>(
  read: () => Promise<Result<T, Failure>>,
  wait: (milliseconds: number) => Promise<unknown>,
): Promise<Result<T, Failure>> {
  for (let attempt = 1; ; attempt += 1) {
    const result = await read();
    if (result.ok || !isTransient(result.error) || attempt === tries) return result;
    await wait(firstWait * 4 ** (attempt - 1));
  }
}

/**
 * Runs `use` on what comes, and tells whose fault it is where it does not come to its end: of what breaks off, the error; what `use` throws
 * itself comes out.
 */
export async function used<T>(
  { size, body }: Incoming,
  use: (incoming: Incoming) => Promise<T>,
): Promise<{ readonly value: T } | { readonly broken: unknown }> {
  let cut: { readonly broken: unknown } | undefined;
  const watched = async function* () {
    try {
      yield* body;
    } catch (error) {
      cut = { broken: error };
      throw error;
    }
  };
  try {
    return { value: await use({ size, body: watched() }) };
  } catch (error) {
    if (cut !== undefined) return cut;
    throw error;
  }
}
