import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { exampleKeys } from '../rig/ecr.ts';
import type { Ran } from '../rig/host.ts';
import { kubeconfigFor } from '../rig/kubeconfig.ts';
import { compileProgram, type Program, programAt } from '../rig/program.ts';
import { reportIn, verdictsOf } from '../rig/report.ts';
import { type Fault, makeBucket, startStorage } from '../rig/s3.ts';
import { suite } from '../rig/suite.ts';
import { podUser, startWorkerPods, type WorkerPods } from '../rig/worker-pods.ts';

interface World {
  readonly folder: string;
  readonly program: Program;
  /** What one machine by itself comes to. */
  readonly alone: ReturnType<typeof outcomeIn>;
}

/**
 * The sample in pods that are processes of another user, over stores that all share: what the machines of a cluster do, without the time
 * that images and kubelets take (that is `kubernetes-engine.test.ts`).
 */
const test = suite<World>('a cluster in which much goes wrong');

test.before(async (context, defer) => {
  const folder = mkdtempSync(join(tmpdir(), 'cluster-faults-'));
  defer(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }));
  chmodSync(folder, 0o755);
  Object.assign(context, { folder, program: await compileProgram(folder) });
  const { root, runIn } = machine(context, 'alone', '{}');
  const ran = await runIn(root, ['verify', 'sample']);
  assert.is(ran.code, 0, ran.stdout + ran.stderr);
  Object.assign(context, { alone: outcomeIn(root) });
});

/** A folder with settings, whose runs have a cache in it. */
function machine({ folder }: World, name: string, store: string): Program & { readonly root: string } {
  const root = join(folder, name);
  mkdirSync(root, { recursive: true });
  const kubernetes = 'kubernetes: { image: registry.example.com/eksd-rebuild:1, parallelism: 2 }\n';
  writeFileSync(join(root, 'eksd-rebuild.yaml'), `store: ${store}\n${kubernetes}`);
  return { root, ...programAt(root, process.execPath, [join(folder, 'package', 'dist', 'cli.js')]) };
}

interface Running {
  readonly ended: Promise<Ran & { readonly seconds: number }>;
  kill(): void;
}

/** Verifies the sample in the cluster. */
function verify({ root, start }: ReturnType<typeof machine>, { server }: WorkerPods): Running {
  const began = performance.now();
  const child = start(['verify', 'sample', '--on', 'kubernetes'], root, {
    env: { ...kubeconfigFor(server.url).env, ...exampleKeys },
  });
  const said = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk) => (said.stdout += chunk));
  child.stderr?.on('data', (chunk) => (said.stderr += chunk));
  const ended = new Promise<Ran & { readonly seconds: number }>((resolve) => {
    child.once('close', (code) =>
      resolve({ code: code ?? 137, ...said, seconds: (performance.now() - began) / 1000 }),
    );
  });
  return { ended, kill: () => child.kill('SIGKILL') };
}

/** Verdicts, and the digest of what each task made. */
function outcomeIn(root: string) {
  // The sample's release is called so.
  const report = reportIn(join(root, 'out', 'v1-0-eks-1', 'report.json'));
  return { verdicts: verdictsOf(report), trees: report.nodes.map(({ id, tree }) => `${id}: ${tree}`) };
}

/** Nodes whose deed was begun though a result of it was stored. */
function madeTwice({ told }: WorkerPods): readonly string[] {
  return told.flatMap(({ type, node }, at) =>
    type === 'started' && told.slice(0, at).some((before) => before.type === 'made' && before.node === node)
      ? [node]
      : [],
  );
}

test('pods of another user share a folder that is open to their group; a second machine builds nothing', async (world) => {
  const shared = join(world.folder, 'shared');
  mkdirSync(shared);
  chownSync(shared, 0, podUser);
  chmodSync(shared, 0o2770);
  const pods = await startWorkerPods(world.program, join(world.folder, 'pods'));
  try {
    const first = machine(world, 'first', `{ remote: ${shared} }`);
    const ran = await verify(first, pods).ended;
    assert.is(ran.code, 0, ran.stdout + ran.stderr);
    assert.match(ran.stdout, '✔ identical / comparable / all: ');
    assert.equal(outcomeIn(first.root), world.alone);
    assert.ok(pods.told.filter(({ how }) => how === 'ran').length > 4, JSON.stringify(pods.told));
    assert.equal(madeTwice(pods), []);
    const before = pods.server.pods.length;
    const second = machine(world, 'second', `{ remote: ${shared} }`);
    const warm = await verify(second, pods).ended;
    assert.is(warm.code, 0, warm.stdout + warm.stderr);
    assert.equal(outcomeIn(second.root), world.alone);
    assert.is(pods.server.pods.length, before);
    const took = /took .*? MiB\)/.exec(warm.stderr)?.[0];
    assert.ok(took, warm.stderr);
    process.stdout.write(
      `first ${ran.seconds.toFixed(0)} s, ${before} pods; second ${warm.seconds.toFixed(1)} s, ${took} `,
    );
  } finally {
    await pods.close();
  }
});

