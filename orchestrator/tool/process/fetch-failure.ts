import type { Failure } from '../../core/failure.ts';
import { proxiesNamed, untrustedCertificate } from '../../core/network-words.ts';
import { failureOf, lastLines } from './command-failure.ts';
import type { Command, ProcessOutcome } from './process.ts';

/** What a command fetches, for the words of its failures. */
export interface Fetching {
  /** `fetching go1.22.12` */
  readonly what: string;
  /** What it means that nobody has it, or not for this user. */
  readonly absent: (detail: string) => Failure;
  /** What it means that it is not what its checksum says, where one is known. */
  readonly forged?: (detail: string) => Failure;
  /** By which setting it can be fetched from elsewhere: a sentence. */
  readonly elsewhere: string;
  /** Whether the command reads sources as well: what it says of those is no matter of fetching. */
  readonly reads?: boolean;
}

/** Go's words for what a checksum speaks against. */
const forged = /checksum mismatch|SECURITY ERROR/;

/** Go's, OpenSSL's and GnuTLS's words for a certificate that no authority vouches for. */
const untrusted =
  /x509: |SSL certificate problem|server certificate verification failed|certificate (verify|verification) failed|no alternative certificate subject name|certificate subject name .* does not match/i;

/** Of go's error, git's and curl's: `429 Too Many Requests`, `The requested URL returned error: 429`. */
const limited = /\b429 Too Many Requests|(returned error|status code|HTTP[ /0-9.]*|response)\s*:?\s*429\b/i;

/** Go's words for a setting that forbids it: `module lookup disabled by GOPROXY=off`. */
const forbidden = /disabled by (GO[A-Z]+)(=\S*)?/;

const passing =
  /dial tcp|i\/o timeout|no such host|temporary failure in name resolution|could not resolve (host|proxy)|failed to connect to|connection (refused|reset|closed|timed out)|was reset|network is unreachable|no route to host|TLS handshake timeout|(unexpected|early) EOF|\bEOF$|hung up unexpectedly|empty reply from server|(recv|send) failure|operation (timed out|too slow)|context deadline exceeded|client\.timeout|server misbehaving|HTTP\/2 stream .* was not closed cleanly|stream error:|server sent GOAWAY|SSL_ERROR_SYSCALL|SSL connect error|gnutls_handshake|GnuTLS recv error|TLS connection was non-properly terminated|transfer closed with|(returned error|response|status code|: )\s*:?\s*5[0-9][0-9]\b|\b50[0-4] [A-Z][a-z]+/im;

/** Whether a fetching command's own words blame the network: then another try may help. */
export function isNetworkTrouble(text: string): boolean {
  return passing.test(text) || limited.test(text);
}

const absent =
  /\b(401|403|404|410) [A-Z][a-z]+|returned error: (401|403|404|410)\b|not found|unknown revision|invalid version|unrecognized import path|toolchain not available|reading file:.*no such file or directory/i;

/** Go's words name a module's version, an address, a setting or its archive where it is about fetching. */
const ofFetching =
  /@v[0-9]|\b(un)?zip\b|https?:\/\/|\bGO(PROXY|SUMDB|NOSUMDB|PRIVATE|VCS)\b|unrecognized import path/;

/** What it means that a fetching command did not succeed. Another try would help only where it is `network` or `rate-limited`. */
export function fetchFailureOf(command: Command, outcome: ProcessOutcome, fetching: Fetching): Failure {
  const text = outcome.stderr.replace(/^go: downloading .*\n/gm, '');
  const plain = failureOf(command, outcome);
  if (plain.reason !== 'command-failed') return plain;
  const { what, elsewhere } = fetching;
  const detail = lastLines(text, 4);
  if (outcome.timedOut !== undefined || outcome.signal !== undefined)
    return { reason: 'fetch-failed', what, detail: plain.output, help: elsewhere };
  if (fetching.forged !== undefined && forged.test(text)) return fetching.forged(detail);
  const by = hostIn(text);
  const off = forbidden.exec(text);
  if (off !== null) {
    const message = `${off[1]}${off[2] ?? ''} forbids ${what.replace(/ by GO[A-Z]+ .*/, '')}: ${detail}`;
    return {
      reason: 'usage',
      message,
      help: `Unset ${off[1]}, or set it to what is to be asked. ${elsewhere}`,
    };
  }
  if (untrusted.test(text)) return untrustedCertificate(by, what, detail);
  if (limited.test(text)) return { reason: 'rate-limited', what, by, detail };
  if (passing.test(text))
    return { reason: 'network', what, detail, help: `${elsewhere}${proxiesNamed(command.env)}` };
  const isOfSources = fetching.reads === true && !ofFetching.test(text);
  if (isOfSources) return plain;
  if (absent.test(text)) return fetching.absent(detail);
  return { reason: 'fetch-failed', what, detail: lastLines(text || plain.output, 4), help: elsewhere };
}

/** The host of the last address in a text: the one that the end of a complaint is about. */
function hostIn(text: string): string | undefined {
  return [...text.matchAll(/\bhttps?:\/\/(?:[^/\s"'@]*@)?([^/\s"':]+(?::[0-9]+)?)/g)].at(-1)?.[1];
}
