import { setTimeout } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { writePodLine } from '../../../orchestrator/engine/kubernetes/pod-lines.ts';
import { runGraph } from '../../../orchestrator/engine/run.ts';
import { asNodeId } from '../../../orchestrator/plan/node-base.ts';
import { suite } from '../../rig/suite.ts';
import { broken, endsOf, offline, told } from '../rig.ts';
import { type ClusterRig, newClusterRig, projectsIn } from './cluster-rig.ts';

const test = suite<{ rigs: ClusterRig[] }>('tasks in a cluster');

test.before.each((context, defer) => {
  const rigs: ClusterRig[] = [];
  context.rigs = rigs;
  defer(() => Promise.all(rigs.map((rig) => rig.close())));
});

async function rigFor(rigs: ClusterRig[], ...given: Parameters<typeof newClusterRig>): Promise<ClusterRig> {
  const rig = await newClusterRig(...given);
  rigs.push(rig);
  return rig;
}

/** A graph as a release's: one toolchain for two projects, of which each has a source, modules and two builds. */
const release = 'go; A1 B1; A2 <- go A1; B2 <- go B1; A3 <- A2 go; A4 <- A2 go; B3 <- B2 go';

const jobsMade = ({ server }: ClusterRig) => server.requests.filter((each) => each.startsWith('POST')).length;

test('what serves one project goes into one pod, each once, and nothing of it is left', async ({ rigs }) => {
  const rig = await rigFor(rigs);
  const outcomes = await rig.runThere(release);
  assert.is(endsOf(outcomes), 'go:ran A1:ran B1:ran A2:ran B2:ran A3:ran A4:ran B3:ran');
  assert.equal([...rig.ran].sort(), ['A1', 'A2', 'A3', 'A4', 'B1', 'B2', 'B3', 'go']);
  assert.is(jobsMade(rig), 3);
  const titles = rig.server.pods.map(({ job }) => job.metadata?.annotations?.['eksd-rebuild/title']);
  assert.equal(titles.sort(), ['A', 'B', 'title of go']);
  await rig.place.close();
  assert.is(rig.server.jobs.size, 0);
  assert.equal(rig.place.missing(), ['no sandbox']);
  assert.is(endsOf(await rig.runThere(release)), endsOf(outcomes).replaceAll('ran', 'cached'));
});

test('a chain begins when what it needs of others is there, and nodes start when a pod says so', async ({
  rigs,
}) => {
  const rig = await rigFor(rigs);
  await rig.runThere('go; A1; A2 <- go A1');
  assert.equal(rig.ran, ['go', 'A1', 'A2']);
  const events = told(rig.events).filter((each) => /^(start|end) (go|A)/.test(each));
  assert.equal(
    events.map((each) => each.split(' ').slice(0, 2).join(' ')),
    ['start go', 'end go', 'start A1', 'end A1', 'start A2', 'end A2'],
  );
});

test('a failure is told as the worker has it, is not tried again, and stops nothing else', async ({
  rigs,
}) => {
  const rig = await rigFor(rigs);
  rig.deed = (node) => (node.id === 'A2' ? broken : `output of ${node.id}`);
  const outcomes = await rig.runThere(release);
  assert.is(endsOf(outcomes), 'go:ran A1:ran B1:ran A2:failed B2:ran A3:skipped A4:skipped B3:ran');
  assert.equal(outcomes.get(asNodeId('A2'))?.end, { status: 'failed', failure: broken });
  assert.equal(
    rig.ran.filter((id) => id === 'A2'),
    ['A2'],
  );
  rig.server.requests.length = 0;
  rig.deed = () => broken;
  const other = await rig.runThere('go2; C1; C2 <- go2 C1');
  assert.is(endsOf(other), 'go2:failed C1:failed C2:skipped');
  assert.is(jobsMade(rig), 2);
});

test("the network's fault is tried again in another pod", async ({ rigs }) => {
  const rig = await rigFor(rigs);
  let tries = 0;
  rig.deed = (node) => {
    if (node.id === 'A1') tries += 1;
    return node.id === 'A1' && tries < 4 ? offline : `output of ${node.id}`;
  };
  assert.is(endsOf(await rig.runThere('A1; A2 <- A1')), 'A1:ran A2:ran');
  assert.is(jobsMade(rig), 2, 'three tries of a worker, and one more');
});

