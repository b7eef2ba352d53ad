/**
 * The figures of docs/reference/figures.md on the sample, or those of a release: `make bench [RELEASE=v1-30-eks-5 [PROJECT=...] [PLATFORM=...]]`.
 * Compares within one run, since machines are noisy: by hand, by the program, by hand as upstream does.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { judgeFaults, lineOf, type Run, scoreOf } from '../faults/score.ts';
import { compileByHand } from './by-hand.ts';
import { measureEmptyTasks } from './empty-tasks.ts';
import { measurePacking } from './packing.ts';
import { type Program, runProgram } from './recorded-run.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const mebibyte = 1024 ** 2;

const [release, ...projects] = process.argv.slice(2);
const cache =
  process.env['EKSD_REBUILD_CACHE'] ??
  join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'eksd-rebuild');
const program: Program = {
  cli: join(root, 'dist', 'cli.js'),
  cache,
  report: join(mkdtempSync(join(tmpdir(), 'eksd-bench-')), 'report.json'),
};
if (!existsSync(program.cli)) throw new Error('build the program first: make build');

if (release === undefined || release === '') {
  line('10,000 empty tasks', seconds(await measureEmptyTasks()), 'at most 1 s');
  // Programs that every machine has which can build any.
  const goroot = execFileSync('go', ['env', 'GOROOT'], { encoding: 'utf8' }).trim();
  const packing = await measurePacking(join(goroot, 'bin'));
  line('packing programs', seconds(packing.ours));
  line(
    'tar | gzip -6',
    seconds(packing.theirs),
    `ratio ${ratio(packing.ours, packing.theirs)}, at most 1.25`,
  );
  bench('sample', []);
  await scoreFaults();
} else {
  const platform = process.env['PLATFORM'] ?? '';
  bench(release, [
    ...projects.filter((project) => project !== '').flatMap((project) => ['--project', project]),
    ...(platform === '' ? [] : ['--platform', platform]),
  ]);
}
rmSync(dirname(program.report), { recursive: true });

async function scoreFaults(): Promise<void> {
  process.stdout.write('\nfaults:\n');
  const run: Run = async (argv, cwd) => {
    const args = [program.cli, '--cache', program.cache, ...argv];
    const ran = spawnSync(process.execPath, args, { cwd, encoding: 'utf8', maxBuffer: 1 << 26 });
    return { code: ran.status ?? -1, said: ran.stdout + ran.stderr };
  };
  const judged = await judgeFaults(run, (each) => process.stdout.write(`${lineOf(each)}\n`));
  const score = scoreOf(judged);
  line('causes named first', `${score.named} of ${score.all}`, 'at least 95 %');
  line('named wrongly as if sure', `${score.misled}`, 'none');
}

function bench(name: string, selection: readonly string[]): void {
  const words = ['verify', name, ...selection];
  // Fetches what is needed, so that only compiling is compared.
  runProgram(program, words);
  const cold = runProgram(program, [...words, '--fresh']);
  const { shared, upstream } = compileByHand(cold, program);
  // A machine's speed drifts by more than what is looked for: once before what it is compared with, and once after it.
  // The whole process counts: only compile tasks had to run, and what the program takes besides counts against it.
  const compiled = (cold.seconds + runProgram(program, [...words, '--fresh']).seconds) / 2;
  const again = runProgram(program, words);
  const { identical, comparable, all } = cold.totals;
  process.stdout.write(`\n${name}: identical / comparable / all: ${identical} / ${comparable} / ${all}\n`);
  line('compile tasks of a cold run', seconds(compiled));
  line('the same go commands by hand', seconds(shared), `ratio ${ratio(compiled, shared)}, at most 1.05`);
  line("upstream's way by hand", seconds(upstream), `ratio ${ratio(compiled, upstream)}, at most 0.65`);
  line('again, nothing changed', seconds(again.seconds), 'at most 1 s');
  line(
    'peak memory of the orchestrator',
    `${(cold.peakMemory / mebibyte).toFixed(0)} MiB`,
    'at most 200 MiB',
  );
}

function line(name: string, figure: string, target = ''): void {
  process.stdout.write(`${name.padEnd(34)}${figure.padStart(10)}  ${target}\n`);
}

function seconds(value: number): string {
  return `${value.toFixed(2)} s`;
}

function ratio(a: number, b: number): string {
  return (a / b).toFixed(2);
}
