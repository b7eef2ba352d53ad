import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { digestOf } from '../../orchestrator/core/digest.ts';
import { ok } from '../../orchestrator/core/result.ts';
import { clusterPlace } from '../../orchestrator/engine/kubernetes/place.ts';
import { runGraph } from '../../orchestrator/engine/run.ts';
import { openCluster } from '../../orchestrator/tool/kubernetes/open-cluster.ts';
import { openConfig } from '../../orchestrator/tool/kubernetes/open-config.ts';
import { graphOf, type TestNode } from '../engine/nodes.ts';
import { newRig, performIn } from '../engine/rig.ts';
import { type SimulatedNodes, startSimulatedNodes } from '../rig/simulated-nodes.ts';
import { suite } from '../rig/suite.ts';

const test = suite<{ nodes: SimulatedNodes }>('many tasks on simulated nodes');

/** Tasks of a project, beside the toolchain that all of them share. */
const links = 5;

const projects = Number(process.env['TASKS'] ?? 10_000) / links;

/** Pods at once. */
const parallelism = Number(process.env['PODS'] ?? 200);

test.before(async (context, defer) => {
  context.nodes = await startSimulatedNodes(20);
  defer(() => context.nodes.stop());
});

function graph() {
  const parts = ['go'];
  for (let project = 0; project < projects; project++)
    for (let link = 0; link < links; link++) {
      const name = `n${project}`;
      parts.push(link === 0 ? name : `${name}.${link} <- go ${name}${link === 1 ? '' : `.${link - 1}`}`);
    }
  const { nodes } = graphOf(parts.join(';'));
  const projectsOf = (id: string) => (id === 'go' ? ['many', 'more'] : [id.replace(/\..*/, '')]);
  return { nodes: new Map([...nodes].map(([id, node]) => [id, { ...node, projects: projectsOf(id) }])) };
}

test('a Job a project, and nothing is left', async ({ nodes: { api, documents } }) => {
  const opened = openConfig({}, { env: { KUBECONFIG: api.kubeconfig }, accountHome: undefined });
  if (!opened.ok) throw new Error(JSON.stringify(opened.error));
  const rig = newRig();
  const asked = graph();
  const place = clusterPlace<TestNode>({
    cluster: openCluster(opened.value),
    pods: {
      ...{ image: 'registry.example.com/eksd-rebuild:1', platform: 'linux/amd64', isolation: 'namespace' },
      ...{ words: ['--store', '/shared'], requests: { cpu: '1', memory: '4Gi' }, longest: 3600 },
    },
    settings: { mirrors: {}, memory: 2 ** 32, processes: 100, minutes: 60, sandbox: 'where-possible' },
    ...{ parallelism, store: rig.store, clock: performance.now.bind(performance) },
    ...{ isHere: () => false, here: performIn(rig), isFetching: () => true },
    settle: async () => undefined,
    put: async (text) => {
      writeFileSync(join(documents, digestOf(text)), text);
      return ok(digestOf(text));
    },
    wait: async (milliseconds) => void (await setTimeout(milliseconds)),
  });
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  const before = process.cpuUsage();
  const began = performance.now();
  let memory = 0;
  const looking = setInterval(() => (memory = Math.max(memory, process.memoryUsage().rss)), 100);
  const outcomes = await runGraph<TestNode>({
    ...{ graph: asked, ...place.on(asked), inputsOf: rig.inputsOf },
    ...{ limits: { network: 1, processor: 1, memory: 1 }, demandOf: () => ({}), failFast: false },
    depths: { ofResult: () => undefined, ofNeeds: () => undefined },
    signal: new AbortController().signal,
    onEvent: () => undefined,
    isWanted: () => false,
    ...{ clock: () => performance.now(), random: Math.random },
  });
  await place.close();
  clearInterval(looking);
  delay.disable();
  const { user, system } = process.cpuUsage(before);
  const tasks = asked.nodes.size;
  const seconds = (performance.now() - began) / 1000;
  const requests = await requestsOf(api);
  process.stdout.write(
    `${tasks} tasks in ${seconds.toFixed(1)} s: ${((seconds * 1000) / tasks).toFixed(1)} ms a task, of a processor ${((user + system) / 1000 / tasks).toFixed(1)} ms; ` +
      `${(memory / 2 ** 20).toFixed(0)} MiB, event loop late by ${(delay.percentile(99) / 1e6).toFixed(0)} ms (99 %), ${(delay.max / 1e6).toFixed(0)} ms (most)\n${JSON.stringify(requests)}\n`,
  );
  const ends = [...outcomes.values()].map(({ end }) => end);
  const failed = ends.find(({ status }) => status !== 'ran');
  assert.is(failed, undefined, JSON.stringify(failed));
  assert.is(ends.length, tasks);
  const left = await api.kubectl('get', 'jobs', '--all-namespaces', '--output=name');
  assert.is(left.stdout, '', left.stderr);
});

/** Requests of one namespace, as the API server counts them: its parts ask for all of them. By verb and what for. */
async function requestsOf({ kubectl }: SimulatedNodes['api']): Promise<Readonly<Record<string, number>>> {
  const { stdout } = await kubectl('get', '--raw', '/metrics');
  const counts: Record<string, number> = {};
  for (const [, labels = '', count] of stdout.matchAll(/^apiserver_request_total\{(.*)\} (\S+)$/gm)) {
    const label = (name: string) => new RegExp(`(?:^|,)${name}="([^"]*)"`).exec(labels)?.[1] ?? '';
    if (!/^(jobs|pods|events)$/.test(label('resource'))) continue;
    const name = [label('verb'), label('resource'), label('subresource'), label('scope'), label('code')].join(
      ' ',
    );
    counts[name] = (counts[name] ?? 0) + Number(count);
  }
  return counts;
}

test.run();
