import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { SiteFiles } from './published-site.ts';

/** What becomes of a request: `as it is` where there is nothing to say of it. */
export type Fault =
  | 'missing'
  | 'forbidden'
  | 'cut'
  | 'cut once'
  | 'too short'
  | 'slow'
  | 'packed'
  | 'said to be packed'
  | 'unavailable twice'
  | { readonly to: string };

export interface SiteServer {
  /** `127.0.0.1:<port>` */
  readonly host: string;
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** Paths that were asked for, in order. */
  readonly requests: string[];
  files: SiteFiles;
  /** By path. */
  readonly faults: Map<string, Fault>;
  close(): void;
}

/** Serves a site's files, with what may happen on the way. */
export async function serveSite(): Promise<SiteServer> {
  const requests: string[] = [];
  const faults = new Map<string, Fault>();
  const server = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const site: SiteServer = {
    ...{ host, url: `http://${host}`, requests, faults, files: new Map() },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  const answer = (request: IncomingMessage, response: ServerResponse): unknown => {
    const path = decodeURIComponent((request.url ?? '').slice(1));
    requests.push(path);
    const fault = faults.get(path);
    const content = site.files.get(path);
    const before = requests.filter((each) => each === path).length - 1;
    const end = (status: number, headers: Record<string, string | number>, body?: Uint8Array | string) => {
      response.writeHead(status, headers).end(body);
    };
    if (fault === 'forbidden') return end(403, {}, 'no');
    if (fault === 'missing' || content === undefined) return end(404, {}, 'not here');
    if (fault === 'unavailable twice' && before < 2) return end(503, {}, 'later');
    if (typeof fault === 'object') return end(302, { location: fault.to });
    if (fault === 'cut' || (fault === 'cut once' && before === 0)) {
      response.writeHead(200, { 'content-length': content.length });
      return response.write(content.subarray(0, content.length / 2), () => response.destroy());
    }
    // A server that was told a wrong length sends no more than that.
    if (fault === 'too short') {
      return end(200, { 'content-length': content.length - 1 }, content.subarray(0, -1));
    }
    if (fault === 'packed') return end(200, { 'content-encoding': 'gzip' }, gzipSync(content));
    if (fault === 'said to be packed') return end(200, { 'content-encoding': 'gzip' }, content);
    if (fault !== 'slow') return end(200, {}, content);
    response.writeHead(200, { 'content-length': content.length });
    const quarter = Math.ceil(content.length / 4);
    const send = (at: number): void => {
      if (at >= content.length) response.end();
      else response.write(content.subarray(at, at + quarter), () => setTimeout(send, 50, at + quarter));
    };
    return send(0);
  };
  return site;
}
