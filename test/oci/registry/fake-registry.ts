import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as the fake got it. */
export interface Asked {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** An answer; `break`: the connection ends without one, or after so many bytes of the body. */
export interface FakeAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly breakAfter?: number;
  /** Asked until it says that what was sent has arrived: a broken connection takes with it what nobody has read yet. */
  readonly hasArrived?: () => boolean;
}

/** A server on loopback that answers as a test says, and remembers what it was asked. */
export interface FakeRegistry {
  /** `127.0.0.1:<port>` */
  readonly host: string;
  readonly asked: readonly Asked[];
  /** `GET /v2/`, each. */
  readonly lines: () => readonly string[];
}

const closing: (() => void)[] = [];

/** Starts one. All are ended by `closeFakes`. */
export async function fakeRegistry(
  answer: (asked: Asked, host: string) => FakeAnswer | 'break',
): Promise<FakeRegistry> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const { method = '', url: path = '', headers } = request;
    const one = { method, path, headers, body: Buffer.concat(chunks) };
    asked.push(one);
    const given = answer(one, host);
    if (given === 'break') return void response.destroy();
    const body = Buffer.from(given.body ?? '');
    const isHead = method === 'HEAD' || given.status === 204;
    response.writeHead(given.status, {
      ...(isHead ? {} : { 'content-length': String(body.length) }),
      ...given.headers,
    });
    if (given.breakAfter === undefined) return void response.end(isHead ? undefined : body);
    response.write(body.subarray(0, given.breakAfter));
    const timer = setInterval(() => {
      if (given.hasArrived?.() === false) return;
      clearInterval(timer);
      response.destroy();
    }, 1).unref();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { host, asked, lines: () => asked.map(({ method, path }) => `${method} ${path}`) };
}

export function closeFakes(): void {
  for (const close of closing.splice(0)) close();
}