for (const [how, lose] of [
  ['evicted', (pod) => pod.become({ phase: 'Failed', reason: 'Evicted', message: 'low on disk' })],
  ['killed', (pod) => pod.exit(137)],
  ['removed', (pod) => pod.vanish()],
] as readonly (readonly [string, (pod: ClusterRig['server']['pods'][number]) => void])[]) {
  test(`a pod that is ${how} is made again, and what it had finished is not`, async ({ rigs }) => {
    const rig = await rigFor(rigs);
    let isLost = false;
    rig.server.onPod = (pod) =>
      void rig.work(pod, (line) => {
        if (!isLost && line.type === 'started' && line.node === 'A2') {
          isLost = true;
          lose(pod);
        }
        if (rig.server.jobs.has(pod.job.metadata?.name ?? '')) pod.write(writePodLine(line));
      });
    const holding = rig.deed;
    rig.deed = async (node, context) => {
      // Its first pod never comes to its end.
      if (node.id === 'A2' && rig.ran.filter((id) => id === 'A2').length === 1)
        return new Promise(() => undefined);
      return holding(node, context);
    };
    // What went with its log is found in the store.
    assert.match(endsOf(await rig.runThere('A1; A2 <- A1; A3 <- A2')), /^A1:(ran|cached) A2:ran A3:ran$/);
    assert.equal(rig.ran, ['A1', 'A2', 'A2', 'A3']);
    assert.is(jobsMade(rig), 2);
  });
}

test('an image that nobody has is named, and so is a cluster without room', async ({ rigs }) => {
  const rig = await rigFor(rigs);
  const state = {
    waiting: { reason: 'ImagePullBackOff', message: 'not found: registry.example.com/eksd-rebuild:1' },
  };
  const container = { name: 'worker', image: '', imageID: '', ready: false, restartCount: 0, state };
  rig.server.onPod = (pod) => pod.become({ phase: 'Pending', containerStatuses: [container] });
  const image = (await rig.runThere('A1; A2 <- A1')).get(asNodeId('A1'))?.end;
  assert.equal(
    image?.status === 'failed' && [
      image.failure.reason,
      'isPassing' in image.failure && image.failure.isPassing,
    ],
    ['cluster', false],
  );
  assert.match(JSON.stringify(image), 'ImagePullBackOff: not found');
  assert.is(jobsMade(rig), 1);
  rig.server.warning = 'pods "x" is forbidden: exceeded quota';
  const room = (await rig.runThere('B1')).get(asNodeId('B1'))?.end;
  assert.match(JSON.stringify(room), 'exceeded quota');
  await rig.place.close();
  assert.is(rig.server.jobs.size, 0);
});

test('an API that is away for a while, ill, or loses connections is waited for', async ({ rigs }) => {
  const rig = await rigFor(rigs);
  rig.server.answer(/^POST/, 500, { message: 'etcd has no leader' }, 2);
  rig.server.answer(/^GET .*pods$/, 429, { message: 'too many requests' }, 3);
  rig.deed = async (node) => {
    if (node.id === 'A1') rig.server.cutLogs();
    if (node.id === 'A2') {
      rig.server.down(true);
      await setTimeout(200);
      rig.server.down(false);
    }
    return `output of ${node.id}`;
  };
  assert.is(endsOf(await rig.runThere('A1; A2 <- A1; A3 <- A2')), 'A1:ran A2:ran A3:ran');
  assert.equal(rig.ran, ['A1', 'A2', 'A3']);
});

test('a log that breaks off is read again, each line once, while its pod goes on', async ({ rigs }) => {
  const rig = await rigFor(rigs);
  const logsAsked = () => rig.server.requests.filter((each) => each.endsWith('/log')).length;
  rig.deed = async (node) => {
    for (const asked of node.id === 'A2' ? [1, 2, 3] : []) {
      while (logsAsked() < asked) await setTimeout(5);
      rig.server.pods[0]?.write('{"type":"progress","node":"A2","te');
      rig.server.cutLogs();
      rig.server.pods[0]?.write(`xt":"after ${asked}"}\n`);
    }
    return `output of ${node.id}`;
  };
  assert.is(endsOf(await rig.runThere('A1; A2 <- A1; A3 <- A2')), 'A1:ran A2:ran A3:ran');
  assert.equal(
    told(rig.events).filter((each) => /^(say|start) A/.test(each)),
    ['start A1', 'start A2', 'say A2 after 1', 'say A2 after 2', 'say A2 after 3', 'start A3'],
  );
});

test('who may not is told so at once, with what to do', async ({ rigs }) => {
  const rig = await rigFor(rigs);
  rig.server.answer(/^POST/, 403, { message: 'jobs.batch is forbidden: User "x" cannot create' }, 9);
  const end = (await rig.runThere('A1; A2 <- A1')).get(asNodeId('A1'))?.end;
  assert.match(JSON.stringify(end), 'cannot create');
  assert.match(JSON.stringify(end), '--policy');
  assert.is(jobsMade(rig), 1);
});

