import { defined } from '../../core/defined.ts';
import { type Failure, isTransient, longestWait } from '../../core/failure.ts';
import { countOf } from '../../core/numbers.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { mayPass, parseRetryAfter } from '../../tool/http/answer.ts';
import {
  createHttpClient,
  type HostTls,
  type HttpAnswer,
  type HttpBody,
} from '../../tool/http/http-client.ts';
import type { FindProxy } from '../../tool/http/proxy.ts';
import { type Answer, refusal } from './answer-failure.ts';
import { createAuthorizer } from './authorizer.ts';
import { type Clock, tries, waitAfter } from './back-off.ts';
import type { Credentials } from './credentials.ts';
import { apiUrl, followLocation, type Insecure, shownUrl } from './endpoint.ts';
import { connectionFailure, type Trouble } from './trouble.ts';

/** What a request does; those that write say so by their names. */
type RequestKind =
  | 'ping'
  | 'token'
  | 'head-manifest'
  | 'get-manifest'
  | 'put-manifest'
  | 'head-blob'
  | 'get-blob'
  | 'mount-blob'
  | 'start-upload'
  | 'upload-chunk'
  | 'upload-status'
  | 'finish-upload'
  | 'cancel-upload'
  | 'list-tags'
  | 'list-referrers';

/** One request that was sent, for counting. Without queries, headers and bodies. */
export interface SentRequest {
  readonly kind: RequestKind;
  readonly method: string;
  /** Where it went: another one than the registry's where that sent it on. */
  readonly host: string;
  readonly repository: string | undefined;
  /** Undefined where no answer came. */
  readonly status: number | undefined;
}

export interface RegistryOptions {
  readonly credentials: Credentials;
  /** The setting of this one registry. */
  readonly insecure: Insecure;
  /** By host and port, because a registry may send on to another host. */
  readonly tls?: Readonly<Record<string, HostTls>>;
  readonly findProxy?: FindProxy | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onRequest?: (request: SentRequest) => void;
}

export interface RegistryRequest {
  readonly kind: RequestKind;
  /** For failures: `reading eks-distro/pause:3.9`. */
  readonly what: string;
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly url: URL;
  readonly repository?: string;
  /** What a token must be for: `repository:a/b:pull`. */
  readonly scopes: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: HttpBody;
}

/** A registry that is signed in to when it asks for it. */
export interface Registry {
  /** As the user names it. */
  readonly host: string;
  /** `https://<host>/v2/` */
  readonly api: URL;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** One try. The answer's body is not read yet; no answer here is 401, or one that may pass. */
  attempt(request: RegistryRequest): Promise<Result<HttpAnswer, Trouble>>;
  /** One try, and the whole answer, whatever its status is but for these. */
  askOnce(request: RegistryRequest): Promise<Result<Answer, Trouble>>;
  /** As many tries as it takes while only the network is at fault, and the whole answer, whatever its status. */
  ask(request: RegistryRequest): Promise<Result<Answer, Failure>>;
  /** The refusal that an answer is. */
  refuse(answer: Answer, what: string): Failure;
}

/** Redirects in a row that are followed. */
const mostRedirects = 5;

/** Bytes of an answer that is read into memory; registries take manifests of 4 MiB (OCI distribution specification). */
const answerLimit = 16 * 1024 ** 2;

/**
 * A client of a registry's distribution API. Nothing is sent before the first request. The login goes to that host
 * and to where it sends for tokens, never to where it redirects.
 */
