/**
 * What a second worker saves: `node --import tsx test/bench/workers.ts RELEASE [WORKERS...] [-- WORDS OF VERIFY...]`. Each worker has one
 * processor and one pod at a time; pods begin with nothing but a shared folder, which is empty at first. Compares with what one machine by itself
 * comes to, in the cache of EKSD_REBUILD_CACHE: each task's tree, and each file's verdict. That cache's clones are there from the beginning.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { kubeconfigFor } from '../rig/kubeconfig.ts';
import { compileProgram, type Program, programAt } from '../rig/program.ts';
import { reportIn, verdictsOf } from '../rig/report.ts';
import { podUser, startWorkerPods } from '../rig/worker-pods.ts';

const words = process.argv.slice(2);
const end = words.includes('--') ? words.indexOf('--') : words.length;
const [release = 'sample', ...counts] = words.slice(0, end);
const more = words.slice(end + 1);
const own = process.env['EKSD_REBUILD_CACHE'];

const folder = mkdtempSync(join(tmpdir(), 'workers-'));
chmodSync(folder, 0o755);
try {
  await compileProgram(folder);
  const alone = await verify('alone', '{}', []);
  const took = new Map<number, number>();
  for (const workers of counts.length === 0 ? [1, 2] : counts.map(Number)) {
    const seconds = await verifyBy(workers, alone.outcome);
    took.set(workers, seconds);
    process.stdout.write(`${release} by ${workers} of one processor: ${seconds.toFixed(1)} s\n`);
  }
  const [one, two] = [took.get(1), took.get(2)];
  if (one !== undefined && two !== undefined) {
    process.stdout.write(`two are ${(one / two).toFixed(2)} times as fast as one, asked for are 1.8\n`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
}

/** @returns seconds of the whole command. */
async function verifyBy(workers: number, alone: unknown): Promise<number> {
  const shared = join(folder, `shared-${workers}`);
  mkdirSync(shared);
  chownSync(shared, 0, podUser);
  chmodSync(shared, 0o2770);
  const free = Array.from({ length: workers }, (_, processor) => processor);
  const start: Program['start'] = (...call) => {
    const processor = free.shift();
    if (processor === undefined) throw new Error('more pods at once than there are workers');
    const cli = [process.execPath, join(folder, 'package', 'dist', 'cli.js')];
    const child = programAt(folder, 'taskset', ['-c', String(processor), ...cli]).start(...call);
    // Whoever waits for its end makes the next one then.
    child.prependListener('close', () => free.push(processor));
    return child;
  };
  const pods = await startWorkerPods({ start }, join(folder, `pods-${workers}`));
  try {
    const kubernetes = `{ image: registry.example.com/eksd-rebuild:1, parallelism: ${workers} }`;
    const settings = `{ remote: ${shared} }\nkubernetes: ${kubernetes}\n`;
    const ran = await verify(`by-${workers}`, settings, ['--on', 'kubernetes'], pods.server.url);
    assert.equal(ran.outcome, alone);
    const nodes = pods.told.filter(({ how }) => how === 'ran').length;
    process.stdout.write(`${pods.server.pods.length} pods, which made ${nodes} trees\n`);
    return ran.seconds;
  } finally {
    await pods.close();
  }
}

async function verify(name: string, store: string, options: readonly string[], server?: string) {
  const root = join(folder, name);
  mkdirSync(root);
  writeFileSync(join(root, 'eksd-rebuild.yaml'), `store: ${store}\n`);
  const program = programAt(root, process.execPath, [join(folder, 'package', 'dist', 'cli.js')]);
  const env: Record<string, string> = {};
  if (server !== undefined) Object.assign(env, kubeconfigFor(server).env);
  else if (own !== undefined) env['EKSD_REBUILD_CACHE'] = own;
  if (server !== undefined && own !== undefined) {
    mkdirSync(program.cache);
    execFileSync('cp', ['-a', '--link', join(own, 'git'), join(own, 'version'), program.cache]);
  }
  const began = performance.now();
  const file = join(root, 'report.json');
  const asked = ['verify', release, ...more, ...options, '--log', 'line', '--report', file];
  const child = program.start(asked, root, { env });
  for (const output of [child.stdout, child.stderr]) output?.pipe(process.stderr, { end: false });
  const code = await new Promise((resolve) => child.once('close', resolve));
  const seconds = (performance.now() - began) / 1000;
  assert.is(code, 0, `${name} ended with ${code}`);
  const report = reportIn(file);
  const trees = report.nodes.map(({ id, tree }) => `${id}: ${tree}`);
  return { seconds, outcome: { verdicts: verdictsOf(report), trees } };
}
