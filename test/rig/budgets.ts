/** The cold run, whose store others begin from. */
export const coldFile = 'verify-sample.test.ts';

/** Files of test/real beside which nothing may run: what counts the seconds that it takes itself, and what counts what is left of processes. */
export const alone: readonly string[] = ['engine-scale.test.ts', 'orphans.test.ts'];

/** Of what takes more than usual: what it took beside another lane, what runs in the sandbox too, and a quarter, with an empty home. */
export const budgets: Readonly<Record<string, number>> = {
  'faults.test.ts': 400,
  'build-tools.ts': 250,
  'node-versions.test.ts': 260,
  'verify-sample.test.ts': 190,
  'program 3': 150,
  'inspect.test.ts': 140,
  'kubernetes-images.test.ts': 115,
  'unit 2': 90,
  'images-sample.test.ts': 90,
  'program 1': 85,
  'program 2': 85,
  'base-build.test.ts': 75,
  'go-toolchain.test.ts': 75,
  'kill9.test.ts': 75,
  'kubernetes-workspace.test.ts': 75,
  'kubernetes-gopath.test.ts': 65,
  'metadata.test.ts': 65,
};

/** Seconds of processors that a file may take before it is named. It is told apart, and fails only when it is over its limit. */
export function budgetOf(name: string): number {
  return budgets[name] ?? 60;
}
