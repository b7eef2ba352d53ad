/**
 * Runs the tests: `unit` (everything but test/real, in one process), `real` (each file of test/real in a process of its own), or `all`.
 * uvu has no time limit, and a crash in one file would silence the rest: both are watched from outside.
 * The last line is `N passed, N failed`.
 */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const uvu = ['--import', 'tsx', join('node_modules', 'uvu', 'bin.js'), '--color', 'test'];

interface Batch {
  readonly name: string;
  readonly pattern: string;
  /** Seconds. */
  readonly limit: number;
}

const real = readdirSync(join(root, 'test', 'real')).filter((name) => name.endsWith('.test.ts'));

const batches: readonly Batch[] = [
  { name: 'unit', pattern: String.raw`^(?!.*\breal\b).*\.test\.ts$`, limit: 60 },
  ...real.sort().map((name) => ({ name, pattern: `real/${name.replaceAll('.', '\\.')}$`, limit: 900 })),
];

const [which = 'all', filter = ''] = process.argv.slice(2);
const chosen = batches.filter(
  (batch) =>
    (which === 'all' || (which === 'unit') === (batch.name === 'unit')) && batch.name.includes(filter),
);

let passed = 0;
let failed = 0;
for (const batch of chosen) {
  const result = await runBatch(batch);
  passed += result.passed;
  failed += result.failed;
}
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

function runBatch(batch: Batch): Promise<{ readonly passed: number; readonly failed: number }> {
  const started = Date.now();
  const child = spawn(process.execPath, [...uvu, batch.pattern], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const take = (chunk: Buffer) => {
    output += chunk;
    process.stdout.write(chunk);
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  const timer = setTimeout(() => {
    process.stdout.write(`\n${batch.name}: no end after ${batch.limit} s\n`);
    child.kill('SIGKILL');
  }, batch.limit * 1000);
  return new Promise((resolve) => {
    child.on('close', (code) => {
      clearTimeout(timer);
      const total = countAfter(output, 'Total:');
      const good = countAfter(output, 'Passed:');
      const seconds = ((Date.now() - started) / 1000).toFixed(1);
      process.stdout.write(`${batch.name}: ${good} of ${total} in ${seconds} s\n`);
      // A process that ended badly failed even where every test that it came to passed; so did one without tests.
      const broken = (code !== 0 && good === total) || total === 0 ? 1 : 0;
      resolve({ passed: good, failed: total - good + broken });
    });
  });
}

function countAfter(output: string, label: string): number {
  const match = new RegExp(`${label}\\s*(?:\\u001b\\[[0-9;]*m)?\\s*(\\d+)`).exec(output);
  return Number(match?.[1] ?? 0);
}
