import { request as ask } from 'node:http';
import { request as askTls, type RequestOptions } from 'node:https';
import { BatchV1Api, CoreV1Api, type V1DeleteOptions } from '@kubernetes/client-node';
import { ok } from '../../core/result.ts';
import { type Cluster, container } from './cluster.ts';
import { call, type OpenedConfig } from './open-config.ts';

/** A cluster's Jobs, by its API. Nothing is asked yet. */
export function openCluster({ config, namespace }: OpenedConfig): Cluster {
  const batch = config.makeApiClient(BatchV1Api);
  const core = config.makeApiClient(CoreV1Api);
  // With the version 0 the server answers from what it has in memory.
  const cached = { namespace, resourceVersion: '0' };
  return {
    async create(body) {
      const made = await call('making a Job', () => batch.createNamespacedJob({ namespace, body }), [409]);
      return made.ok ? ok(made.value === undefined ? 'there' : 'made') : made;
    },
    look: (labelSelector) =>
      call('looking at its Jobs', async () => {
        const [jobs, pods] = await Promise.all([
          batch.listNamespacedJob({ ...cached, labelSelector }),
          core.listNamespacedPod({ ...cached, labelSelector }),
        ]);
        return { jobs: jobs.items, pods: pods.items };
      }) as ReturnType<Cluster['look']>,
    async warnings() {
      const fieldSelector = 'involvedObject.kind=Job,type=Warning';
      const events = await call('asking for events', () =>
        core.listNamespacedEvent({ namespace, fieldSelector }),
      );
      const items = events.ok ? (events.value?.items ?? []) : [];
      return new Map(items.map(({ involvedObject, message = '' }) => [involvedObject.name ?? '', message]));
    },
    async remove(name) {
      const body: V1DeleteOptions = { propagationPolicy: 'Background', gracePeriodSeconds: 0 };
      const gone = await call(
        'removing a Job',
        () => batch.deleteNamespacedJob({ namespace, name, body }),
        [404],
      );
      return gone.ok ? ok(undefined) : gone;
    },
    readLog: (pod, onLine, signal) =>
      readLog(config, `/api/v1/namespaces/${namespace}/pods/${pod}/log`, onLine, signal),
  };
}

/**
 * The client's own reader of logs says nothing of a connection that breaks. A pod that is not there yet, or no more, has no log: whoever
 * asks looks at the pod next.
 */
async function readLog(
  config: OpenedConfig['config'],
  path: string,
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const server = config.getCurrentCluster()?.server ?? '';
  const url = new URL(`${server.replace(/\/$/, '')}${path}?container=${container}&follow=true`);
  const options: RequestOptions = { signal };
  try {
    await config.applyToHTTPSOptions(options);
  } catch {
    return;
  }
  await new Promise<void>((resolve) => {
    const end = (): void => resolve();
    if (signal.aborted) return end();
    const request = (url.protocol === 'https:' ? askTls : ask)(url, options, (response) => {
      response.on('close', end).on('error', end);
      if (response.statusCode !== 200) return void response.resume();
      let rest = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        const lines = `${rest}${text}`.split('\n');
        rest = lines.pop() ?? '';
        lines.forEach(onLine);
      });
    });
    request.on('error', end).on('close', end).end();
  });
}
