import { setMaxListeners } from 'node:events';
import { type IncomingHttpHeaders, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
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

/** Milliseconds without a byte, after which a connection counts as broken: a registry may take a while to move a blob. */
const idleLimit = 120_000;

/**
 * Speaks http through node's own client, because each host may have an authority and a client's certificate of its own,
 * which node's fetch takes only from another version of the library that it holds; because an upload's answer
 * counts even where it comes before the upload's end; and because node's fetch knows of no proxies.
 * @param hosts by host and port. @param findProxy undefined: there is none. @param credentials for requests that bring none.
 */
export function createHttpClient(
  hosts: Readonly<Record<string, HostTls>>,
  findProxy: FindProxy | undefined,
  credentials?: Pick<Credentials, 'for'>,
): Send {
  const agents = createAgents(findProxy);
  return (request) => {
    const known = credentials?.for(request.url.href);
    const own = known === undefined ? {} : { authorization: basicAuthorization(known) };
    const signedIn = { ...request, headers: { ...own, ...request.headers } };
    return exchange(signedIn, agents, trustOf(hosts[request.url.host] ?? {})).catch((error: unknown) => {
      if (!request.signal.aborted && isOfConnection(error)) nameProxy(error, request.url, findProxy);
      throw error;
    });
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
    const request = start(url, options, (answer) => {
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: answer });
    });
    request.on('error', reject);
    // Of https alone. Else the proxy's answer would be taken for that of the host behind it.
    request.on('proxyConnect', ({ statusCode }: { readonly statusCode?: number }) => {
      if (statusCode === undefined || statusCode === 200) return;
      request.destroy(new Error(`the proxy does not lead to ${url.host}: it answered ${statusCode}`));
    });
    request.setTimeout(idleLimit, () => {
      request.destroy(new Error(`not a byte came for ${countOf(idleLimit / 1000, 'second')}`));
    });
    if (body === undefined || body.size === 0) request.end();
    else pipeline(body.open(), request).catch(reject);
  });
}
