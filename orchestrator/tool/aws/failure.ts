import type { Failure } from '../../core/failure.ts';
import { untrustedCertificate } from '../../core/network-words.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { absentStatuses, untrustedCode } from '../http/answer.ts';
import { withoutSecrets } from '../process/secret-words.ts';

/** What an exception of the AWS SDK tells. */
interface Thrown {
  readonly name: string;
  /** Without secrets. */
  readonly said: string;
  /** The answer's status; undefined where there was none. */
  readonly status: number | undefined;
  /** A system error's. */
  readonly code: string | undefined;
}

/** Names of the SDK's own errors where no credentials were found, or one of the places to look failed. */
const withoutCredentials = ['CredentialsProviderError', 'TokenProviderError', 'ProviderError'];

/** Error codes of every AWS API for credentials that it does not take (AWS: "Common Errors"). */
const refusedCredentials = [
  ...['UnrecognizedClientException', 'InvalidClientTokenId', 'InvalidSignatureException'],
  ...['SignatureDoesNotMatch', 'ExpiredToken', 'ExpiredTokenException', 'IncompleteSignature'],
  ...['MissingAuthenticationToken', 'MissingAuthenticationTokenException'],
  // S3's and SNS's own.
  ...[
    'InvalidAccessKeyId',
    'InvalidToken',
    'TokenRefreshRequired',
    'InvalidSecurity',
    'InvalidSecurityException',
  ],
];

/** The SDK sets itself by the clock of the answer once; this is what remains where that does not help. */
const otherClock = ['RequestExpired', 'RequestInTheFuture', 'RequestTimeTooSkewed'];

const denied = [
  ...['AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation'],
  ...['AuthorizationError', 'AuthorizationErrorException'],
];

const busy = [
  ...['Throttling', 'ThrottlingException', 'TooManyRequestsException', 'RequestLimitExceeded'],
  ...['SlowDown', 'Throttled', 'ThrottledException', 'RequestThrottled', 'BandwidthLimitExceeded'],
];

/** Names that the SDK's transport gives its own errors. */
const unreached = ['TimeoutError', 'NetworkingError'];

/** Names of what the SDK throws where it cannot make anything of an answer: of JSON, and of XML. */
const unreadable = ['SyntaxError', 'Error'];

/** And where an answer is in no form of AWS's. */
const noService = [...unreadable, 'Unknown', 'UnknownError'];

/** Characters of a message that are passed on. */
const messageLimit = 400;

/** What the words of a failure are taken from. */
export interface Doing {
  readonly signal: AbortSignal;
  readonly secrets: readonly string[];
  /** The section of the settings that is about the service: `ecr`. */
  readonly section: string;
  /** The command that prints what AWS has to allow: `push --policy`. */
  readonly policy: string;
  /** What to look at where AWS is not reached. */
  readonly help?: string;
  /** Of errors that mean something of their own in a service, the failure; asked before what they mean anywhere. */
  readonly explain?: (thrown: Thrown, error: Error, what: string) => Failure | undefined;
}

/**
 * Does something by the AWS SDK, and gives what it throws as a failure: `aborted`; `usage` for the lack of credentials or
 * of a permission, and for whatever else the service refuses; `network` where it was not reached or is broken, `rate-limited`.
 * `what` is what is being done: `reading repository a/b`. The secrets are nowhere in what is said.
 */
export async function attempt<T>(
  what: string,
  doing: Doing,
  deed: () => Promise<T>,
): Promise<Result<T, Failure>> {
  if (doing.signal.aborted) return err({ reason: 'aborted' });
  try {
    return ok(await deed());
  } catch (error) {
    if (doing.signal.aborted) return err({ reason: 'aborted' });
    const failure = awsFailure(error, what, doing);
    if (failure === undefined) throw error;
    const { help = '' } = doing;
    return err(failure.reason === 'network' && help !== '' ? { ...failure, help } : failure);
  }
}

