import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { V1Job, V1Pod, V1PodStatus } from '@kubernetes/client-node';

/** A pod of the server's: tests write its log and say what becomes of it. */
export interface ServedPod {
  readonly name: string;
  /** Words of its container. */
  readonly args: readonly string[];
  readonly job: V1Job;
  write(text: string): void;
  /** Its phase, and what else a kubelet says. */
  become(status: V1PodStatus): void;
  /** Its container ended. */
  exit(code: number): void;
  /** Somebody takes it away. */
  vanish(): void;
}

/** As much of a cluster's API as is asked for: Jobs, pods, logs, events. Its control plane makes one pod a Job, which a test plays. */
export interface ClusterServer {
  readonly url: string;
  /** As `METHOD path`, in order. */
  readonly requests: string[];
  readonly jobs: Map<string, V1Job>;
  readonly pods: ServedPod[];
  /** The next requests that fit are answered so, instead. */
  answer(fits: RegExp, status: number, body: object, times?: number): void;
  /** Breaks connections off, and takes no new ones, or takes them again. */
  down(isDown: boolean): void;
  /** What is said of Jobs whose pod nobody makes. */
  warning: string | undefined;
  /** Called with each pod, once it is made; without it pods are pending. */
  onPod: ((pod: ServedPod) => void) | undefined;
  /** Cuts every log that is followed now. */
  cutLogs(): void;
  close(): Promise<void>;
}

interface Log {
  text: string;
  isOver: boolean;
  readonly readers: Set<ServerResponse>;
}

export async function serveCluster(): Promise<ClusterServer> {
  const jobs = new Map<string, V1Job>();
  const logs = new Map<string, Log>();
  const podObjects = new Map<string, V1Pod>();
  const answers: { fits: RegExp; status: number; body: object; left: number }[] = [];
  let isDown = false;
  let count = 0;
  const podFor = (job: V1Job): void => {
    count += 1;
    const name = `${job.metadata?.name}-${count}`;
    const uid = job.metadata?.uid ?? '';
    const spec = job.spec?.template.spec;
    const log: Log = { text: '', isOver: false, readers: new Set() };
    logs.set(name, log);
    podObjects.set(name, {
      metadata: {
        name,
        labels: { ...job.spec?.template.metadata?.labels, 'job-name': job.metadata?.name ?? '' },
        ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: job.metadata?.name ?? '', uid }],
      },
      ...(spec === undefined ? {} : { spec }),
      status: { phase: 'Pending' },
    });
    const end = (): void => {
      log.isOver = true;
      for (const reader of log.readers) reader.end();
    };
    const become = (status: V1PodStatus): void => {
      const pod = podObjects.get(name);
      if (pod !== undefined) pod.status = status;
      if (status.phase === 'Failed' || status.phase === 'Succeeded') end();
    };
    const pod: ServedPod = {
      ...{ name, job, become, args: spec?.containers[0]?.args ?? [] },
      write(text) {
        log.text += text;
        for (const reader of log.readers) reader.write(text);
      },
      exit(exitCode) {
        const state = { terminated: { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error' } };
        const containerStatuses = [
          { name: 'worker', image: '', imageID: '', ready: false, restartCount: 0, state },
        ];
        become({ phase: exitCode === 0 ? 'Succeeded' : 'Failed', containerStatuses });
      },
      vanish() {
        podObjects.delete(name);
        end();
        const there = jobs.get(job.metadata?.name ?? '');
        if (there !== undefined) there.status = { failed: 1 };
      },
    };
    served.pods.push(pod);
    served.onPod?.(pod);
  };
  const server = createServer((request, response) => {
    if (isDown) return void request.socket.destroy();
    void handle(request, response);
  });
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://server');
    const what = `${request.method} ${url.pathname}`;
    served.requests.push(what);
    const json = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    const planned = answers.find(({ fits, left }) => left > 0 && fits.test(what));
    if (planned !== undefined) {
      planned.left -= 1;
      return json(planned.status, planned.body);
    }
    const [, kind, name, part] = /\/(jobs|pods|events)(?:\/([^/]+))?(?:\/(log))?$/.exec(url.pathname) ?? [];
    if (part === 'log') return sendLog(name ?? '', response, json);
    if (request.method === 'POST') return json(...makeJob(await bodyOf(request)));
    if (request.method === 'DELETE') return json(...removeJob(name ?? ''));
    const items =
      kind === 'jobs'
        ? [...jobs.values()]
        : kind === 'pods'
          ? [...podObjects.values()]
          : eventsOf(jobs.keys(), served.warning);
    return json(200, { kind: 'List', metadata: {}, items });
  };
  const makeJob = (job: V1Job): [number, object] => {
    const name = job.metadata?.name ?? '';
    if (jobs.has(name)) return [409, { kind: 'Status', message: `jobs.batch "${name}" already exists` }];
    count += 1;
    const made = { ...job, metadata: { ...job.metadata, uid: `uid-${count}` }, status: { active: 1 } };
    jobs.set(name, made);
    if (served.warning === undefined) podFor(made);
    return [201, made];
  };
  const removeJob = (name: string): [number, object] => {
    if (!jobs.delete(name)) return [404, { kind: 'Status', message: 'not found' }];
    for (const [pod, { metadata }] of podObjects) {
      if (metadata?.labels?.['job-name'] !== name) continue;
      podObjects.delete(pod);
      for (const reader of logs.get(pod)?.readers ?? []) reader.end();
    }
    return [200, { kind: 'Status', status: 'Success' }];
  };
  const sendLog = (
    name: string,
    response: ServerResponse,
    json: (status: number, body: object) => void,
  ): void => {
    const log = logs.get(name);
    if (log === undefined || podObjects.get(name) === undefined) {
      json(404, { message: 'no such pod' });
      return;
    }
    response.writeHead(200, { 'content-type': 'text/plain' });
    response.flushHeaders();
    response.write(log.text);
    if (log.isOver) {
      response.end();
      return;
    }
    log.readers.add(response);
    response.on('close', () => log.readers.delete(response));
  };
  const url = await listen(server);
  const served: ClusterServer = {
    ...{ url, jobs, requests: [], pods: [], warning: undefined, onPod: undefined },
    answer: (fits, status, body, times = 1) => void answers.push({ fits, status, body, left: times }),
    down(is) {
      isDown = is;
      if (is) server.closeAllConnections();
    },
    cutLogs() {
      for (const { readers } of logs.values()) for (const reader of readers) reader.destroy();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return served;
}

function eventsOf(jobs: Iterable<string>, message: string | undefined): readonly object[] {
  if (message === undefined) return [];
  return [...jobs].map((name) => ({ metadata: {}, involvedObject: { name }, type: 'Warning', message }));
}

async function bodyOf(request: IncomingMessage): Promise<V1Job> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return JSON.parse(Buffer.concat(parts).toString('utf8')) as V1Job;
}

function listen(server: Server): Promise<string> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    });
  });
}
