import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { exampleKeys } from './ecr.ts';
import { goTools } from './go-tools.ts';
import type { Defer } from './suite.ts';

/** S3 as another wrote it: versitygw, which keeps objects as files. */
export interface Gateway {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** Where buckets are: folders. */
  readonly root: string;
  /** Told of each call; what it gives is what of its body goes on. */
  onCall: (call: IncomingMessage, body: Buffer) => Buffer;
}

/** Seconds that it may take to begin. */
const patience = 30;

/** Starts it behind a server that hears what comes by. */
export async function startGateway(folder: string, defer: Defer): Promise<Gateway> {
  const { versitygw = '' } = await goTools('versitygw', ['versitygw'], '');
  const [root, socket] = [join(folder, 'objects'), join(folder, 'gateway.sock')];
  mkdirSync(root);
  const { AWS_ACCESS_KEY_ID: access, AWS_SECRET_ACCESS_KEY: secret } = exampleKeys;
  const keys = ['--access', access, '--secret', secret];
  const child = spawn(
    versitygw,
    [...keys, '--quiet', '--port', socket, '--health', '/health', 'posix', root],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let said = '';
  child.stderr.on('data', (chunk) => (said += chunk));
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  defer(async () => {
    child.kill();
    await ended;
  });
  const gateway: Gateway = { root, url: '', onCall: (_, body) => body };
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('error', () => undefined);
    incoming.on('end', () => {
      const body = gateway.onCall(incoming, Buffer.concat(chunks));
      const { method, url: path, headers } = incoming;
      const onward = request({ socketPath: socket, method, path, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      onward.on('error', () => outgoing.destroy());
      onward.end(body);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  defer(() => {
    server.close();
    server.closeAllConnections();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (let tenths = 0; ; tenths += 1) {
    const answer = await fetch(`${url}/health`).catch(() => undefined);
    if (answer?.ok === true) return Object.assign(gateway, { url });
    if (child.exitCode !== null || tenths > 10 * patience)
      throw new Error(`versitygw does not begin: ${said}`);
    await setTimeout(100);
  }
}
