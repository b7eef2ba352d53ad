import { createServer, request as requestHttp } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

/** A proxy as offices have them, on a loopback port. */
export interface TestProxy {
  /** `http://user:password@127.0.0.1:<port>` */
  readonly url: string;
  /** What it was asked for, in order: `GET http://a.example/b`, `CONNECT a.example:443`. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

/**
 * Starts a proxy that asks for a login. Names that end in `.example` lead to this machine, to the port that is asked for or to `port`.
 */
export async function startProxy(port?: number): Promise<TestProxy> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const login = `Basic ${Buffer.from('user:canary-proxy').toString('base64')}`;
  const target = (host: string, asked: number) =>
    host.endsWith('.example') ? { host: '127.0.0.1', port: port ?? asked } : { host, port: asked };
  const server = createServer((asked, answer) => {
    requests.push(`${asked.method} ${asked.url}`);
    const { 'proxy-authorization': given, 'proxy-connection': _, ...headers } = asked.headers;
    if (given !== login) {
      answer.writeHead(407).end();
      return;
    }
    const url = new URL(asked.url ?? '');
    const path = `${url.pathname}${url.search}`;
    const to = target(url.hostname, Number(url.port || 80));
    const passed = requestHttp({ ...to, path, method: asked.method, headers }, (reply) => {
      answer.writeHead(reply.statusCode ?? 0, reply.headers);
      reply.pipe(answer);
    });
    passed.on('error', () => answer.writeHead(502).end());
    asked.pipe(passed);
  });
  server.on('connect', (asked, socket: Socket) => {
    requests.push(`CONNECT ${asked.url}`);
    if (asked.headers['proxy-authorization'] !== login) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    const [host = '', number = ''] = (asked.url ?? '').split(':');
    const through = connect(target(host, Number(number)), () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(through).pipe(socket);
    });
    sockets.add(through);
    for (const [one, other] of [[socket, through] as const, [through, socket] as const]) {
      one.on('error', () => other.destroy());
    }
  });
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const own = (server.address() as AddressInfo).port;
  return {
    url: `http://user:canary-proxy@127.0.0.1:${own}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
