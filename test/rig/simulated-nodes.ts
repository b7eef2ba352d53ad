import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ApiServer, kubernetesStamp, startApiServer } from './api-server.ts';
import { makeCertificates } from './certificates.ts';
import { goTools } from './go-tools.ts';
import { startServerProcess } from './server-process.ts';

/** A cluster whose control plane is real, and whose nodes only say that pods run and end (kwok), at once. */
export interface SimulatedNodes {
  readonly api: ApiServer;
  /** Where a pod's document is looked for, in a file that is called by its digest. */
  readonly documents: string;
  /** What its programs said last. */
  logs(): string;
  stop(): Promise<void>;
}

/** Objects a second that a part of the control plane may ask the API for: what they do by default would be measured, else. */
const rate = ['--kube-api-qps=5000', '--kube-api-burst=10000'];

/** What makes pods of Jobs, takes away what nobody owns any more, and says that nodes are there, which nothing is brought to before. */
const controllers = 'job-controller,garbage-collector-controller,node-lifecycle-controller';

/** Starts one of so many nodes, of programs that are built once from pinned modules, which takes many minutes. */
export async function startSimulatedNodes(count: number): Promise<SimulatedNodes> {
  const control = await goTools('node', ['kube-scheduler', 'kube-controller-manager'], kubernetesStamp);
  const { kwok = '' } = await goTools('kwok', ['kwok'], '');
  const api = await startApiServer();
  const ends: (() => unknown)[] = [() => api.stop()];
  const stop = async (): Promise<void> => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    const documents = join(api.folder, 'documents');
    mkdirSync(documents);
    const pods = await startPods(documents, join(api.folder, 'kubelet'));
    ends.push(pods.stop);
    const known = ['--kubeconfig', api.kubeconfig];
    const alone = ['--leader-elect=false', '--secure-port=0', ...rate];
    const commands = {
      'kube-controller-manager': [
        ...[...known, ...alone, `--controllers=${controllers}`],
        ...[
          '--concurrent-job-syncs=20',
          '--concurrent-gc-syncs=20',
          '--use-service-account-credentials=false',
        ],
      ],
      'kube-scheduler': [...known, ...alone],
      kwok: [...known, '--manage-all-nodes', '--node-lease-duration-seconds=40'],
    };
    const servers = Object.entries(commands).map(([name, words]) => {
      const program = name === 'kwok' ? kwok : (control[name] ?? '');
      const server = startServerProcess([program, ...words], api.folder, name);
      ends.push(() => server.end('SIGKILL'));
      return server;
    });
    await addNodes(api, count, pods.port);
    return { api, documents, logs: () => servers.map((each) => each.log()).join('\n'), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** @param port at which their kubelet answers. */
async function addNodes({ folder, kubectl }: ApiServer, count: number, port: number): Promise<void> {
  const room = { cpu: '64', memory: '512Gi', pods: '110' };
  const items = Array.from({ length: count }, (_, at) => ({
    ...{ apiVersion: 'v1', kind: 'Node' },
    metadata: {
      name: `node-${at}`,
      labels: { 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' },
    },
    status: {
      addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
      daemonEndpoints: { kubeletEndpoint: { Port: port } },
      ...{ allocatable: room, capacity: room },
    },
  }));
  const file = join(folder, 'nodes.json');
  writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  const made = await kubectl('create', '-f', file);
  const ready = await kubectl('wait', '--for=condition=Ready', 'node', '--all', '--timeout=120s');
  if (made.code !== 0 || ready.code !== 0) throw new Error(`no nodes: ${made.stderr}${ready.stderr}`);
}

async function startPods(documents: string, folder: string) {
  const { server } = makeCertificates(folder);
  const program = join(dirname(fileURLToPath(import.meta.url)), 'simulated-pods.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', program, documents, server.key, server.cert], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout.once('data', (text) => resolve(Number(text)));
    child.once('exit', (code) => reject(new Error(`the kubelet of simulated nodes ended with ${code}`)));
  });
  const stop = async (): Promise<void> => {
    kill();
    process.off('exit', kill);
    await ended;
  };
  return { port, stop };
}
