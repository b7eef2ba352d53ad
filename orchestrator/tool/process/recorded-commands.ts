import type { CommandRecord } from './process.ts';

const isolations: readonly unknown[] = ['namespace', 'none', 'allowed'];
const sandboxes: readonly unknown[] = ['whole', 'partial', undefined];

/** Whether what somebody else says is what is recorded of commands; `null` stands for an exit code that is not there. */
export function areCommandRecords(
  value: unknown,
): value is readonly (Omit<CommandRecord, 'exitCode'> & { readonly exitCode?: number | null })[] {
  return Array.isArray(value) && value.every(isCommandRecord);
}

export function areTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

function isCommandRecord(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { argv, cwd, env, exitCode, seconds, isolation, sandbox } = value as Readonly<
    Record<string, unknown>
  >;
  const isRun = areTexts(argv) && argv.length > 0 && typeof cwd === 'string' && isDuration(seconds);
  const isEnv = typeof env === 'object' && env !== null && areTexts(Object.values(env));
  const isExit = exitCode === undefined || exitCode === null || typeof exitCode === 'number';
  return isRun && isEnv && isExit && isolations.includes(isolation) && sandboxes.includes(sandbox);
}

/** Seconds, as a clock may tell them. */
export function isDuration(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
