import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { main } from '../../orchestrator/main.ts';
import { type ClusterServer, type ServedPod, serveCluster } from '../rig/cluster-server.ts';
import { forgetGoCalls, goCalls, onGo } from '../rig/fake-go.ts';
import { kubeconfigFor } from '../rig/kubeconfig.ts';
import { endsOf, reportOf, verdictsOf } from '../rig/report.ts';
import { suite } from '../rig/suite.ts';
import { newWorld, type World } from '../rig/world.ts';
import { release } from '../rig/world-content.ts';

const test = suite<{ world: World; server: ClusterServer; workers: Promise<unknown>[] }>(
  'a release in a cluster',
);

test.before(async (context, defer) => {
  const world = await newWorld();
  const server = await serveCluster();
  const workers: Promise<unknown>[] = [];
  defer(() => server.close());
  mkdirSync(join(world.folder, 'shared'));
  writeFileSync(
    join(world.folder, 'cluster.yaml'),
    `store: { remote: ./shared }
kubernetes:
  image: registry.example.com/eksd-rebuild:1
  volumes:
    - { at: ${world.folder}, hostPath: ${world.folder} }
`,
  );
  server.onPod = (pod) => void workers.push(work(pod, world, workers.length));
  Object.assign(context, { world, server, workers });
});

/** What a node does with a pod: the program, in a folder and with a cache of its own, and nothing of who asked for it. */
async function work(pod: ServedPod, { folder, host }: World, count: number): Promise<void> {
  pod.become({ phase: 'Running' });
  const cwd = join(folder, 'pods', String(count));
  mkdirSync(cwd, { recursive: true });
  const write = (text: string) => pod.write(text);
  const output = { ...host.stdout, write, draw: write };
  const env = { PATH: host.env['PATH'] ?? '', HOME: cwd, EKSD_REBUILD_CACHE: cacheIn(cwd, folder) };
  pod.exit(await main(pod.args, { ...host, cwd, env, stdout: output, stderr: output }));
}

/** A cache of another machine's, whose fake go finds the world that it writes down its calls in. */
function cacheIn(machine: string, folder: string): string {
  mkdirSync(machine, { recursive: true });
  symlinkSync(join(folder, 'goroot'), join(machine, 'goroot'));
  return join(machine, 'cache');
}

function runIn(world: World, server: ClusterServer, words: readonly string[], cache = world.cache) {
  const env = { ...world.host.env, ...kubeconfigFor(server.url).env, EKSD_REBUILD_CACHE: cache };
  const settings = join(world.folder, 'cluster.yaml');
  return world.run([...words, '--on', 'kubernetes', '--settings', settings], { env });
}

test('pods make what this machine would, each once, and nothing is left of them', async ({
  world,
  server,
  workers,
}) => {
  const ran = await runIn(world, server, ['verify', release]);
  await Promise.all(workers);
  assert.is(ran.code, 0, ran.stderr + ran.stdout);
  assert.match(ran.stdout, '✔ identical / comparable / all: 6 / 6 / 7. No comparable file differs.\n');
  const titles = server.pods.map(({ job }) => job.metadata?.annotations?.['eksd-rebuild/title']);
  assert.equal(titles.sort(), ['org/kit', 'org/tool']);
  assert.is(server.jobs.size, 0);
  const report = reportOf(world, release);
  const compiled = goCalls(world.folder).filter((call) => / build /.test(call));
  assert.is(new Set(compiled.map((call) => call.replace(/ -o \S+/, ''))).size, compiled.length);
  assert.is(compiled.length, 4);
  assert.equal(new Set(endsOf(report).map((each) => each.split(': ')[1])), new Set(['ran']));
  assert.ok(verdictsOf(report).includes('org/tool linux/arm64 tool: identical'));
});

test('another machine finds all of it: it starts no pod and no compiler', async ({ world, server }) => {
  forgetGoCalls(world.folder);
  server.requests.length = 0;
  const output = join(world.folder, 'files');
  const second = cacheIn(join(world.folder, 'second'), world.folder);
  const ran = await runIn(world, server, ['build', release, '--output', output], second);
  assert.is(ran.code, 0, ran.stderr);
  assert.equal(goCalls(world.folder), []);
  assert.equal(server.requests, []);
  assert.ok(readdirSync(output, { recursive: true }).some((file) => String(file).endsWith('SHA256SUMS')));
});

