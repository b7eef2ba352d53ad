import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';

/** What the outside world can answer to whatever it is asked. */
export const answers = [
  '400',
  '401',
  '403',
  '404',
  '410',
  '429',
  '500',
  '503',
  'cut',
  'tls',
  'refused',
  'no host',
] as const;

/** What no server of any of them says, and what stands between says instead. */
export const strangeAnswers = [
  '204',
  '206',
  '304',
  '418',
  '451',
  '502',
  '504',
  '507',
  '511',
  'page',
  'empty',
  'round',
  'to a file',
  'to nowhere',
  'to none',
  'headers',
  'garbage',
  'chunks',
  'hung up',
  'unpacked',
  'no tls',
] as const;
/** The last takes minutes to be found out. */
export type OutsideAnswer = (typeof answers | typeof strangeAnswers)[number] | 'silence';

/** Seconds that a 429 says to wait. */
export const saidToWait = 21_600;

export interface Answering {
  /** `http://127.0.0.1:<port>`; of `tls`, https with a certificate that nobody trusts. */
  readonly url: string;
  close(): void;
}

/** Where what stands between leads to; to nothing: a redirect without a place. */
const redirects: Readonly<Record<string, string>> = {
  round: '/round',
  'to a file': 'file:///etc/hostname',
  'to nowhere': 'http://127.0.0.1:1/',
  'to none': '',
};

/** What is there, and not what was asked for. */
const pages: Readonly<
  Record<string, { readonly headers: Record<string, string>; readonly body: string | Buffer }>
> = {
  page: { headers: { 'content-type': 'text/html' }, body: '<html><body>Please sign in.</body></html>\n' },
  empty: { headers: {}, body: '' },
  unpacked: { headers: { 'content-encoding': 'gzip' }, body: 'this was never packed\n' },
};

/** What is no answer at all. */
const strange: Readonly<Record<string, string>> = {
  headers: `HTTP/1.1 200 OK\r\nx: ${'x'.repeat(200_000)}\r\n\r\n`,
  garbage: '\u0000\u0001\u0002 what is this\r\n\r\n',
  chunks: 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nno number\r\n',
  'hung up': '',
};

/** A server that sends some bytes to whoever asks, and hangs up. */
async function startStrange(text: string): Promise<Answering> {
  const server = createTcpServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end(text));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => void server.close(),
  };
}

/** Starts a server that gives one answer to everything. @param certificate of `tls`: files in PEM. */
export async function startAnswering(
  answer: OutsideAnswer,
  certificate: { readonly cert: string; readonly key: string },
): Promise<Answering> {
  if (answer in strange) return startStrange(strange[answer] as string);
  const say: RequestListener = (_, response) => {
    if (answer === 'silence') return;
    const to = redirects[answer];
    if (to !== undefined) {
      response.writeHead(302, to === '' ? {} : { location: to }).end('elsewhere\n');
      return;
    }
    const given = pages[answer];
    if (given !== undefined) {
      response.writeHead(200, given.headers).end(given.body);
      return;
    }
    if (answer === 'cut') {
      response.writeHead(200, { 'content-length': 100_000 });
      response.write('x'.repeat(1000), () => response.destroy());
      return;
    }
    const headers = answer === '429' ? { 'retry-after': String(saidToWait) } : {};
    response.writeHead(Number(answer) || 200, headers).end(`the answer is ${answer}\n`);
  };
  const server: Server =
    answer === 'tls'
      ? createTlsServer({ cert: readFileSync(certificate.cert), key: readFileSync(certificate.key) }, say)
      : createServer(say);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const host = answer === 'no host' ? 'registry.invalid' : '127.0.0.1';
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  // Nobody listens there any more, and the system gives the same number to nobody else so soon.
  if (answer === 'refused') close();
  return { url: `${answer === 'tls' || answer === 'no tls' ? 'https' : 'http'}://${host}:${port}`, close };
}
