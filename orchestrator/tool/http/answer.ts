/** Whether another try may bring another answer than this; 501 and 505 say that the server cannot do it at all. */
export function mayPass(status: number): boolean {
  return status === 429 || (status >= 500 && status !== 501 && status !== 505);
}

/** What says that there is no such thing, or none for this user. */
export const absentStatuses: ReadonlySet<number> = new Set([401, 403, 404, 410]);

/** `Retry-After` in milliseconds: seconds, or a date (RFC 9110, section 10.2.3). Undefined where it is neither. */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^[0-9]+$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(date - now, 0);
}

/** Errors of OpenSSL and node that mean: this certificate is not to be trusted. */
const untrusted =
  /^(UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CERT_|ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED)/;

/** OpenSSL's line, as node passes it on: `<thread>:error:<number>:SSL routines:<function>:<reason>:<file>:<line>:`. */
const ofOpenSsl = /:error:[0-9A-F]+:[^:\n]*:[^:\n]*:([^:\n]+)/;

/** What came in the place of TLS. */
const notTls = /^(wrong version number|packet length too long|http request|record layer failure)$/;

/** What an error of a connection says, in words for people: where several addresses were tried, that of the first. */
export function wordsOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const first = cause instanceof AggregateError ? (cause.errors[0] as unknown) : cause;
  if (!(first instanceof Error)) return String(first);
  const [, reason] = ofOpenSsl.exec(first.message) ?? [];
  if (reason === undefined)
    return first.message.trim() || ('code' in first ? String(first.code) : first.name);
  return notTls.test(reason) ? 'what answers does not speak TLS' : `no connection by TLS: ${reason}`;
}

/** The code of an error that means so; undefined for any other error. */
export function untrustedCode(error: unknown): string | undefined {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return untrusted.test(code) ? code : undefined;
}
