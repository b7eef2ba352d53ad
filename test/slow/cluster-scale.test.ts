import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { digestOf } from '../../orchestrator/core/digest.ts';
import { ok } from '../../orchestrator/core/result.ts';
import { clusterPlace } from '../../orchestrator/engine/kubernetes/place.ts';
import { runGraph } from '../../orchestrator/engine/run.ts';
import type { Graph } from '../../orchestrator/plan/node.ts';
import { openCluster } from '../../orchestrator/tool/kubernetes/open-cluster.ts';
import { openConfig } from '../../orchestrator/tool/kubernetes/open-config.ts';
import { graphOf, type TestNode } from '../engine/nodes.ts';
import { newRig, performIn } from '../engine/rig.ts';
import { type SimulatedNodes, startSimulatedNodes } from '../rig/simulated-nodes.ts';
import { suite } from '../rig/suite.ts';

const test = suite<{ nodes: SimulatedNodes }>('many tasks on simulated nodes');

/** Tasks of a project, beside the toolchain that all of them share. */
const links = 5;

/** TASKS=10000 takes ten minutes of two processors, nearly all of which are the API server's. */
const projects = Number(process.env['TASKS'] ?? 2000) / links;

/** Pods at once. */
const parallelism = Number(process.env['PODS'] ?? 100);

/** Requests that a Job takes: it is made, its log read, and it is taken away. */
const requestsOfJob = 3;

/** Milliseconds of a processor for a Job. */
const most = 60;

test.before(async (context, defer) => {
  context.nodes = await startSimulatedNodes(20);
  defer(() => context.nodes.stop());
});

/** Projects of which each has a chain of tasks that need one toolchain. @param prefix makes its documents those of no other graph. */
function graph(prefix: string, count: number): Graph<TestNode> {
  const parts = [`${prefix}go`];
  for (let project = 0; project < count; project++)
    for (let link = 0; link < links; link++) {
      const name = `${prefix}${project}`;
      const before = link === 1 ? name : `${name}.${link - 1}`;
      parts.push(link === 0 ? name : `${name}.${link} <- ${prefix}go ${before}`);
    }
  const { nodes } = graphOf(parts.join(';'));
  const projectsOf = (id: string) => (id.endsWith('go') ? ['many', 'more'] : [id.replace(/\..*/, '')]);
  return { nodes: new Map([...nodes].map(([id, node]) => [id, { ...node, projects: projectsOf(id) }])) };
}

/** Runs a graph in the cluster; gives how its tasks ended, each way once, and how many Jobs are left. */
async function run({ api, documents }: SimulatedNodes, asked: Graph<TestNode>) {
  const opened = openConfig({}, { env: { KUBECONFIG: api.kubeconfig }, accountHome: undefined });
  if (!opened.ok) throw new Error(JSON.stringify(opened.error));
  const rig = newRig();
  const place = clusterPlace<TestNode>({
    cluster: openCluster(opened.value),
    pods: {
      ...{ image: 'registry.example.com/eksd-rebuild:1', platform: 'linux/amd64', isolation: 'namespace' },
      ...{ words: ['--store', '/shared'], requests: { cpu: '1', memory: '4Gi' }, longest: 3600 },
    },
    settings: { mirrors: {}, memory: 2 ** 32, processes: 100, minutes: 60, sandbox: 'where-possible' },
    ...{ parallelism, store: rig.store, clock: () => performance.now() },
    ...{ isHere: () => false, here: performIn(rig), isFetching: () => true },
    settle: async () => undefined,
    put: async (text) => {
      writeFileSync(join(documents, digestOf(text)), text);
      return ok(digestOf(text));
    },
    wait: async (milliseconds) => void (await setTimeout(milliseconds)),
  });
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
  const left = await api.kubectl('get', 'jobs', '--output=name');
  return {
    ends: [...new Set([...outcomes.values()].map(({ end }) => JSON.stringify(end)))],
    left: left.stdout + left.stderr,
  };
}

const allRan = { ends: ['{"status":"ran"}'], left: '' };

test('a Job a project, few requests a Job, and nothing is left', async ({ nodes }) => {
  const asked = graph('many', projects);
  const tasks = asked.nodes.size;
  const delay = monitorEventLoopDelay({ resolution: 10 });
  let memory = 0;
  const looking = setInterval(() => {
    memory = Math.max(memory, process.memoryUsage.rss());
  }, 100);
  delay.enable();
  const [before, began] = [process.cpuUsage(), performance.now()];
  assert.equal(await run(nodes, asked), allRan);
  const [{ user, system }, took] = [process.cpuUsage(before), performance.now() - began];
  delay.disable();
  clearInterval(looking);
  const { jobs, logs, lists } = await requestsOf(nodes.api);
  const processor = (user + system) / 1000;
  const milliseconds = (nanoseconds: number): string => `${(nanoseconds / 1e6).toFixed(0)} ms`;
  process.stdout.write(
    `\n${tasks} tasks, ${parallelism} Jobs at once: ${(took / tasks).toFixed(1)} ms a task, of a processor ` +
      `${(processor / tasks).toFixed(1)} ms; ${(memory / 2 ** 20).toFixed(0)} MiB, event loop late by ` +
      `${milliseconds(delay.percentile(50))} (50 %), ${milliseconds(delay.percentile(99))} (99 %); ` +
      `requests: ${jobs} of Jobs, ${logs} of logs, ${lists} lists `,
  );
  // Lists are asked for by the second. A machine that has much else to do loses some logs, whose Jobs are made again.
  assert.ok(jobs >= 2 * (projects + 1), `${jobs} of Jobs`);
  assert.ok(jobs + logs < (requestsOfJob + 1.5) * (projects + 1), `${jobs} of Jobs, ${logs} of logs`);
  assert.ok(lists < 3 * (took / 1000 + 2), `${lists} lists in ${took} ms`);
  assert.ok(processor / (projects + 1) < most, `${processor} ms of a processor`);
});

test('an API server that is killed meanwhile changes nothing', async ({ nodes }) => {
  const running = run(nodes, graph('again', 40));
  await setTimeout(3000);
  await nodes.api.restart();
  assert.equal(await running, allRan);
});

/** Requests of this program, as the API server counts them: its own parts make and take away no Jobs, and list them of all namespaces. */
async function requestsOf({ kubectl }: SimulatedNodes['api']) {
  const { stdout } = await kubectl('get', '--raw', '/metrics');
  const counts = { jobs: 0, logs: 0, lists: 0 };
  for (const [, labels = '', count] of stdout.matchAll(/^apiserver_request_total\{(.*)\} (\S+)$/gm)) {
    const is = (text: string): boolean => labels.includes(text);
    const isOfJobs = is('resource="jobs"') && is('subresource=""');
    if (isOfJobs && (is('verb="POST"') || is('verb="DELETE"'))) counts.jobs += Number(count);
    else if (is('subresource="log"')) counts.logs += Number(count);
    else if (is('verb="LIST"') && is('scope="namespace"') && /resource="(jobs|pods|events)"/.test(labels))
      counts.lists += Number(count);
  }
  return counts;
}

test.run();
