import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type ApiServer, certificateIn, kubernetesStamp, startApiServer } from './api-server.ts';
import { goTools } from './go-tools.ts';
import { type NodeSpace, openNodeSpace } from './node-space.ts';
import { programPath } from './programs.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';

/** A cluster of one node, whose pods run: an API server with its controllers, a kubelet, containerd and runc, a network of pods. */
export interface OneNode {
  readonly api: ApiServer;
  readonly space: NodeSpace;
  /** Has images pulled without TLS from a registry on this machine's loopback: gives the host that they are named by. */
  registry(port: number): Promise<string>;
  /** What its programs said last. */
  logs(): string;
  stop(): Promise<void>;
}

export interface OneNodeOptions {
  /** The name of an image of a program that only waits: it holds each pod together. */
  readonly pause: (registry: OneNode['registry']) => Promise<string>;
}

/** Of EKS Distro's kubeadm, for the cluster's parts that are pods. */
export async function kubeadmProgram(): Promise<string> {
  const { kubeadm = '' } = await goTools('node', ['kubeadm'], kubernetesStamp);
  return kubeadm;
}

const programs = ['kubelet', 'kube-scheduler', 'kube-controller-manager', 'kube-proxy', 'bridge'] as const;

const pods = '10.244.0.0/16';

/** Of a host on loopback. */
export function portOf(host: string): number {
  return Number(host.split(':').at(-1));
}

/** Where CoreDNS is looked for. */
const dnsAddress = '10.96.0.10';

/** Milliseconds for the node to be ready. */
const patience = 120_000;

/** Starts one, of programs that are built once from pinned modules, which takes many minutes. Needs root, containerd and runc. */
export async function startOneNode(options: OneNodeOptions): Promise<OneNode> {
  const paths = await goTools('node', programs, kubernetesStamp);
  const folder = mkdtempSync('/tmp/node-');
  const ends: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true, maxRetries: 20 })];
  const stop = async (): Promise<void> => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    const space = await openNodeSpace(folder);
    ends.push(() => space.close());
    const registry = async (port: number): Promise<string> => {
      const host = await space.reach(port);
      const file = join(folder, 'registries', host, 'hosts.toml');
      mkdirSync(dirname(file), { recursive: true });
      const way = `[host."http://${host}"]\ncapabilities = ["pull", "resolve"]\n`;
      writeFileSync(file, `server = "http://${host}"\n${way}`);
      return host;
    };
    const pause = await options.pause(registry);
    const servers: ServerProcess[] = [];
    const start = (name: string, words: readonly string[]): void => {
      const server = startServerProcess(words, folder, name, space.inside);
      servers.push(server);
      ends.push(() => server.end('SIGKILL'));
    };
    // A release's that was built is put to the test by CNI_PLUGINS: the folder of bridge, host-local and loopback.
    const plugins = process.env['CNI_PLUGINS'] ?? dirname(paths['bridge'] ?? '');
    const config = containerdConfig(folder, pause, plugins);
    start('containerd', [programPath('containerd'), '--config', config]);
    const api = await startApiServer(space);
    ends.push(() => api.stop());
    const known = ['--kubeconfig', api.kubeconfig];
    start('kube-controller-manager', [
      ...[paths['kube-controller-manager'] ?? '', ...known, '--root-ca-file', certificateIn(api.folder)],
      ...['--service-account-private-key-file', api.accountKey, '--leader-elect=false'],
    ]);
    start('kube-scheduler', [paths['kube-scheduler'] ?? '', ...known, '--leader-elect=false']);
    start('kubelet', [
      ...[paths['kubelet'] ?? '', ...known, '--config', kubeletConfig(folder, space)],
      ...['--node-ip', space.address, '--hostname-override', 'node'],
    ]);
    start('kube-proxy', [
      ...[paths['kube-proxy'] ?? '', ...known, '--hostname-override', 'node', '--cluster-cidr', pods],
      // The table of connections is the machine's, and of its size nothing is said in here.
      ...['--conntrack-max-per-core=0', '--conntrack-min=0', '--conntrack-tcp-timeout-established=0'],
      '--conntrack-tcp-timeout-close-wait=0',
    ]);
    const logs = () => servers.map((each) => each.log()).join('\n');
    await isReady(api, logs);
    return { api, space, registry, logs, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function containerdConfig(folder: string, pause: string, plugins: string): string {
  const network = join(folder, 'network');
  mkdirSync(network);
  const list = {
    ...{ cniVersion: '1.0.0', name: 'pods' },
    plugins: [
      {
        ...{ type: 'bridge', bridge: 'pods', isGateway: true, ipMasq: true, hairpinMode: true },
        ipam: { type: 'host-local', ranges: [[{ subnet: pods }]], routes: [{ dst: '0.0.0.0/0' }] },
      },
    ],
  };
  writeFileSync(join(network, 'pods.conflist'), JSON.stringify(list));
  const file = join(folder, 'containerd.toml');
  const cri = 'plugins."io.containerd.grpc.v1.cri"';
  writeFileSync(
    file,
    `version = 2
disabled_plugins = ["io.containerd.internal.v1.opt"]
[${cri}]
sandbox_image = "${pause}"
# Where the machine lets nobody lower it, runc ends otherwise.
restrict_oom_score_adj = true
[${cri}.cni]
bin_dir = "${plugins}"
conf_dir = "${network}"
[${cri}.registry]
config_path = "${join(folder, 'registries')}"
`,
  );
  return file;
}

/** For a machine whose groups (cgroups) are of version 1, and whose disk is shared with others. */
function kubeletConfig(folder: string, { address, outer, group }: NodeSpace): string {
  const file = join(folder, 'kubelet.json');
  // Nobody answers there, and it is not CoreDNS itself, which notices a loop and ends.
  writeFileSync(join(folder, 'resolv.conf'), `nameserver ${outer}\n`);
  const low = ['imagefs.available', 'imagefs.inodesFree', 'nodefs.available', 'nodefs.inodesFree'];
  const config = {
    ...{ apiVersion: 'kubelet.config.k8s.io/v1beta1', kind: 'KubeletConfiguration', address },
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
    authorization: { mode: 'AlwaysAllow' },
    ...{ cgroupDriver: 'cgroupfs', cgroupRoot: group, cgroupsPerQOS: false, failCgroupV1: false },
    ...{ enforceNodeAllocatable: [], failSwapOn: false, localStorageCapacityIsolation: false },
    ...{ containerRuntimeEndpoint: 'unix:///run/containerd/containerd.sock', readOnlyPort: 0 },
    ...{ clusterDNS: [dnsAddress], clusterDomain: 'cluster.local', resolvConf: join(folder, 'resolv.conf') },
    evictionHard: { 'memory.available': '1Mi', ...Object.fromEntries(low.map((name) => [name, '1%'])) },
    ...{ imageGCHighThresholdPercent: 100, imageGCLowThresholdPercent: 99 },
  };
  writeFileSync(file, JSON.stringify(config));
  return file;
}

async function isReady({ kubectl }: ApiServer, logs: () => string): Promise<void> {
  const until = Date.now() + patience;
  while (Date.now() < until) {
    const ran = await kubectl('wait', '--for=condition=Ready', 'node/node', '--timeout=5s');
    const account = await kubectl('get', 'serviceaccount', 'default');
    if (ran.code === 0 && account.code === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`the node is not ready:\n${logs()}`);
}
