import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { defined } from '../../core/defined.ts';
import { type Failure, isTransient } from '../../core/failure.ts';
import { whyUnsafePath } from '../../core/relative-path.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { type Clock, tries, waitAfter } from '../../oci/registry/back-off.ts';
import { type DownloadOptions, download } from '../../tool/http/download.ts';

/**
 * Reads a file that a manifest names by its URI. A copy that was fetched before says nothing of what is there now, so none is
 * kept. Errors: those of fetching. @param limit bytes that it may have.
 */
export type FetchFile = (uri: string, limit?: number) => Promise<Result<Fetched, Failure>>;

type Fetched =
  | {
      readonly path: string;
      /** How it is said to be packed once more: `gzip`. */
      readonly encoding?: string;
      /** Takes it away, where it is only a copy. */
      close(): Promise<void>;
    }
  /** Nobody has it: `the server answered 404`. */
  | { readonly absent: string };

export interface WebOptions extends Pick<DownloadOptions, 'send' | 'signal' | 'mayFollow' | 'onBytes'> {
  /** Where copies are until they are closed. Absolute. */
  readonly scratch: string;
  readonly clock: Clock;
}

/** What servers have; what only the network is at fault for is tried again. */
export function webFiles({ scratch, clock, ...options }: WebOptions): FetchFile {
  let count = 0;
  return async (uri, limit) => {
    // Each has a folder of its own: two files of a release may be the same bytes.
    const folder = join(scratch, String(count++));
    const close = () => rm(folder, { recursive: true, force: true });
    for (let attempt = 1; ; attempt++) {
      const got = await download(uri, folder, {
        ...options,
        mayBeEmpty: true,
        ...defined({ limit }),
        elsewhere,
      });
      if (got.ok) {
        const { path, encoding } = got.value;
        return ok({ path, close, ...defined({ encoding }) });
      }
      await close();
      const failure = got.error;
      if (failure.reason === 'source-unavailable') return ok({ absent: failure.detail });
      if (attempt === tries || !isTransient(failure)) return got;
      const told = failure.reason === 'rate-limited' ? (failure.seconds ?? 0) * 1000 : undefined;
      await clock.wait(waitAfter(attempt, told, clock.random()), options.signal);
      if (options.signal.aborted) return err({ reason: 'aborted' });
    }
  };
}

const elsewhere = 'It is what the manifest names: whoever publishes it has to look at it.';

/** The files of a site in a folder, whatever host their URIs name. @param artifacts where they are below it. */
export function folderFiles(folder: string, artifacts: string): FetchFile {
  return async (uri) => {
    const path = pathInSite(uri, artifacts);
    return ok(path.ok ? { path: join(folder, path.value), close: async () => {} } : { absent: path.error });
  };
}

/** The path below a site's root of what a URI names. Errors: why it has none there: a sentence's end. */
export function pathInSite(uri: string, artifacts: string): Result<string, string> {
  const at = uri.indexOf(`/${artifacts}/`);
  if (at < 0) return err(`its URI is not below ${artifacts}`);
  const path = uri.slice(at + 1);
  const why = whyUnsafePath(path);
  return why === undefined ? ok(path) : err(`its path ${why}`);
}
