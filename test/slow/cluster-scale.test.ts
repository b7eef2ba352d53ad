import { setTimeout } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { runGraph } from '../../orchestrator/engine/run.ts';
import { type ClusterRig, newClusterRig } from '../engine/kubernetes/cluster-rig.ts';
import { graphOf } from '../engine/nodes.ts';
import { suite } from '../rig/suite.ts';

const test = suite<{ rig: ClusterRig }>('ten thousand tasks in a cluster');

/** Chains, and the tasks of each. */
const [chains, links] = [2000, 5];

/** Pods at once: as many as a cluster of some ten nodes has. */
const parallelism = 200;

/** Milliseconds of a processor that a task may take, those of the cluster's API and of the workers in this process included. */
const most = 20;

test.before(async (context, defer) => {
  context.rig = await newClusterRig({ parallelism });
  defer(() => context.rig.close());
});

function graph() {
  const parts: string[] = [];
  for (let chain = 0; chain < chains; chain++)
    for (let link = 0; link < links; link++)
      parts.push(link === 0 ? `n${chain}` : `n${chain}${'.'.repeat(link)} <- n${chain}${'.'.repeat(link - 1)}`);
  const { nodes } = graphOf(parts.join(';'));
  const projectOf = (id: string) => [id.replace(/\.+$/, '')];
  return { nodes: new Map([...nodes].map(([id, node]) => [id, { ...node, projects: projectOf(id) }])) };
}

test('2,000 projects of five tasks each: a Job a project, and nothing is left', async ({ rig }) => {
  const asked = graph();
  const before = process.cpuUsage();
  const began = performance.now();
  let mostJobs = 0;
  const looking = new AbortController();
  void (async () => {
    for (; !looking.signal.aborted; await setTimeout(20)) mostJobs = Math.max(mostJobs, rig.server.jobs.size);
  })();
  const outcomes = await runGraph({
    ...{ graph: asked, ...rig.place.on(asked), inputsOf: rig.inputsOf },
    ...{ limits: { network: 1, processor: 1, memory: 1 }, demandOf: () => ({}), failFast: false },
    depths: { ofResult: () => undefined, ofNeeds: () => undefined },
    signal: new AbortController().signal,
    onEvent: () => undefined,
    ...{ clock: Date.now, random: Math.random },
  });
  await rig.place.close();
  looking.abort();
  const { user, system } = process.cpuUsage(before);
  const tasks = chains * links;
  const [wall, processor] = [(performance.now() - began) / tasks, (user + system) / 1000 / tasks];
  assert.is(new Set([...outcomes.values()].map(({ end }) => end.status)).size, 1);
  assert.is([...outcomes.values()].filter(({ end }) => end.status === 'ran').length, tasks);
  assert.is(rig.server.pods.length, chains);
  assert.is(rig.server.jobs.size, 0);
  assert.ok(mostJobs <= parallelism && mostJobs > parallelism / 2, `${mostJobs} at once`);
  process.stdout.write(`a task: ${wall.toFixed(1)} ms, of a processor ${processor.toFixed(1)} ms `);
  assert.ok(processor < most, `${processor.toFixed(1)} ms a task`);
});

test.run();