test('what pods may not write to is told with the folder, and with what to do', async (world) => {
  const shared = join(world.folder, 'closed');
  mkdirSync(shared, { mode: 0o755 });
  const pods = await startWorkerPods(world.program, join(world.folder, 'pods-refused'));
  try {
    const ran = await verify(machine(world, 'refused', `{ remote: ${shared} }`), pods).ended;
    assert.is(ran.code, 4, ran.stdout + ran.stderr);
    assert.match(ran.stdout + ran.stderr, `${shared}/`);
    assert.match(ran.stdout + ran.stderr, `All who share ${shared} have to be let`);
    assert.equal(pods.told, [], 'nothing is made that nobody would find');
  } finally {
    await pods.close();
  }
});

/** What goes wrong in a run, in all. FAULTS says it otherwise: `pod=2 api=1`. */
const faults: Readonly<Record<string, number>> =
  process.env['FAULTS'] === undefined
    ? { pod: 5, api: 4, refused: 5, cut: 4, orchestrator: 2 }
    : Object.fromEntries(
        process.env['FAULTS'].split(' ').map((each) => {
          const [kind = '', times] = each.split('=');
          return [kind, Number(times)];
        }),
      );

/** A node is tried three times (`engine/execute.ts`): who loses more is told so, and that is no fault of the program. */
const mostLost = 2;

test('twenty faults in one run: the same verdicts, and nothing that was stored is made again', async (world) => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
  const random = randomFrom(seed);
  const due: { fault: Fault; left: number } = { fault: undefined, left: 0 };
  const storage = await startStorage(({ method }) => {
    const fits = due.fault === 'half an answer' ? method === 'GET' : true;
    if (due.left === 0 || !fits) return undefined;
    due.left -= 1;
    return due.fault;
  });
  await makeBucket(storage, 'builds');
  const pods = await startWorkerPods(world.program, join(world.folder, 'pods-faults'), exampleKeys);
  try {
    const place = `{ remote: s3://builds/shared, region: us-east-1, s3: { endpoint: "${storage.url}" } }`;
    const there = machine(world, 'faults', place);
    let running = verify(there, pods);
    let isOver = false;
    const lost = new Map<string, number>();
    const happened: string[] = [];
    const kinds = Object.entries(faults).flatMap(([kind, times]) => Array<string>(times).fill(kind));
    const order = kinds.map((kind) => ({ kind, at: random() })).sort((a, b) => a.at - b.at);
    const deed: Readonly<Record<string, () => Promise<boolean>>> = {
      async pod() {
        const can = [...pods.running].filter(({ title }) => (lost.get(title) ?? 0) < mostLost);
        const pod = can[Math.floor(random() * can.length)];
        if (pod === undefined) return false;
        lost.set(pod.title, (lost.get(pod.title) ?? 0) + 1);
        pod.kill();
        return true;
      },
      async api() {
        pods.server.down(true);
        await setTimeout(1000 + random() * 2000);
        pods.server.down(false);
        return true;
      },
      async refused() {
        Object.assign(due, { fault: { status: 503, code: 'SlowDown' }, left: 1 });
        return true;
      },
      async cut() {
        Object.assign(due, { fault: 'half an answer', left: 1 });
        return true;
      },
      async orchestrator() {
        running.kill();
        await running.ended;
        running = verify(there, pods);
        return true;
      },
    };
    const watch = async (): Promise<Awaited<Running['ended']>> => {
      for (;;) {
        const current = running;
        const ran = await current.ended;
        if (running === current && ran.code !== 137) return ran;
        await setTimeout(50);
      }
    };
    const result = watch().finally(() => {
      isOver = true;
    });
    while (order.length > 0 && !isOver) {
      await setTimeout(500 + random() * 2000);
      if (pods.told.length === 0 || isOver) continue;
      const next = order.findIndex(({ kind }) => kind !== 'pod' || pods.running.size > 0);
      const [fault] = order.splice(Math.max(next, 0), 1);
      if (fault === undefined) break;
      if (await deed[fault.kind]?.()) happened.push(fault.kind);
      else order.push(fault);
    }
    const ran = await result;
    const about = `seed ${seed}, ${happened.join(' ')}\n${ran.stdout}${ran.stderr}`;
    assert.is(ran.code, 0, about);
    assert.equal(outcomeIn(there.root), world.alone, about);
    assert.equal(madeTwice(pods), [], about);
    assert.is(pods.server.jobs.size, 0, about);
    assert.is(
      happened.length,
      Object.values(faults).reduce((sum, each) => sum + each, 0),
      about,
    );
    process.stdout.write(
      `seed ${seed}: ${happened.length} faults, ${pods.server.pods.length} pods, ${ran.seconds.toFixed(0)} s `,
    );
  } finally {
    await pods.close();
    await storage.stop();
  }
});

/** Numbers in [0, 1) that a seed repeats (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

test.run();
