import type { Failure } from '../../core/failure.ts';
import { flawIn } from '../../core/network-words.ts';
import { untrustedCode, wordsOf } from '../../tool/http/answer.ts';

/** Why a request came to nothing, and when the registry says to come again. */
export interface Trouble {
  readonly failure: Failure;
  /** Milliseconds. */
  readonly retryAfter?: number;
}

/** Of OpenSSL, where the other side speaks plain http. */
const notTls = /^(ERR_SSL_WRONG_VERSION_NUMBER|ERR_SSL_PACKET_LENGTH_TOO_LONG|EPROTO)$/;

/** Of OpenSSL, where the other side wants a client's certificate, or another one; Go's servers call none a bad one. */
const wantsCertificate =
  /^ERR_SSL_\w*ALERT_(CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNKNOWN_CA|HANDSHAKE_FAILURE)$/;

/**
 * What an error of node's http client means. `what`: `uploading sha256:...`.
 * @throws the error where it is of a file: of reading what is sent, or of writing what is received.
 */
export function connectionFailure(
  error: unknown,
  { host, what, signal }: { readonly host: string; readonly what: string; readonly signal: AbortSignal },
): Failure {
  if (signal.aborted) return { reason: 'aborted' };
  if (isOfFile(error)) throw error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const detail = wordsOf(error);
  if (untrustedCode(error) !== undefined) {
    const { why, help } = flawIn(`${detail} (${code})`);
    return {
      reason: 'usage',
      message: `The registry ${host} shows a certificate that is not trusted: ${why}: ${detail} (${code}).`,
      help: help ?? `Name the authority that signed it in the settings: registries, ${host}, ca.`,
    };
  }
  if (wantsCertificate.test(code)) {
    return {
      reason: 'usage',
      message: `The registry ${host} wants a certificate of its clients (${code}).`,
      help: `Name yours in the settings: registries, ${host}, cert and key.`,
    };
  }
  if (notTls.test(code)) {
    return {
      reason: 'usage',
      message: `The registry ${host} does not speak TLS.`,
      help: 'Plain http is spoken only where it is asked for: with --insecure, at loopback names.',
    };
  }
  return { reason: 'network', what, detail };
}

/** Errors of sockets have no path, but for those of name look-ups, which have a host name. */
function isOfFile(error: unknown): boolean {
  return error instanceof Error && 'path' in error && error.path !== undefined;
}
