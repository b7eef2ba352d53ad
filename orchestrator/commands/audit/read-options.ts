import { nearestNames } from '../../config/nearest.ts';
import type { Failure } from '../../core/failure.ts';
import { readNumber } from '../../core/numbers.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Shard } from '../../run/audit/distinct-builds.ts';
import type { RunSettings } from '../../run/prepare/open-run.ts';
import { type VerdictName, verdictNames } from '../../verdict/verify/verdict.ts';
import type { SelectionOptions } from '../../workspace/selection.ts';
import type { GlobalOptions } from '../../workspace/workspace.ts';
import { refuseIdle } from '../words/refuse-idle.ts';
import type { ReleaseChoice } from './choose-releases.ts';

export interface AuditOptions
  extends GlobalOptions,
    SelectionOptions,
    ReleaseChoice,
    Pick<RunSettings, 'requireSandbox' | 'on'> {
  readonly records?: string;
  readonly from?: readonly string[];
  readonly again?: readonly string[];
  readonly budget?: string;
  readonly maxSize?: string;
  readonly shard?: string;
  readonly jobs?: string;
  readonly report?: boolean;
  readonly json?: boolean;
}

/** What of all that is due is done. */
export interface Limits {
  /** From the beginning on; infinite without a budget. */
  readonly milliseconds: number;
  readonly shard: Shard | undefined;
  /** Bytes of the cache; undefined: as many as there are. */
  readonly maxBytes: number | undefined;
  readonly again: ReadonlySet<VerdictName>;
}

/** Errors: `usage`, of a text that is no such limit, and of an option that would be ignored. */
export function readLimits(options: AuditOptions): Result<Limits, Failure> {
  const { budget, shard: part, again = [], report = false } = options;
  const idle = refuseIdle([
    [report && options.jobs !== undefined, '--jobs', 'with --report'],
    [report && budget !== undefined, '--budget', 'with --report'],
    [report && options.maxSize !== undefined, '--max-size', 'with --report'],
    [report && part !== undefined, '--shard', 'with --report'],
    [report && again.length > 0, '--again', 'with --report'],
    [report && options.on !== undefined, '--on', 'with --report'],
    [report && options.requireSandbox === true, '--require-sandbox', 'with --report'],
    [!report && options.json === true, '--json', 'without --report'],
  ]);
  if (!idle.ok) return idle;
  const hours = budget === undefined ? ok(undefined) : readNumber('--budget', budget, hourBounds);
  if (!hours.ok) return hours;
  const size =
    options.maxSize === undefined ? ok(undefined) : readNumber('--max-size', options.maxSize, sizeBounds);
  if (!size.ok) return size;
  const shard = part === undefined ? ok(undefined) : readShard(part);
  if (!shard.ok) return shard;
  const unknown = again.find((name) => !(verdictNames as readonly string[]).includes(name));
  if (unknown !== undefined) {
    const [nearest] = nearestNames(unknown, verdictNames);
    const message = `--again takes a verdict, and ${JSON.stringify(unknown)} is none${nearest === undefined ? '' : `: ${nearest}?`}.`;
    return err({ reason: 'usage', message, help: `Verdicts are ${verdictNames.join(', ')}.` });
  }
  const milliseconds = hours.value === undefined ? Number.POSITIVE_INFINITY : hours.value * 3_600_000;
  const maxBytes = size.value === undefined ? undefined : size.value * 1024 ** 3;
  return ok({ milliseconds, maxBytes, shard: shard.value, again: new Set(again as readonly VerdictName[]) });
}

const hourBounds = {
  ...{ from: 0, to: 100_000, of: 'hours', isWhole: false },
  help: 'What is under way when they are over is brought to its end.',
};

/** One build alone may take more than the least of them. */
const sizeBounds = { from: 0, to: 1_000_000, of: 'a size in GiB', isWhole: false, help: 'See --help.' };

function readShard(text: string): Result<Shard, Failure> {
  const [index, count, ...more] = text
    .split('/')
    .map((part) => (/^[1-9][0-9]{0,5}$/.test(part) ? Number(part) : 0));
  if (index && count && more.length === 0 && index <= count) return ok({ index, count });
  const message = `--shard takes the number of a part and of all parts, such as 3/20, not ${JSON.stringify(text)}.`;
  return err({ reason: 'usage', message, help: 'Parts count from 1; each machine is given another one.' });
}
