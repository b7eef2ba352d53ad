import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

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
/** The last takes minutes to be found out. */
export type OutsideAnswer = (typeof answers)[number] | 'silence';

/** Seconds that a 429 says to wait. */
export const saidToWait = 21_600;

export interface Answering {
  /** `http://127.0.0.1:<port>`; of `tls`, https with a certificate that nobody trusts. */
  readonly url: string;
  close(): void;
}

/** Starts a server that gives one answer to everything. @param certificate of `tls`: files in PEM. */
export async function startAnswering(
  answer: OutsideAnswer,
  certificate: { readonly cert: string; readonly key: string },
): Promise<Answering> {
  const say: RequestListener = (_, response) => {
    if (answer === 'silence') return;
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
  return { url: `${answer === 'tls' ? 'https' : 'http'}://${host}:${port}`, close };
}