test("a compiler's failure is told as it was, once, and the rest goes on", async ({ world, server }) => {
  onGo(world.folder, 'build', 'case $version in *1.20.5*) echo "tool is broken" >&2; exit 1;; esac');
  rmSync(join(world.folder, 'shared'), { recursive: true });
  mkdirSync(join(world.folder, 'shared'));
  forgetGoCalls(world.folder);
  server.pods.length = 0;
  const third = cacheIn(join(world.folder, 'third'), world.folder);
  const ran = await runIn(world, server, ['verify', release], third);
  assert.is(ran.code, 3, ran.stdout + ran.stderr);
  assert.match(ran.stdout, 'tool is broken');
  const report = reportOf(world, release);
  assert.equal(
    verdictsOf(report).filter((each) => each.endsWith('build-failed')),
    ['org/tool linux/amd64 tool: build-failed', 'org/tool linux/arm64 tool: build-failed'],
  );
  assert.is(goCalls(world.folder).filter((call) => /^go1.20.5 .* build/.test(call)).length, 2);
  assert.is(server.pods.length, 2);
});

test('an audit in a cluster records what one on this machine does', async ({ world, server, workers }) => {
  const ran = await runIn(world, server, ['audit', release, '--records', 'there']);
  await Promise.all(workers);
  assert.equal([ran.code, server.pods.length, server.jobs.size], [0, 2, 0], ran.stderr + ran.stdout);
  const env = { ...world.host.env, EKSD_REBUILD_CACHE: join(world.folder, 'other') };
  const here = await world.run(['audit', release, '--records', 'here'], { env });
  assert.is(here.code, 0, here.stderr);
  const recordsIn = (folder: string) => readFileSync(join(world.root, folder, `${release}.jsonl`), 'utf8');
  assert.is(recordsIn('there'), recordsIn('here'));
  assert.is(recordsIn('here').match(/"verdict":"identical"/g)?.length, 6);
});

test('with --fresh pods compile again what is stored, and it comes out the same', async ({
  world,
  server,
  workers,
}) => {
  onGo(world.folder, 'build', '');
  const calm = await runIn(world, server, ['verify', release]);
  assert.is(calm.code, 0, calm.stdout + calm.stderr);
  forgetGoCalls(world.folder);
  const ran = await runIn(world, server, ['verify', release, '--fresh']);
  await Promise.all(workers);
  assert.is(ran.code, 0, ran.stdout + ran.stderr);
  assert.is(goCalls(world.folder).filter((call) => / build /.test(call)).length, 4);
  assert.is(server.jobs.size, 0);
  server.pods.length = 0;
});

test('what a cluster needs to be given is said, and asked of nobody', async ({ world, server }) => {
  server.requests.length = 0;
  const env = { ...world.host.env, ...kubeconfigFor(server.url).env };
  const without = await world.run(['verify', release, '--on', 'kubernetes'], { env });
  assert.is(without.code, 2);
  assert.match(without.stderr, 'takes store.remote of the settings');
  const settings = join(world.folder, 'cluster.yaml');
  const plain = readFileSync(settings, 'utf8');
  writeFileSync(settings, plain.replace('{ remote: ./shared }', '{ remote: ./shared, trust: [one.pub] }'));
  const signed = await world.run(['plan', release, '--as', 'argo', '--settings', settings], { env });
  writeFileSync(settings, plain);
  assert.is(signed.code, 2);
  assert.match(signed.stderr, 'pods sign nothing');
  const policy = await runIn(world, server, ['verify', release, '--policy']);
  assert.is(policy.code, 0);
  const { items } = JSON.parse(policy.stdout);
  assert.equal(items[0].rules[0], {
    apiGroups: ['batch'],
    resources: ['jobs'],
    verbs: ['create', 'delete', 'list'],
  });
  assert.equal(server.requests, []);
});

test('a worker that cannot begin says why, and its exit code tells whether another try may help', async ({
  world,
}) => {
  const shared = join(world.folder, 'shared');
  const none = await world.run(['worker', 'a'.repeat(64), '--store', shared]);
  assert.is(none.code, 4);
  assert.match(none.stdout, /"type":"ended","failure":\{.*missing/);
  const wrong = await world.run(['worker', 'no-digest', '--store', shared]);
  assert.is(wrong.code, 2);
});

test.run();
