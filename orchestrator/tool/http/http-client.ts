import { setMaxListeners } from 'node:events';
import {
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as requestHttp,
} from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { rootCertificates } from 'node:tls';
import { basicAuthorization, type Credentials } from '../../core/credentials.ts';
import { defined } from '../../core/defined.ts';
import { countOf } from '../../core/numbers.ts';
import { type Agents, createAgents } from './agents.ts';
import { byProxy, type FindProxy } from './proxy.ts';

/** How one host is trusted. All are PEM texts. */
export interface HostTls {
  /** Certificates of a private authority, in addition to the well-known ones. */
  readonly ca?: string;
  /** A client's certificate, with its key. */
  readonly cert?: string;
  readonly key?: string;
}

interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: HttpBody;
  readonly signal: AbortSignal;
}

/** A body that can be sent again. */
export interface HttpBody {
  /** Bytes. */
  readonly size: number;
  readonly open: () => Readable;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Must be read to its end or destroyed. */
  readonly body: IncomingMessage;
}

/** Sends one request. Rejects with what node says where no answer came. Follows no redirect. */
export type Send = (request: HttpRequest) => Promise<HttpAnswer>;

/**
 * Milliseconds, and bytes a second: a connection over which less came and went for so long counts as broken. A registry may take a while
 * to move a blob; who sends a byte now and then would be waited for as long as it likes.
 */
const idleLimit = 120_000;
const leastRate = 50;

/**
 * Speaks http through node's own client, because each host may have an authority and a client's certificate of its own,
 * which node's fetch takes only from another version of the library that it holds; because an upload's answer
 * counts even where it comes before the upload's end; and because node's fetch knows of no proxies.
 * @param hosts by host and port. @param findProxy undefined: there is none. @param credentials for requests that bring none.
 * @param patience milliseconds: see `idleLimit`.
 */
export function createHttpClient(
  hosts: Readonly<Record<string, HostTls>>,
  findProxy: FindProxy | undefined,
  credentials?: Pick<Credentials, 'for'>,
  patience = idleLimit,
): Send {
  const agents = createAgents(findProxy);
  return (request) => {
    const known = credentials?.for(request.url.href);
    const own = known === undefined ? {} : { authorization: basicAuthorization(known) };
    const signedIn = { ...request, headers: { ...own, ...request.headers } };
    return exchange(signedIn, agents, trustOf(hosts[request.url.host] ?? {}), patience).catch(
      (error: unknown) => {
        if (!request.signal.aborted && isOfConnection(error)) nameProxy(error, request.url, findProxy);
        throw error;
      },
    );
  };
}

/** Of a file that is sent, the error has its path. */
function isOfConnection(error: unknown): error is Error & { readonly code?: unknown } {
  return error instanceof Error && !('path' in error && error.path !== undefined);
}

/** Where a request went by a proxy, that may be what is wrong, and nothing else says so. */
function nameProxy(
  error: Error & { readonly code?: unknown },
  url: URL,
  findProxy: FindProxy | undefined,
): void {
  try {
    error.message = `${error.message || String(error.code ?? '')}${byProxy(url, findProxy)}`;
  } catch {
    // What the environment names is no proxy, which is what the error says.
  }
}

/** What node's client is told, which also keeps connections apart that trust otherwise. */
function trustOf({ ca, cert, key }: HostTls): object {
  return {
    ...defined({ ca: ca && [...rootCertificates, ca], cert, key }),
  };
}

function exchange(
  { method, url, headers, body, signal }: HttpRequest,
  agents: Agents,
  trust: object,
  patience: number,
): Promise<HttpAnswer> {
  // Many requests end by one signal, and each listens to it while it lasts: no leak.
  setMaxListeners(0, signal);
  return new Promise((resolve, reject) => {
    const isPlain = url.protocol === 'http:';
    const start = isPlain ? requestHttp : requestHttps;
    const length = body === undefined ? {} : { 'content-length': String(body.size) };
    const options = {
      ...(isPlain ? {} : trust),
      method,
      agent: isPlain ? agents.http : agents.https,
      signal,
      headers: { 'user-agent': 'eksd-rebuild', ...headers, ...length },
    };
    let answered: IncomingMessage | undefined;
    const request = start(url, options, (answer) => {
      answered = answer;
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: answer });
    });
    request.on('error', reject);
    // Of https alone. Else the proxy's answer would be taken for that of the host behind it.
    request.on('proxyConnect', ({ statusCode }: { readonly statusCode?: number }) => {
      if (statusCode === undefined || statusCode === 200) return;
      request.destroy(new Error(`the proxy does not lead to ${url.host}: it answered ${statusCode}`));
    });
    watchRate(request, patience, () => {
      const slow = new Error(
        `less than ${leastRate} bytes a second came for ${countOf(patience / 1000, 'second')}`,
      );
      answered?.destroy(slow);
      request.destroy(slow);
    });
    if (body === undefined || body.size === 0) request.end();
    else pipeline(body.open(), request).catch(reject);
  });
}

/** Looks, while a request lasts, at what comes and goes over its connection. */
function watchRate(request: ClientRequest, patience: number, onSlow: () => void): void {
  let connection: Socket | undefined;
  let before = 0;
  const moved = () => (connection?.bytesRead ?? 0) + (connection?.bytesWritten ?? 0);
  const timer = setInterval(() => {
    const now = moved();
    if (now - before < (leastRate * patience) / 1000) onSlow();
    before = now;
  }, patience);
  timer.unref();
  request.on('socket', (socket) => {
    // It may have served others before.
    connection = socket;
    before = moved();
  });
  request.on('close', () => clearInterval(timer));
}
