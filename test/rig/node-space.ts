import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmdirSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { childrenOf } from './server-process.ts';

/** Namespaces in which a node of a cluster has a network, processes and folders of its own: all of it ends at once. */
export interface NodeSpace {
  /** What a command begins with to run in there. */
  readonly inside: readonly string[];
  /** The node's address, which this machine reaches. */
  readonly address: string;
  /** This machine's, on the way there. */
  readonly outer: string;
  /** The group of the kernel's that its containers belong below. */
  readonly group: string;
  /** Lets what is in there, and here, reach a server on this machine's loopback by one name, which is given: `10.213.7.1:<port>`. */
  reach(port: number): Promise<string>;
  close(): Promise<void>;
}

/** Folders that a node's programs take for theirs, by names that are compiled into them. */
const own = ['run', 'var/lib', 'var/log'];

/** Opens one. Needs root. @param folder where its folders are, below /tmp. */
export async function openNodeSpace(folder: string): Promise<NodeSpace> {
  for (const each of own) mkdirSync(join(folder, each), { recursive: true });
  const binds = own.map((each) => `mount --rbind ${join(folder, each)} /${each}`);
  // The shell takes what orphans leave. Mounts that the kubelet makes have to come through to containers.
  const script = [
    'set -e',
    ...binds,
    'mount --make-rshared /',
    'hostname node',
    'echo ready',
    'sleep 99999 & wait',
  ];
  const words = ['--mount', '--net', '--pid', '--ipc', '--uts', '--fork', '--kill-child', '--mount-proc'];
  const child = spawn('unshare', [...words, 'sh', '-c', script.join('\n')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.on('exit', () => child.kill('SIGKILL'));
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve());
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`no namespaces: unshare ended with ${code}`)));
  });
  const pid = String(childrenOf(child.pid ?? 0)[0]);
  const inside = ['nsenter', '--target', pid, '--mount', '--net', '--pid', '--ipc', '--uts', '--'];
  const number = unusedNumber();
  const [outer, address, link] = [`10.213.${number}.1`, `10.213.${number}.2`, `eksd${number}`];
  const ip = (...line: readonly string[]) => execFileSync('ip', line);
  const within = (...line: readonly string[]) => execFileSync('nsenter', [...inside.slice(1), 'ip', ...line]);
  ip('link', 'add', link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', pid);
  ip('address', 'add', `${outer}/24`, 'dev', link);
  ip('link', 'set', link, 'up');
  within('link', 'set', 'lo', 'up');
  within('address', 'add', `${address}/24`, 'dev', 'eth0');
  within('link', 'set', 'eth0', 'up');
  within('route', 'add', 'default', 'via', outer);
  const relays: Relay[] = [];
  const group = `eksd-node-${number}`;
  return {
    ...{ inside, address, outer, group: `/${group}` },
    async reach(port) {
      const relay = await startRelay(outer, port);
      relays.push(relay);
      return `${outer}:${relay.port}`;
    },
    async close() {
      for (const relay of relays) relay.close();
      const ended = new Promise((resolve) => child.once('exit', resolve));
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL');
        await ended;
      }
      await removeGroups(group);
    },
  };
}

/** Of a network 10.213.N.0/24 that this machine is not in. */
function unusedNumber(): number {
  const taken = execFileSync('ip', ['-4', '-o', 'address'], { encoding: 'utf8' });
  const numbers = Array.from({ length: 250 }, (_, at) => ((process.pid + at) % 250) + 1);
  const free = numbers.find((number) => !taken.includes(` 10.213.${number}.`));
  if (free === undefined) throw new Error('no network is free');
  return free;
}

interface Relay {
  readonly port: number;
  close(): void;
}

async function startRelay(address: string, to: number): Promise<Relay> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((client) => {
    const through = connect(to, '127.0.0.1');
    for (const socket of [client, through]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
    }
    client.pipe(through).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** What containers' groups leave can be removed when the last process in them is gone, which takes a moment. */
async function removeGroups(group: string): Promise<void> {
  const root = '/sys/fs/cgroup';
  const folders = [root, ...readdirSync(root).map((name) => join(root, name))].map((each) =>
    join(each, group),
  );
  for (let waited = 0; waited < 5000 && folders.some((each) => existsSync(each)); waited += 100) {
    for (const folder of folders.filter((each) => existsSync(each))) removeGroup(folder);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function removeGroup(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) removeGroup(join(folder, entry.name));
  try {
    rmdirSync(folder);
  } catch {
    // Something in it has not ended.
  }
}
