import type { Failure } from '../../core/failure.ts';
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
 * nothing: who reads hashes. Names are `a/b/c`, of lower-case letters, digits, `.`, `_` and `-`. An object comes and goes as a whole.
 * Errors of all of them: `network`, `rate-limited`, `usage`, `aborted`.
 */
export interface RemotePlace {
  /** `s3://bucket/prefix`, `/mnt/shared` */
  readonly shown: string;
  /**
   * Hands an object to `use`; undefined where there is none. Where it breaks off it is asked for anew, a few times, so `use` begins
   * from nothing each time. What `use` throws itself comes out.
   */
  read<T>(name: string, use: (incoming: Incoming) => Promise<T>): Promise<Result<T | undefined, Failure>>;
  /** Writes an object, `absent` only where there is none: two that write the same name leave the one that came first. */
  put(name: string, content: Content, condition: 'absent' | 'always'): Promise<Result<'written' | 'there', Failure>>;
  facts(name: string): Promise<Result<ObjectFacts | undefined, Failure>>;
  /** Gives an object the present time; nothing happens where there is none. */
  renew(name: string): Promise<Result<void, Failure>>;
  /** All whose names begin so. */
  list(beginning: string): Promise<Result<ReadonlyMap<string, ObjectFacts>, Failure>>;
  /** Those that are not there are no error. */
  remove(names: readonly string[]): Promise<Result<void, Failure>>;
}