test('an orchestrator that starts again finds its Job, and goes on with it', async ({ rigs }) => {
  const rig = await rigFor(rigs);
  const graph = projectsIn('A1; A2 <- A1');
  let free = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    free = resolve;
  });
  rig.deed = async (node) => {
    if (node.id === 'A2') await gate;
    return `output of ${node.id}`;
  };
  // What a killed one leaves: its Job, and nobody who waits for it.
  const killed = new AbortController();
  rig.server.answer(/^DELETE/, 503, { message: 'this one is dead' });
  const dead = rig.runThere('A1; A2 <- A1', { signal: killed.signal });
  while (!rig.ran.includes('A2')) await setTimeout(5);
  killed.abort();
  await dead;
  assert.is(rig.server.jobs.size, 1);
  const second = rig.again();
  const going = runGraph({
    ...{ graph, ...second.on(graph), inputsOf: rig.inputsOf },
    ...{ limits: { network: 1, processor: 1, memory: 1 }, demandOf: () => ({}), failFast: false },
    depths: { ofResult: () => undefined, ofNeeds: () => undefined },
    signal: new AbortController().signal,
    onEvent: () => undefined,
    ...{ clock: Date.now, random: Math.random },
  });
  await setTimeout(100);
  free();
  assert.is(endsOf(await going), 'A1:cached A2:ran');
  assert.equal(rig.ran, ['A1', 'A2']);
  assert.is(rig.server.pods.length, 1);
  await second.close();
});

test('an interruption takes away what was made', async ({ rigs }) => {
  const rig = await rigFor(rigs);
  rig.deed = () => new Promise(() => undefined);
  const stop = new AbortController();
  const running = rig.runThere('A1 B1; A2 <- A1', { signal: stop.signal });
  while (rig.ran.length < 2) await setTimeout(5);
  assert.is(rig.server.jobs.size, 2);
  stop.abort();
  assert.is(endsOf(await running), 'A1:aborted B1:aborted A2:aborted');
  await rig.place.close();
  assert.is(rig.server.jobs.size, 0);
});

test('no more pods at once than were allowed', async ({ rigs }) => {
  const rig = await rigFor(rigs, { parallelism: 2 });
  let most = 0;
  rig.deed = async (node) => {
    most = Math.max(most, rig.server.jobs.size);
    await setTimeout(20);
    return `output of ${node.id}`;
  };
  assert.is(endsOf(await rig.runThere('A1 B1 C1 D1 E1')), 'A1:ran B1:ran C1:ran D1:ran E1:ran');
  assert.is(most, 2);
});

test('what is done here is done here, and parts a chain', async ({ rigs }) => {
  const rig = await rigFor(rigs, { isHere: ({ id }) => id === 'A2' });
  assert.is(endsOf(await rig.runThere('A1; A2 <- A1; A3 <- A2; A4 <- A1')), 'A1:ran A2:ran A3:ran A4:ran');
  const titles = rig.server.pods.map(({ job }) => job.metadata?.annotations?.['eksd-rebuild/title']);
  assert.equal(titles, ['A', 'title of A3']);
});

test('where a policy keeps pods from the network, what compiles is in none that fetches', async ({
  rigs,
}) => {
  const rig = await rigFor(rigs, { isolation: 'policy' });
  assert.is(
    endsOf(await rig.runThere('A1f; A2f <- A1f; A3 <- A2f; A4 <- A2f')),
    'A1f:ran A2f:ran A3:ran A4:ran',
  );
  const pods = rig.server.pods.map(({ job }) => [
    job.spec?.template.metadata?.labels?.['eksd-rebuild/network'],
    job.spec?.template.spec?.securityContext?.seccompProfile?.type,
  ]);
  assert.equal(pods, [
    ['allowed', 'RuntimeDefault'],
    ['none', 'RuntimeDefault'],
  ]);
});

test('another version of the program in a pod is named, and never reaches a result', async ({ rigs }) => {
  const rig = await rigFor(rigs);
  rig.server.onPod = (pod) =>
    void rig.work(pod, (line) => {
      const other = { ...line, ...(line.type === 'made' ? { key: line.tree } : {}) };
      pod.write(writePodLine(other));
    });
  const end = (await rig.runThere('A1')).get(asNodeId('A1'))?.end;
  assert.match(JSON.stringify(end), 'another key');
  rig.store.results.clear();
  rig.server.onPod = (pod) => {
    pod.become({ phase: 'Running' });
    pod.write('SyntaxError: what is this\n{"type":"made"}\n');
    pod.exit(70);
  };
  const fault = (await rig.runThere('B1')).get(asNodeId('B1'))?.end;
  assert.match(JSON.stringify(fault), 'ended with 70');
});

test.run();
