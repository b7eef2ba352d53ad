import { execFileSync, spawn } from 'node:child_process';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { makeOnce } from './make-once.ts';

/** What PyPI is asked for: moto (getmoto/moto), and what its server needs of `moto[server]` for ECR and STS. */
const requirements = ['moto==5.2.5', 'flask==3.1.3', 'flask-cors==6.0.5'];

/** Moto on a port that the system gives, until its standard input ends: so it outlives no test that was killed. */
const program = `
import os, sys, threading
from moto.server import main
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
main(['-H', '127.0.0.1', '-p', '0'])
`;

/** The account that moto takes every access key for. */
export const motoAccount = '123456789012';

/** A call of an AWS API as it went over the wire. */
export interface AwsCall {
  /** `CreateRepository` */
  readonly operation: string;
  /** Of the signature. */
  readonly region: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** The APIs of AWS on this machine. */
export interface FakeAws {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** What was called so far. */
  readonly calls: AwsCall[];
  stop(): Promise<void>;
}

/** What answers in the place of moto: undefined leaves it to moto. */
export type Answer = (call: AwsCall) => { readonly status: number; readonly body: object } | undefined;

/** Starts moto, which forgets all at its end, behind a server that counts what comes by. */
export async function startMoto(answer: Answer = () => undefined): Promise<FakeAws> {
  const moto = await startBareMoto();
  const server = await startAws(answer, moto.port);
  return {
    ...server,
    stop: async () => {
      await server.stop();
      await moto.stop();
    },
  };
}

/** Starts moto, which forgets all at its end. */
export async function startBareMoto(): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const packages = await install();
  const child = spawn('python3', ['-c', program], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], PYTHONPATH: packages },
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  const port = await new Promise<number>((resolve, reject) => {
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk;
      const [, found] = /http:\/\/127\.0\.0\.1:(\d+)/.exec(said) ?? [];
      if (found !== undefined) resolve(Number(found));
    });
    child.on('close', () => reject(new Error(`moto ended: ${said}`)));
  });
  return {
    port,
    stop: () => {
      child.stdin.end();
      return ended;
    },
  };
}

/** Starts a server that answers calls of AWS by itself, or hands them to another one at this machine, and counts them. */
export async function startAws(answer: Answer, behind?: number): Promise<FakeAws> {
  const calls: AwsCall[] = [];
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks);
      const call = readCall(incoming, body.toString());
      calls.push(call);
      const given = answer(call);
      if (given !== undefined) {
        outgoing.writeHead(given.status, { 'content-type': 'application/x-amz-json-1.1' });
        outgoing.end(JSON.stringify(given.body));
      } else if (behind === undefined) {
        outgoing.writeHead(501).end();
      } else {
        pass(incoming, body, behind, outgoing);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function pass(incoming: IncomingMessage, body: Buffer, port: number, outgoing: ServerResponse): void {
  const { method, url: path, headers } = incoming;
  const onward = request({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  onward.on('error', () => outgoing.destroy());
  onward.end(body);
}

/** ECR names the operation in a header and has JSON, STS has a form. */
function readCall({ headers }: IncomingMessage, body: string): AwsCall {
  const [, region = ''] = /Credential=[^/]+\/\d+\/([^/]+)\//.exec(headers.authorization ?? '') ?? [];
  const target = headers['x-amz-target'];
  if (typeof target === 'string') {
    return { operation: target.split('.')[1] ?? '', region, input: JSON.parse(body) };
  }
  const form = Object.fromEntries(new URLSearchParams(body));
  return { operation: form['Action'] ?? '', region, input: form };
}

/** Installs the packages into the user's cache folder, once. */
function install(): Promise<string> {
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  const folder = join(cache, 'eksd-rebuild-tests', requirements.join('+').replaceAll('==', '-'));
  const flags = [
    '--quiet',
    '--disable-pip-version-check',
    '--root-user-action=ignore',
    '--no-warn-conflicts',
    // A third of its time: what is imported is compiled then, and kept.
    '--no-compile',
  ];
  return makeOnce(folder, (made) => {
    execFileSync('python3', ['-m', 'pip', 'install', ...flags, '--target', made, ...requirements], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  });
}