/** Undefined for what is no exception of the SDK's or the system's: a bug. */
function awsFailure(error: unknown, what: string, doing: Doing): Failure | undefined {
  const thrown = readThrown(error, doing.secrets);
  if (thrown === undefined) return undefined;
  const own = doing.explain?.(thrown, error as Error, what);
  if (own !== undefined) return own;
  const { name, status, code, said } = thrown;
  if (withoutCredentials.includes(name)) {
    return {
      reason: 'usage',
      message: `No AWS credentials were found for ${what}: ${said}`,
      help: 'Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, sign in (aws sso login), or run where a role is given.',
    };
  }
  if (refusedCredentials.includes(name)) {
    return {
      reason: 'usage',
      message: `AWS does not take the credentials for ${what}: ${name}: ${said}`,
      help: 'Sign in again; where they are right, look at the clock of this machine.',
    };
  }
  if (otherClock.includes(name)) {
    return {
      reason: 'usage',
      message: `AWS has another time than this machine, and refuses ${what}: ${name}: ${said}`,
      help: 'Set the clock of this machine.',
    };
  }
  if (denied.includes(name)) {
    return {
      reason: 'usage',
      message: `AWS does not allow ${what}: ${said}`,
      help: `Give the user or role the policy that "${doing.policy}" prints.`,
    };
  }
  if (busy.includes(name) || status === 429)
    return { reason: 'rate-limited', what, by: 'AWS', detail: `${name}: ${said}` };
  const untrusted = untrustedCode(error);
  if (untrusted !== undefined) return untrustedCertificate('AWS', what, `${said} (${untrusted})`);
  if (unreached.includes(name) || (status ?? 0) >= 500) {
    return {
      reason: 'network',
      what,
      detail: name === 'Error' ? `it answered ${status}` : `${name}: ${said}`,
    };
  }
  // What broke off in the middle of an answer has a status, too.
  if (status === undefined || code !== undefined) return { reason: 'network', what, detail: code ?? said };
  // What stands between answers with a page, or leads elsewhere: that is not AWS refusing.
  const isAbsent = absentStatuses.has(status);
  if (noService.includes(name) && !(isAbsent && !unreadable.includes(name))) {
    const detail = `what answered ${status} is none of AWS's services: ${said}`;
    const help = `Look at the settings under "${doing.section}", and at the proxy that is used (HTTPS_PROXY).`;
    // As everywhere, whatever stands in the answer: who has nothing there, or gives it to nobody, does so the next time, too.
    if (isAbsent) return { reason: 'usage', message: `${what}: ${detail}`, help };
    return { reason: 'fetch-failed', what, detail, help };
  }
  return {
    reason: 'usage',
    message: `AWS refused ${what}: ${name}: ${said}`,
    help: `Look at the settings under "${doing.section}", and at the quotas of the account.`,
  };
}

/**
 * A member that every answer of AWS to a call has. @throws as the SDK does for what is none of AWS's: it takes an answer without a word
 * for one with nothing in it.
 */
export function memberOf<A extends object, K extends keyof A>(answer: A, name: K): NonNullable<A[K]> {
  const member = answer[name];
  if (member !== undefined && member !== null) return member;
  const $metadata = '$metadata' in answer ? answer.$metadata : {};
  throw Object.assign(new Error(`it has no ${String(name)}`), { name: 'Unknown', $metadata });
}

/** What the service answers; undefined where its answer is the error of this name. */
export async function orMissing<T>(answer: Promise<T>, name: string | undefined): Promise<T | undefined> {
  return answer.catch((error: unknown) => {
    if (error instanceof Error && error.name === name) return undefined;
    throw error;
  });
}

function readThrown(error: unknown, secrets: readonly string[]): Thrown | undefined {
  if (!(error instanceof Error)) return undefined;
  const { $metadata, code } = error as { readonly $metadata?: unknown; readonly code?: unknown } & Error;
  const isOfSdk = typeof $metadata === 'object' || [...withoutCredentials, ...unreached].includes(error.name);
  if (!isOfSdk && typeof code !== 'string') return undefined;
  const status =
    typeof $metadata === 'object' && $metadata !== null && 'httpStatusCode' in $metadata
      ? Number($metadata.httpStatusCode)
      : undefined;
  return {
    ...{ name: error.name, said: shown(error.message, secrets), status },
    code: typeof code === 'string' ? code : undefined,
  };
}

/** The first line: where a signature is refused, the next ones repeat the request with the session's token in it. */
function shown(message: string, secrets: readonly string[]): string {
  const [line = ''] = message.trim().split('\n');
  return withoutSecrets(line, secrets).slice(0, messageLimit);
}
