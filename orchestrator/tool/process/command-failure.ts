import type { Failure } from '../../core/failure.ts';
import { countOf } from '../../core/numbers.ts';
import { shellQuote } from '../../core/shell-quote.ts';
import { type Command, type ProcessOutcome, unenterable } from './process.ts';

/** The last lines of a text: what a person reads first of a long log. */
export function lastLines(text: string, count: number): string {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}

/** What a command that did not succeed means where nothing more particular is known of it. */
export function failureOf(command: Command, outcome: ProcessOutcome): Failure {
  if (outcome.aborted) return { reason: 'aborted' };
  const { mounted } = command;
  if (mounted !== undefined && outcome.spawnError !== undefined && outcome.spawnError !== 'ENOENT') {
    return { reason: 'path-unavailable', path: mounted.at, detail: outcome.spawnError };
  }
  if (outcome.spawnError === unenterable) return { reason: 'unreadable', path: command.cwd };
  if (outcome.spawnError !== undefined) {
    return {
      reason: 'missing-program',
      program: command.program,
      help: `It could not be started (${outcome.spawnError}).`,
    };
  }
  if (outcome.timedOut === undefined && isDiskFull(outcome.stderr))
    return { reason: 'disk-full', path: command.cwd };
  return {
    reason: 'command-failed',
    command: [command.program, ...command.args].map(shellQuote).join(' '),
    exitCode: outcome.exitCode,
    signal: outcome.signal,
    output: [lastLines(outcome.stderr || outcome.stdout, 20), whyEnded(outcome)].filter(Boolean).join('\n'),
  };
}

/** Exit codes of what a signal ended (sh(1)): out of a sandbox no signal comes. */
const killed = 128 + 9;

/** What the output of a command that was ended cannot say. */
function whyEnded({ timedOut, sandbox, exitCode }: ProcessOutcome): string {
  if (timedOut !== undefined)
    return `It was ended after ${countOf(timedOut / 60, 'minute')} ("limits" in the settings).`;
  const isKilled = sandbox !== undefined && exitCode === killed;
  return isKilled ? 'It was killed, as it is where there is no more memory ("limits" in the settings).' : '';
}

export function isDiskFull(text: string): boolean {
  return /no space left on device|disk quota exceeded/i.test(text);
}
