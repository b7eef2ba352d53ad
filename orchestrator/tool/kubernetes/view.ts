import { PassThrough, Writable } from 'node:stream';
import {
  CoreV1Api,
  type KubeConfig,
  PortForward,
  type V1Node,
  type V1Pod,
  VersionApi,
} from '@kubernetes/client-node';
import type { Failure } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';
import { call } from './open-config.ts';

/** What a cluster says of itself to who may only look. Errors of all: `cluster`. */
export interface ClusterView {
  /** Of the API server: `v1.30.1-eks-e564799`. */
  version(): Promise<Result<string, Failure>>;
  nodes(): Promise<Result<readonly V1Node[], Failure>>;
  /** Of all namespaces. */
  pods(): Promise<Result<readonly V1Pod[], Failure>>;
  /** The address of a service; undefined where there is none. */
  serviceAddress(namespace: string, name: string): Promise<Result<string | undefined, Failure>>;
  /** Sends bytes to a port of a pod, through the API server, and gives what comes back until `isWhole` says that it is all. */
  ask(
    pod: { readonly namespace: string; readonly name: string },
    port: number,
    bytes: Uint8Array,
    isWhole: (answer: Buffer) => boolean,
  ): Promise<Result<Buffer, Failure>>;
}

/** Objects that are asked for at once: etcd's own limit of an answer is far above. */
const page = 500;

/** Milliseconds that a pod has for an answer. */
const patience = 10_000;

export function viewCluster(config: KubeConfig): ClusterView {
  const core = config.makeApiClient(CoreV1Api);
  const versions = config.makeApiClient(VersionApi);
  return {
    async version() {
      const said = await call('asking for its version', () => versions.getCode());
      return said.ok ? ok(String(said.value?.gitVersion)) : said;
    },
    nodes: () => all('listing its nodes', (asked) => core.listNode(asked)),
    pods: () => all('listing its pods', (asked) => core.listPodForAllNamespaces(asked)),
    async serviceAddress(namespace, name) {
      const what = `looking for the service ${namespace}/${name}`;
      const found = await call(what, () => core.readNamespacedService({ namespace, name }), [404]);
      return found.ok ? ok(found.value?.spec?.clusterIP) : found;
    },
    async ask(pod, port, bytes, isWhole) {
      const what = `asking ${pod.namespace}/${pod.name} at port ${port}`;
      const answer = await call(what, () => askPod(config, pod, port, bytes, isWhole));
      return answer.ok ? ok(answer.value ?? Buffer.alloc(0)) : answer;
    },
  };
}

interface Page<T> {
  readonly items: readonly T[];
  readonly metadata?: { readonly _continue?: string };
}

async function all<T>(
  what: string,
  list: (asked: { limit: number; _continue?: string }) => Promise<Page<T>>,
): Promise<Result<readonly T[], Failure>> {
  const items: T[] = [];
  for (let next: string | undefined; ; ) {
    const asked = next === undefined ? { limit: page } : { limit: page, _continue: next };
    const read = await call(what, () => list(asked));
    if (!read.ok) return read;
    items.push(...(read.value?.items ?? []));
    next = read.value?.metadata?._continue;
    if (next === undefined || next === '') return ok(items);
  }
}

/** @throws what the API or the pod has against it. */
async function askPod(
  config: KubeConfig,
  { namespace, name }: Parameters<ClusterView['ask']>[0],
  port: number,
  bytes: Uint8Array,
  isWhole: (answer: Buffer) => boolean,
): Promise<Buffer> {
  const input = new PassThrough();
  let socket: { close(): void } | undefined;
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise((resolve, reject) => {
      timer = setTimeout(() => reject(new Error('no answer came')), patience);
      let answer = Buffer.alloc(0);
      const output = collector((chunk) => {
        answer = Buffer.concat([answer, chunk]);
        if (isWhole(answer)) resolve(answer);
      });
      // What a pod has against it comes as a text; nothing comes where all is well.
      const errors = collector((chunk) => {
        if (chunk.length > 0) reject(new Error(chunk.toString('utf8').trim()));
      });
      new PortForward(config).portForward(namespace, name, [port], output, errors, input).then((opened) => {
        const ws = typeof opened === 'function' ? opened() : opened;
        socket = ws ?? undefined;
        ws?.on('close', () => reject(new Error('the connection ended')));
        input.write(bytes);
      }, reject);
    });
  } finally {
    clearTimeout(timer);
    socket?.close();
  }
}

function collector(take: (chunk: Buffer) => void): Writable {
  return new Writable({
    write(chunk: Buffer, _, done) {
      take(chunk);
      done();
    },
  });
}
