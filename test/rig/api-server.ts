import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { goTools } from './go-tools.ts';

/** What kubectl said, and how it ended. */
export interface KubectlRan {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** An API server of Kubernetes with an etcd of its own, both on this machine and empty. */
export interface ApiServer {
  kubectl(...words: readonly string[]): Promise<KubectlRan>;
  /** Ends both, and removes all that they had. */
  stop(): Promise<void>;
}

/** Milliseconds: for a server to be ready, and for a process to end by itself. */
const [patience, grace] = [120_000, 10_000];

/** Between a port's being free and a server's listening on it, somebody else may take it. */
const tries = 3;

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts both, from programs that are built once from the pinned modules, which takes some minutes. */
export async function startApiServer(): Promise<ApiServer> {
  const programs = await goTools('api-server', ['server', 'kube-apiserver', 'kubectl'], '');
  // Not TMPDIR: a socket's path has room for 107 characters.
  const folder = mkdtempSync('/tmp/api-');
  const children: Server[] = [];
  const stop = async (): Promise<void> => {
    for (const child of [...children].reverse()) await child.end();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const etcd = startEtcd(programs['server'] ?? '', folder);
    children.push(etcd);
    const kubeconfig = join(folder, 'kubeconfig');
    const kubectl = async (...words: readonly string[]): Promise<KubectlRan> => {
      const env = { PATH: process.env['PATH'], HOME: folder, KUBECONFIG: kubeconfig };
      const options = { env, cwd: folder, maxBuffer: 2 ** 26 };
      return promisify(execFile)(programs['kubectl'] ?? '', words, options).then(
        ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
        ({ code, stdout, stderr }: KubectlRan) => ({ code, stdout, stderr }),
      );
    };
    for (let attempt = 1; ; attempt++) {
      const server = await startServer(programs['kube-apiserver'] ?? '', folder);
      children.push(server);
      if (await isReady(server, kubectl)) return { kubectl, stop };
      await server.end();
      if (attempt === tries) throw new Error(`no API server:\n${etcd.log()}\n${server.log()}`);
    }
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Server {
  hasEnded(): boolean;
  log(): string;
  end(): Promise<void>;
}

function start(program: string, words: readonly string[], folder: string, name: string): Server {
  const log = join(folder, `${name}.log`);
  const file = openSync(log, 'w');
  const env = { PATH: process.env['PATH'], HOME: folder };
  const child = spawn(program, words, { stdio: ['ignore', file, file], env, cwd: folder });
  closeSync(file);
  running.add(child);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  return {
    hasEnded,
    log: () => readFileSync(log, 'utf8').slice(-4000),
    async end() {
      if (!hasEnded()) {
        child.kill('SIGTERM');
        const timer = setTimeout(() => child.kill('SIGKILL'), grace);
        await ended;
        clearTimeout(timer);
      }
      running.delete(child);
    },
  };
}

/** On sockets of its folder alone, which it runs in: it takes such names as are a host and a port. */
function startEtcd(program: string, folder: string): Server {
  const [clients, peers] = ['unix://clients:1', 'unix://peers:1'];
  const words = [
    ...['--data-dir', join(folder, 'etcd'), '--name', 'default', '--unsafe-no-fsync'],
    ...['--listen-client-urls', clients, '--advertise-client-urls', clients],
    ...['--listen-peer-urls', peers, '--initial-advertise-peer-urls', peers],
    ...['--initial-cluster', `default=${peers}`],
  ];
  return start(program, words, folder, 'etcd');
}

async function startServer(program: string, folder: string): Promise<Server> {
  const port = await freePort();
  const token = randomBytes(16).toString('hex');
  const file = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content, { mode: 0o600 });
    return join(folder, name);
  };
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = file('accounts.pem', privateKey.export({ type: 'pkcs8', format: 'pem' }) as string);
  const config = {
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'test' },
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    users: [{ name: 'test', user: { token } }],
    clusters: [
      {
        name: 'test',
        cluster: {
          server: `https://127.0.0.1:${port}`,
          'certificate-authority': join(folder, 'certificates', 'apiserver.crt'),
        },
      },
    ],
  };
  file('kubeconfig', JSON.stringify(config));
  const words = [
    ...['--etcd-servers', `unix://${folder}/clients:1`, '--cert-dir', join(folder, 'certificates')],
    ...['--bind-address', '127.0.0.1', '--advertise-address', '127.0.0.1', '--secure-port', String(port)],
    ...['--token-auth-file', file('tokens.csv', `${token},test,test,system:masters\n`)],
    ...['--service-account-issuer', 'https://127.0.0.1', '--service-cluster-ip-range', '10.0.0.0/24'],
    ...['--service-account-key-file', key, '--service-account-signing-key-file', key],
    ...['--authorization-mode', 'RBAC', '--endpoint-reconciler-type', 'none'],
    // Nobody makes accounts: there is no controller.
    ...['--disable-admission-plugins', 'ServiceAccount'],
  ];
  return start(program, words, folder, 'kube-apiserver');
}

async function isReady(server: Server, kubectl: ApiServer['kubectl']): Promise<boolean> {
  for (const until = Date.now() + patience; Date.now() < until && !server.hasEnded(); ) {
    const ready = await kubectl('get', '--raw', '/readyz');
    if (ready.code === 0 && (await kubectl('get', 'namespace', 'default')).code === 0) return true;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  return false;
}

/** One that the system gives; the server takes no other way to have one of it. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
