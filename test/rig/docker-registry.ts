import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Debian's docker-registry on a loopback port, with its storage and its log in a folder. */
export interface DockerRegistry {
  /** `127.0.0.1:<port>` */
  readonly host: string;
  readonly folder: string;
  /** What the registry itself says it was asked, from the start, across restarts. */
  requests(): readonly LoggedRequest[];
  /** Ends the process at once, as `kill -9` does. */
  kill(): Promise<void>;
  /** Starts it again on the same port, with what it has stored. */
  restart(): Promise<void>;
}

interface LoggedRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly status: number;
}

export interface DockerRegistryOptions {
  /** A folder of its own. */
  readonly folder: string;
  /** Nothing may be written to it. */
  readonly isReadOnly?: boolean;
  /** A user that must sign in. */
  readonly login?: { readonly username: string; readonly password: string };
  /** Files: a certificate for 127.0.0.1 and its key, and the authorities of clients, which then need certificates. */
  readonly tls?: {
    readonly certificate: string;
    readonly key: string;
    readonly clientcas?: readonly string[];
  };
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts it, and waits until it listens. */
export async function startDockerRegistry(options: DockerRegistryOptions): Promise<DockerRegistry> {
  const { folder } = options;
  mkdirSync(join(folder, 'storage'), { recursive: true });
  const log = join(folder, 'log');
  let child: ChildProcess | undefined;
  let port = 0;
  const start = async (): Promise<void> => {
    writeFileSync(join(folder, 'config.yml'), configOf(options, port));
    const before = existsSync(log) ? readFileSync(log, 'utf8').length : 0;
    const file = openSync(log, 'a');
    child = spawn('docker-registry', ['serve', join(folder, 'config.yml')], {
      stdio: ['ignore', file, file],
    });
    closeSync(file);
    running.add(child);
    child.unref();
    port = await listeningPort(log, before, child);
  };
  const kill = async (): Promise<void> => {
    const ending = child;
    if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return;
    const ended = new Promise((resolve) => ending.once('exit', resolve));
    ending.ref();
    ending.kill('SIGKILL');
    await ended;
    running.delete(ending);
  };
  await start();
  return {
    host: `127.0.0.1:${port}`,
    folder,
    requests: () => requestsIn(readFileSync(log, 'utf8')),
    kill,
    restart: start,
  };
}

function configOf({ folder, isReadOnly, login, tls }: DockerRegistryOptions, port: number): string {
  if (login !== undefined) {
    const { username, password } = login;
    writeFileSync(join(folder, 'htpasswd'), execFileSync('htpasswd', ['-Bbn', username, password]));
  }
  const config = {
    version: '0.1',
    log: { level: 'debug' },
    storage: {
      filesystem: { rootdirectory: join(folder, 'storage') },
      delete: { enabled: true },
      maintenance: { readonly: { enabled: isReadOnly === true } },
    },
    // With a secret of its own at each start, it would forget its uploads.
    http: { addr: `127.0.0.1:${port}`, secret: 'a test', ...(tls === undefined ? {} : { tls }) },
    ...(login === undefined ? {} : { auth: { htpasswd: { realm: 'test', path: join(folder, 'htpasswd') } } }),
  };
  return JSON.stringify(config);
}

/** The port that the log names, once it is there. */
async function listeningPort(log: string, from: number, child: ChildProcess): Promise<number> {
  for (let waited = 0; waited < 15_000 && child.exitCode === null; waited += 20) {
    const port = /listening on 127\.0\.0\.1:([0-9]+)/.exec(readFileSync(log, 'utf8').slice(from))?.[1];
    if (port !== undefined) return Number(port);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`docker-registry does not listen:\n${readFileSync(log, 'utf8').slice(from)}`);
}

/** The lines of its access log: `127.0.0.1 - - [date] "GET /v2/ HTTP/1.1" 200 2 "" "agent"`. */
function requestsIn(log: string): readonly LoggedRequest[] {
  const lines = log.matchAll(/^127\.0\.0\.1 - \S+ \[[^\]]*\] "([A-Z]+) (\S+) HTTP\/[0-9.]+" ([0-9]{3}) /gm);
  return [...lines].map(([, method = '', path = '', status]) => ({ method, path, status: Number(status) }));
}
