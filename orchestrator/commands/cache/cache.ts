import { exitCode } from '../../core/exit-code.ts';
import type { Failure } from '../../core/failure.ts';
import { readNumber } from '../../core/number-option.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { openWorkspaceStore } from '../../run/wiring/tools.ts';
import type { GcPolicy, StoreMaintenance } from '../../store/upkeep/maintenance.ts';
import { type GlobalOptions, openWorkspace } from '../../workspace/workspace.ts';
import { telling } from '../words/activity-of.ts';
import { reportFailure } from '../words/report-failure.ts';

const mebibyte = 1024 ** 2;

/** `eksd-rebuild cache size` */
export async function cacheSize(options: GlobalOptions, host: Host): Promise<number> {
  return withStore(options, host, async (store) => {
    const size = await telling(host, 'measuring the cache', store.size);
    if (!size.ok) return size;
    const rows: readonly (readonly [string, number])[] = [
      ['files of trees', size.value.blobs],
      ['trees of their own', size.value.trees],
      ['results', size.value.results],
      ['in the making', size.value.temporary],
      ['git clones', size.value.git],
      ["Go's build cache", size.value.goBuild],
      ['all others', size.value.others],
      ['total', size.value.total],
    ];
    for (const [name, bytes] of rows) host.stdout.write(`${name.padEnd(20)}${inMebibytes(bytes)}\n`);
    host.stdout.write(`in ${store.root}\n`);
    return ok(exitCode.identical);
  });
}

/** `eksd-rebuild cache gc` */
export async function cacheGc(
  options: GlobalOptions & { readonly keepDays: string; readonly maxSize?: string },
  host: Host,
): Promise<number> {
  const policy = policyOf(options);
  if (!policy.ok) return reportFailure(policy.error, host);
  return withStore(options, host, async (store) => {
    const report = await telling(host, 'looking for what is not used', () => store.gc(policy.value));
    if (!report.ok) return report;
    const { results, trees, blobs, temporary, goBuild, published, decoded, freedBytes, keptBytes } =
      report.value;
    const went = `${results} results, ${trees} trees, ${blobs} files of trees, ${temporary} left-overs, ${goBuild} files of Go's build cache, ${published} published files, ${decoded} decoded ones`;
    host.stdout.write(
      `Removed ${went}.\nFreed ${inMebibytes(freedBytes).trim()}, kept ${inMebibytes(keptBytes).trim()}.\n`,
    );
    return ok(exitCode.identical);
  });
}

/** `eksd-rebuild cache check`: exit code 4 where something was damaged. */
export async function cacheCheck(options: GlobalOptions, host: Host): Promise<number> {
  return withStore(options, host, async (store) => {
    const report = await telling(host, 'hashing all that is in the cache', store.check);
    if (!report.ok) return report;
    const { blobs, trees, results, dropped } = report.value;
    host.stdout.write(`Looked at ${blobs} files of trees, ${trees} trees and ${results} results.\n`);
    for (const { what, name, why } of dropped) host.stdout.write(`Dropped ${what} ${name}: ${why}\n`);
    if (dropped.length === 0) host.stdout.write('Everything is as it was written.\n');
    else host.stdout.write('The next run makes again what it needs of these.\n');
    return ok(dropped.length === 0 ? exitCode.identical : exitCode.infrastructure);
  });
}

function policyOf(options: {
  readonly keepDays: string;
  readonly maxSize?: string;
}): Result<GcPolicy, Failure> {
  const { keepDays, maxSize } = options;
  if (maxSize !== undefined) {
    const size = readNumber('--max-size', maxSize, { ...bounds, to: 1_000_000, of: 'a size in GiB' });
    return size.ok ? ok({ maxBytes: size.value * 1024 ** 3 }) : size;
  }
  const days = readNumber('--keep-days', keepDays, { ...bounds, to: 36_500, of: 'a number of days' });
  return days.ok ? ok({ keepDays: days.value }) : days;
}

const bounds = { from: 0, isWhole: false, help: 'See --help.' };

async function withStore(
  options: GlobalOptions,
  host: Host,
  use: (store: StoreMaintenance) => Promise<Result<number, Failure>>,
): Promise<number> {
  const workspace = await openWorkspace(options, host);
  if (!workspace.ok) return reportFailure(workspace.error, host);
  const store = await openWorkspaceStore(workspace.value, host);
  if (!store.ok) return reportFailure(store.error, host);
  try {
    const result = await use(store.value);
    return result.ok ? result.value : reportFailure(result.error, host);
  } finally {
    await store.value.close();
  }
}

function inMebibytes(bytes: number): string {
  return `${(bytes / mebibyte).toFixed(1).padStart(10)} MiB`;
}
