import {
  Agent as HttpAgent,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as requestHttp,
} from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { rootCertificates } from 'node:tls';

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

/** Connections to one host at once. */
const connections = 8;

/**
 * Speaks http through node's own client, because each host may have an authority and a client's certificate of its own,
 * which node's fetch takes only from another version of the library that it holds; and because an upload's answer
 * counts even where it comes before the upload's end.
 */
export function createTransport(hosts: Readonly<Record<string, HostTls>>): Send {
  const agents = new Map<string, HttpAgent>();
  const agentOf = (url: URL): HttpAgent => {
    const known = agents.get(url.origin);
    if (known !== undefined) return known;
    const made = makeAgent(url, hosts[url.host] ?? {});
    agents.set(url.origin, made);
    return made;
  };
  return (request) => exchange(request, agentOf(request.url));
}

function makeAgent(url: URL, { ca, cert, key }: HostTls): HttpAgent {
  const options = { keepAlive: true, maxSockets: connections };
  if (url.protocol === 'http:') return new HttpAgent(options);
  return new HttpsAgent({
    ...options,
    ...(ca === undefined ? {} : { ca: [...rootCertificates, ca] }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  });
}

function exchange(
  { method, url, headers, body, signal }: HttpRequest,
  agent: HttpAgent,
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const start = url.protocol === 'http:' ? requestHttp : requestHttps;
    const length = body === undefined ? {} : { 'content-length': String(body.size) };
    const options = {
      method,
      agent,
      signal,
      headers: { 'user-agent': 'eksd-rebuild', ...headers, ...length },
    };
    const request = start(url, options, (answer) => {
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: answer });
    });
    request.on('error', reject);
    request.setTimeout(idleLimit, () => {
      request.destroy(new Error(`not a byte came for ${idleLimit / 1000} seconds`));
    });
    if (body === undefined || body.size === 0) request.end();
    else pipeline(body.open(), request).catch(reject);
  });
}
