import { readFileSync } from 'node:fs';

/** Programs of the machine that tests call: the list of all of them. */
const programs = readFileSync(new URL('programs', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => line.split(' ')[0] ?? '');

export default {
  entry: ['orchestrator/cli.ts', 'test/**/*.test.ts', 'test/real/store-writer.ts', 'test/rig/build-tools.ts', 'test/rig/simulated-pods.ts', 'test/bench/*.ts'],
  project: ['orchestrator/**/*.{ts,tsx}', 'test/**/*.ts'],
  ignoreBinaries: programs,
};
