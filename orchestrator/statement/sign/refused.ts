import { withoutCredentials } from '../../core/credentials.ts';
import type { Failure } from '../../core/failure.ts';
import { err, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { mayPass } from '../../tool/http/answer.ts';

/** A failure, where a library that calls us takes exceptions alone. */
export class Refused extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.reason);
    this.failure = failure;
  }
}

/** What the library calls its errors where a service did not do what it was asked for (`@sigstore/sign`, error.ts). */
const services: Readonly<Record<string, string>> = {
  CA_CREATE_SIGNING_CERTIFICATE_ERROR: 'asking Fulcio for a certificate',
  TLOG_CREATE_ENTRY_ERROR: 'entering a signature into Rekor',
  TLOG_FETCH_ENTRY_ERROR: 'reading an entry of Rekor',
  TSA_CREATE_TIMESTAMP_ERROR: 'asking for a timestamp',
};

/**
 * Gives what signing throws as a failure: `network` for what may pass, `fetch-failed` for what a service refuses, `aborted`. What it
 * said may have the token in it, which is withheld.
 */
export async function signing<T>(
  deed: () => Promise<T>,
  { signal, credentials }: Pick<Host, 'signal' | 'credentials'>,
): Promise<Result<T, Failure>> {
  if (signal.aborted) return err({ reason: 'aborted' });
  // The library heeds no signal.
  let end = (): void => undefined;
  const interruption = new Promise<never>((_, reject) => {
    end = () => reject(signal.reason);
    signal.addEventListener('abort', end, { once: true });
  });
  try {
    return { ok: true, value: await Promise.race([deed(), interruption]) };
  } catch (error) {
    if (signal.aborted) return err({ reason: 'aborted' });
    if (error instanceof Refused) return err(error.failure);
    const failure = failureOf(error, (text) => withoutCredentials(text, credentials.all()));
    if (failure === undefined) throw error;
    return err(failure);
  } finally {
    signal.removeEventListener('abort', end);
  }
}

/** Undefined for what is no error of the library's: a bug. */
function failureOf(error: unknown, shown: (text: string) => string): Failure | undefined {
  const { code = '', message, cause } = error as { code?: string; message: string; cause?: unknown };
  const what = services[code];
  if (what === undefined) return undefined;
  const { statusCode, message: said = '' } = (cause ?? {}) as { statusCode?: number; message?: string };
  const detail = shown(said === '' ? message : said);
  if (statusCode === undefined || mayPass(statusCode)) return { reason: 'network', what, detail };
  const help = 'Look at "sign" of the settings, and at who the token or the key is of.';
  return { reason: 'fetch-failed', what, detail, help };
}
