import { execFile } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { goTools } from './go-tools.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';

/** What the programs of the pinned module say that they are: a version of EKS Distro's. */
export const kubernetesVersion = 'v1.35.4-eks-0a1b2c3';
/** The linker's word for it. */
export const kubernetesStamp = `-X k8s.io/component-base/version.gitVersion=${kubernetesVersion}`;

/** What kubectl said, and how it ended. */
export interface KubectlRan {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** An API server of Kubernetes with an etcd of its own, both on this machine and empty. */
export interface ApiServer {
  /** Holds the kubeconfig of who may do everything, both logs, and the rest. */
  readonly folder: string;
  readonly kubeconfig: string;
  /** Of the key that tokens of accounts are signed by. */
  readonly accountKey: string;
  kubectl(...words: readonly string[]): Promise<KubectlRan>;
  /** Kills the API server, and starts it again at the same place. */
  restart(): Promise<void>;
  /** Ends both, and removes all that they had. */
  stop(): Promise<void>;
}

/** Milliseconds for a server to be ready. */
const patience = 120_000;

/** Between a port's being free and a server's listening on it, somebody else may take it. */
const tries = 3;

/** The addresses of services. */
const servicesRange = '10.96.0.0/16';

/** The certificate of a server, and what it is signed by. */
export function certificateIn(folder: string): string {
  return join(folder, 'certificates', 'apiserver.crt');
}

/** The place of a server that has a whole cluster behind it: nothing else is in there. */
export interface ClusterPlace {
  readonly address: string;
  /** What a command begins with to run there. */
  readonly inside: readonly string[];
}

/**
 * Starts both, from programs that are built once from the pinned modules, which takes some minutes.
 * @param cluster undefined: on this machine's loopback, and nobody makes accounts.
 */
export async function startApiServer(cluster?: ClusterPlace): Promise<ApiServer> {
  const programs = await goTools('api-server', ['server', 'kube-apiserver', 'kubectl'], kubernetesStamp);
  // Not TMPDIR: a socket's path has room for 107 characters.
  const folder = mkdtempSync('/tmp/api-');
  const kubeconfig = join(folder, 'kubeconfig');
  const kubectl = async (...words: readonly string[]): Promise<KubectlRan> => {
    const env = { PATH: process.env['PATH'], HOME: folder, KUBECONFIG: kubeconfig };
    const options = { env, cwd: folder, maxBuffer: 2 ** 26 };
    return promisify(execFile)(programs['kubectl'] ?? '', words, options).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      ({ code, stdout, stderr }: KubectlRan) => ({ code, stdout, stderr }),
    );
  };
  const etcd = startEtcd(programs['server'] ?? '', folder);
  let server: ServerProcess | undefined;
  const stop = async (): Promise<void> => {
    await server?.end();
    await etcd.end();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    for (let attempt = 1; ; attempt++) {
      const words = await serverWords(programs['kube-apiserver'] ?? '', folder, cluster);
      const begin = async (): Promise<boolean> => {
        server = startServerProcess(words, folder, 'kube-apiserver', cluster?.inside);
        return isReady(server, kubectl);
      };
      const restart = async (): Promise<void> => {
        await server?.end('SIGKILL');
        if (!(await begin())) throw new Error(`the API server does not come back:\n${server?.log()}`);
      };
      if (await begin())
        return { folder, kubeconfig, accountKey: accountKeyIn(folder), kubectl, restart, stop };
      const log = server?.log();
      await server?.end();
      if (attempt === tries) throw new Error(`no API server:\n${etcd.log()}\n${log}`);
    }
  } catch (error) {
    await stop();
    throw error;
  }
}

const accountKeyIn = (folder: string): string => join(folder, 'accounts.pem');

/** On sockets of its folder alone, which it runs in: it takes such names as are a host and a port. */
function startEtcd(program: string, folder: string): ServerProcess {
  const [clients, peers] = ['unix://clients:1', 'unix://peers:1'];
  const words = [
    ...['--data-dir', join(folder, 'etcd'), '--name', 'default', '--unsafe-no-fsync'],
    ...['--listen-client-urls', clients, '--advertise-client-urls', clients],
    ...['--listen-peer-urls', peers, '--initial-advertise-peer-urls', peers],
    ...['--initial-cluster', `default=${peers}`],
  ];
  return startServerProcess([program, ...words], folder, 'etcd');
}

/** The command of a server, and what it reads. */
async function serverWords(
  program: string,
  folder: string,
  cluster: ClusterPlace | undefined,
): Promise<readonly string[]> {
  const { address } = cluster ?? { address: '127.0.0.1' };
  const port = cluster === undefined ? await freePort() : 6443;
  const token = randomBytes(16).toString('hex');
  const file = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content, { mode: 0o600 });
    return join(folder, name);
  };
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(accountKeyIn(folder), privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  const key = accountKeyIn(folder);
  const config = {
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'test' },
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    users: [{ name: 'test', user: { token } }],
    clusters: [
      {
        name: 'test',
        cluster: {
          server: `https://${address}:${port}`,
          'certificate-authority': certificateIn(folder),
        },
      },
    ],
  };
  file('kubeconfig', JSON.stringify(config));
  return [
    program,
    ...['--etcd-servers', `unix://${folder}/clients:1`, '--cert-dir', join(folder, 'certificates')],
    ...['--bind-address', address, '--advertise-address', address, '--secure-port', String(port)],
    ...['--token-auth-file', file('tokens.csv', `${token},test,test,system:masters\n`)],
    ...['--service-account-issuer', 'https://kubernetes.default.svc.cluster.local'],
    ...['--service-cluster-ip-range', servicesRange, '--authorization-mode', 'RBAC'],
    ...['--service-account-key-file', key, '--service-account-signing-key-file', key],
    ...(cluster === undefined
      ? // Nobody makes accounts: there is no controller.
        ['--endpoint-reconciler-type', 'none', '--disable-admission-plugins', 'ServiceAccount']
      : ['--allow-privileged', '--kubelet-preferred-address-types', 'InternalIP']),
  ];
}

async function isReady(server: ServerProcess, kubectl: ApiServer['kubectl']): Promise<boolean> {
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
