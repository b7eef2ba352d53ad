import type { Failure } from '../../core/failure.ts';
import { proxiesNamed } from '../../core/network-words.ts';
import { countOf } from '../../core/numbers.ts';
import type { Result } from '../../core/result.ts';
import { createAgents } from '../http/agents.ts';
import type { FindProxy } from '../http/proxy.ts';
import { attempt, type Doing } from './failure.ts';

export interface AwsOptions extends Omit<Doing, 'secrets' | 'help'> {
  /** The user's: AWS_PROFILE and AWS_ACCESS_KEY_ID with what goes with it count before what the SDK finds by itself. */
  readonly env: Readonly<Record<string, string>>;
  readonly findProxy?: FindProxy | undefined;
  /**
   * Milliseconds that a call may take, with all its tries: for short answers, of which a byte now and then would keep the SDK waiting
   * for ever. Uploads have none.
   */
  readonly callLimit?: number;
}

export interface CallOptions {
  readonly abortSignal: AbortSignal;
}

/** Milliseconds. */
const connectionTimeout = 10_000;
const requestTimeout = 60_000;

/** Times that a request is sent at most; the SDK waits longer each time. */
const maxAttempts = 5;

/** What clients of the SDK have in common: who signs, by which way, how long and how often. */
export function openAws({ env, findProxy, callLimit, ...doing }: AwsOptions) {
  const { signal } = doing;
  const secrets = [env['AWS_SECRET_ACCESS_KEY'], env['AWS_SESSION_TOKEN']].filter(isSecret);
  const help = findProxy === undefined ? '' : proxiesNamed(env).trim();
  // Looking for credentials, the SDK heeds no signal.
  const interruption = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  interruption.catch(() => undefined);
  const { http: httpAgent, https: httpsAgent } = createAgents(findProxy);
  // The SDK's own where nothing goes by a proxy.
  const agents = findProxy === undefined ? {} : { httpAgent, httpsAgent };
  const clients = new Map<string, Promise<unknown>>();
  return {
    /** For a client of any service. */
    configuration: {
      ...identity(env),
      ...('AWS_MAX_ATTEMPTS' in env ? {} : { maxAttempts }),
      requestHandler: { connectionTimeout, requestTimeout, throwOnRequestTimeout: true, ...agents },
    },
    /** A client of that name, which is made at the first call: to load one takes a fifth of a second. */
    once<Client>(name: string, make: () => Promise<Client>): Promise<Client> {
      const made = (clients.get(name) as Promise<Client> | undefined) ?? make();
      clients.set(name, made);
      return made;
    },
    /** Gives a failure in the place of what the SDK throws: see `attempt`. @param what is what is being done. */
    call<T>(what: string, deed: (options: CallOptions) => Promise<T>): Promise<Result<T, Failure>> {
      return attempt(what, { ...doing, secrets, help }, () => {
        const asked = (abortSignal: AbortSignal) => Promise.race([deed({ abortSignal }), interruption]);
        return callLimit === undefined ? asked(signal) : within(callLimit, signal, asked);
      });
    },
  };
}

/** @throws Error of the name that the SDK gives its own time-outs. */
async function within<T>(
  limit: number,
  signal: AbortSignal,
  deed: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const guard = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const message = `no whole answer came within ${countOf(limit / 1000, 'second')}`;
      reject(Object.assign(new Error(message), { name: 'TimeoutError' }));
      guard.abort();
    }, limit);
  });
  try {
    return await Promise.race([deed(AbortSignal.any([signal, guard.signal])), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** As the SDK itself chooses: a profile that is named before keys. Without either it searches, as it always does. */
function identity(env: Readonly<Record<string, string>>): object {
  const profile = env['AWS_PROFILE'];
  if (isSecret(profile)) return { profile };
  const [accessKeyId, secretAccessKey] = [env['AWS_ACCESS_KEY_ID'], env['AWS_SECRET_ACCESS_KEY']];
  if (!isSecret(accessKeyId) || !isSecret(secretAccessKey)) return {};
  const sessionToken = env['AWS_SESSION_TOKEN'];
  return {
    credentials: { accessKeyId, secretAccessKey, ...(isSecret(sessionToken) ? { sessionToken } : {}) },
  };
}

function isSecret(text: string | undefined): text is string {
  return text !== undefined && text !== '';
}