export function openRegistry(host: string, options: RegistryOptions): Registry {
  const { clock, signal, onRequest } = options;
  const api = apiUrl(host, options.insecure);
  const send = createHttpClient(options.tls ?? {}, options.findProxy);

  const sendOnce = async (
    request: Pick<RegistryRequest, 'kind' | 'method' | 'what' | 'repository' | 'body'>,
    url: URL,
    headers: Readonly<Record<string, string>>,
  ): Promise<Result<HttpAnswer, Trouble>> => {
    const { kind, method, what, repository, body } = request;
    const seen = { kind, method, host: url.host, repository };
    try {
      const answer = await send({ method, url, headers, signal, ...defined({ body }) });
      onRequest?.({ ...seen, status: answer.status });
      return ok(answer);
    } catch (error) {
      onRequest?.({ ...seen, status: undefined });
      return err({ failure: connectionFailure(error, { host: url.host, what, signal }) });
    }
  };

  const readAnswer = async (answer: HttpAnswer, what: string): Promise<Result<Answer, Trouble>> => {
    const { status, headers } = answer;
    const chunks: Buffer[] = [];
    let size = 0;
    try {
      for await (const chunk of answer.body as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size > answerLimit) return err({ failure: tooLarge(host, what) });
        chunks.push(chunk);
      }
    } catch (error) {
      return err({ failure: connectionFailure(error, { host, what, signal }) });
    }
    return ok({ status, headers, body: Buffer.concat(chunks) });
  };

  const authorizer = createAuthorizer({
    host,
    api,
    credentials: options.credentials,
    now: clock.now,
    askForToken: async ({ method, url, headers, body }) => {
      const what = `asking ${shownUrl(url)} for a token`;
      const request = { kind: 'token', method, what, ...defined({ body }) } as const;
      const answer = await sendOnce(request, url, headers);
      return answer.ok ? readAnswer(answer.value, what) : answer;
    },
  });
  const refuse = (answer: Answer, what: string): Failure => {
    return refusal(answer, { host, what, redact: authorizer.redact });
  };

  const sendSigned = async (request: RegistryRequest, url: URL): Promise<Result<HttpAnswer, Trouble>> => {
    const { scopes, headers = {} } = request;
    if (url.origin !== api.origin) return sendOnce(request, url, headers);
    const header = await authorizer.header(scopes);
    if (!header.ok) return header;
    const first = await sendOnce(request, url, withAuthorization(headers, header.value));
    if (!first.ok || first.value.status !== 401) return first;
    const refused = await readAnswer(first.value, request.what);
    if (!refused.ok) return refused;
    const challenge = first.value.headers['www-authenticate'];
    const renewed = await authorizer.renew(challenge, scopes, header.value);
    if (!renewed.ok) return renewed;
    if (renewed.value === undefined) return err({ failure: refuse(refused.value, request.what) });
    return sendOnce(request, url, withAuthorization(headers, renewed.value));
  };

  const attempt = async (request: RegistryRequest): Promise<Result<HttpAnswer, Trouble>> => {
    let url = request.url;
    for (let hop = 0; ; hop += 1) {
      const sent = await sendSigned(request, url);
      if (!sent.ok) return sent;
      const { status, headers } = sent.value;
      const isMoved = [301, 302, 303, 307, 308].includes(status) && /^(GET|HEAD)$/.test(request.method);
      if (!isMoved && status !== 401 && !mayPass(status)) return sent;
      const read = await readAnswer(sent.value, request.what);
      if (!read.ok) return read;
      const next = isMoved && hop < mostRedirects ? followLocation(url, headers.location) : undefined;
      if (next === undefined) {
        const retryAfter = parseRetryAfter(headers['retry-after'], clock.now());
        const refused = refuse(read.value, request.what);
        const failure =
          refused.reason === 'rate-limited' && retryAfter !== undefined
            ? { ...refused, seconds: retryAfter / 1000 }
            : refused;
        return err(retryAfter === undefined ? { failure } : { failure, retryAfter });
      }
      url = next;
    }
  };

  const askOnce = async (request: RegistryRequest): Promise<Result<Answer, Trouble>> => {
    const answer = await attempt(request);
    return answer.ok ? readAnswer(answer.value, request.what) : answer;
  };

  const ask = async (request: RegistryRequest): Promise<Result<Answer, Failure>> => {
    const began = clock.now();
    for (let at = 1; ; at += 1) {
      const read = await askOnce(request);
      if (read.ok) return read;
      // Who was silent for so long is not asked four times more.
      if (clock.now() - began > longestWait * 1000 && read.error.failure.reason === 'network')
        return err(ended(signal, read.error));
      if (!(await mayTryAgain({ clock, signal }, read.error, at))) return err(ended(signal, read.error));
    }
  };
  return { host, api, clock, signal, attempt, askOnce, ask, refuse };
}

/** Whether to try again after a try, from 1, that came to nothing; waits where it is so. */
export async function mayTryAgain(
  { clock, signal }: Pick<Registry, 'clock' | 'signal'>,
  { failure, retryAfter }: Trouble,
  attempt: number,
): Promise<boolean> {
  if (!isTransient(failure) || attempt >= tries || (retryAfter ?? 0) > longestWait * 1000) return false;
  await clock.wait(waitAfter(attempt, retryAfter, clock.random()), signal);
  return !signal.aborted;
}

/** The failure that a trouble ends with: an interrupted wait is no fault of the network. */
export function ended(signal: AbortSignal, trouble: Trouble): Failure {
  return signal.aborted ? { reason: 'aborted' } : trouble.failure;
}

function withAuthorization(
  headers: Readonly<Record<string, string>>,
  authorization: string | undefined,
): Readonly<Record<string, string>> {
  return authorization === undefined ? headers : { ...headers, authorization };
}

function tooLarge(host: string, what: string): Failure {
  const message = `The registry ${host} answered more than ${countOf(answerLimit, 'byte')} to ${what}.`;
  return { reason: 'usage', message, help: 'No manifest or list is that large.' };
}
