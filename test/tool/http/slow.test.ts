import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import * as assert from 'uvu/assert';
import { createHttpClient } from '../../../orchestrator/tool/http/http-client.ts';
import { suite } from '../../rig/suite.ts';

/** Milliseconds. */
const patience = 400;
const send = createHttpClient({}, undefined, undefined, patience);

const test = suite('connections that hardly move');

async function listen(server: Server): Promise<URL> {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
}

async function ask(url: URL): Promise<string> {
  const { signal } = new AbortController();
  try {
    const { body } = await send({ method: 'GET', url, headers: {}, signal });
    let text = '';
    for await (const chunk of body) text += String(chunk);
    return text;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

test('a body that comes byte by byte is given up, and so are headers, and silence', async (_) => {
  const drip = (first: string) =>
    createTcpServer((socket) => {
      socket.on('error', () => {});
      if (first === '') return;
      socket.write(first);
      const timer = setInterval(() => socket.write('x'), patience / 10);
      socket.on('close', () => clearInterval(timer));
    });
  for (const first of [
    'HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n',
    'HTTP/1.1 200 OK\r\nx-long: ',
    '',
  ]) {
    const server = drip(first);
    const began = performance.now();
    assert.match(await ask(await listen(server)), 'less than 50 bytes a second came for 0.4 seconds');
    assert.ok(performance.now() - began < 10 * patience);
    server.close();
  }
});

test('what is slow and moves comes to its end, on a connection that served others before, too', async () => {
  const server = createServer((_, response) => {
    let left = 12;
    const timer = setInterval(() => {
      left -= 1;
      response.write('x'.repeat(20));
      if (left > 0) return;
      clearInterval(timer);
      response.end();
    }, patience / 5);
  });
  const url = await listen(server);
  for (let at = 0; at < 2; at += 1) assert.is((await ask(url)).length, 240);
  server.closeAllConnections();
  server.close();
});

test.run();
