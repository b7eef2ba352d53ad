import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { Ran } from '../rig/host.ts';
import { kubeconfigFor } from '../rig/kubeconfig.ts';
import { compileProgram, type Program, programAt } from '../rig/program.ts';
import { reportIn, verdictsOf } from '../rig/report.ts';
import { suite } from '../rig/suite.ts';
import { podUser, startWorkerPods, type WorkerPods } from '../rig/worker-pods.ts';

interface World {
  readonly folder: string;
  readonly program: Program;
}

/**
 * The sample in pods that are processes of another user, over stores that all share: what the machines of a cluster do, without the time
 * that images and kubelets take.
 */
const test = suite<World>('a cluster whose pods are another user');

test.before(async (context, defer) => {
  const folder = mkdtempSync(join(tmpdir(), 'cluster-faults-'));
  defer(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }));
  chmodSync(folder, 0o755);
  Object.assign(context, { folder, program: await compileProgram(folder) });
});

/** A folder with settings, whose runs have a cache in it. */
function machine(
  { folder }: World,
  name: string,
  store: string,
): { readonly root: string; readonly start: Program['start'] } {
  const root = join(folder, name);
  mkdirSync(root, { recursive: true });
  const kubernetes = 'kubernetes: { image: registry.example.com/eksd-rebuild:1, parallelism: 2 }\n';
  writeFileSync(join(root, 'eksd-rebuild.yaml'), `store: ${store}\n${kubernetes}`);
  return {
    root,
    start: programAt(root, process.execPath, [join(folder, 'package', 'dist', 'cli.js')]).start,
  };
}

interface Running {
  readonly ended: Promise<Ran & { readonly seconds: number }>;
}

/** Verifies the sample in the cluster. */
function verify({ root, start }: ReturnType<typeof machine>, { server }: WorkerPods): Running {
  const began = performance.now();
  const child = start(['verify', 'sample', '--on', 'kubernetes'], root, {
    env: kubeconfigFor(server.url).env,
  });
  const said = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk) => (said.stdout += chunk));
  child.stderr?.on('data', (chunk) => (said.stderr += chunk));
  const ended = new Promise<Ran & { readonly seconds: number }>((resolve) => {
    child.once('close', (code) =>
      resolve({ code: code ?? 137, ...said, seconds: (performance.now() - began) / 1000 }),
    );
  });
  return { ended };
}

/** The sample's release is called so. */
const verdictsIn = (root: string) => verdictsOf(reportIn(join(root, 'out', 'v1-0-eks-1', 'report.json')));

/** Nodes whose deed was begun though a result of it was stored. */
function madeTwice({ told }: WorkerPods): readonly string[] {
  return told.flatMap(({ type, node }, at) =>
    type === 'started' && told.slice(0, at).some((before) => before.type === 'made' && before.node === node)
      ? [node]
      : [],
  );
}

let calm: readonly string[] = [];

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
    calm = verdictsIn(first.root);
    assert.ok(pods.told.filter(({ how }) => how === 'ran').length > 4, JSON.stringify(pods.told));
    assert.equal(madeTwice(pods), []);
    const before = pods.server.pods.length;
    const second = machine(world, 'second', `{ remote: ${shared} }`);
    const warm = await verify(second, pods).ended;
    assert.is(warm.code, 0, warm.stdout + warm.stderr);
    assert.equal(verdictsIn(second.root), calm);
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

test.run();
