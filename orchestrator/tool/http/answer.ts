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

/** The code of an error that means so; undefined for any other error. */
export function untrustedCode(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return untrusted.test(code) ? code : undefined;
}
