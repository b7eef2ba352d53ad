import { exitCode } from '../../core/exit-code.ts';
import type { Failure } from '../../core/failure.ts';
import { countOf } from '../../core/numbers.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { visible } from '../../core/visible.ts';
import type { Host } from '../../host.ts';
import { openRemotePlace } from '../../run/shared/place.ts';
import { checkRemote } from '../../store/remote/check.ts';
import { claimPlace } from '../../store/remote/claim-place.ts';
import { collectRemote } from '../../store/remote/gc.ts';
import type { RemotePlace } from '../../store/remote/place.ts';
import { type SharedUse, sharedPolicy } from '../../store/remote/policy.ts';
import { policyJson } from '../../tool/aws/iam-policy.ts';
import { readBucketPlace } from '../../tool/s3/place.ts';
import { readBucketWay } from '../../tool/s3/way.ts';
import { type GlobalOptions, openWorkspace, type Workspace } from '../../workspace/workspace.ts';
import { telling } from '../words/activity-of.ts';
import { reportFailure } from '../words/report-failure.ts';

/** `cache gc --remote` */
export async function remoteGc(options: GlobalOptions, keepDays: number, host: Host): Promise<number> {
  return withPlace(options, host, true, async (place) => {
    const { now, random } = host;
    const gone = await telling(host, `looking for what is not used in ${place.shown}`, () =>
      collectRemote(place, { keepDays, now, random }),
    );
    if (!gone.ok) return gone;
    const { results, trees, chunks, documents, leftovers, waiting, freed, kept } = gone.value;
    const went = [
      countOf(results, 'result'),
      countOf(trees, 'tree'),
      countOf(chunks, 'chunk'),
      countOf(documents, 'document'),
      countOf(leftovers, 'left-over'),
    ];
    host.stdout.write(`Removed ${went.join(', ')}.\nFreed ${mebibytes(freed)}, kept ${mebibytes(kept)}.\n`);
    if (waiting > 0)
      host.stdout.write(
        `${countOf(waiting, 'tree')} that nothing names any more may be on the way to somebody: a later gc takes what is older than a day.\n`,
      );
    return ok(exitCode.identical);
  });
}

/** `cache check --remote`: exit code 4 where something was damaged. */
export async function remoteCheck(options: GlobalOptions, host: Host): Promise<number> {
  return withPlace(options, host, false, async (place, { store }) => {
    const mayWrite = store.write !== false;
    const report = await telling(host, `hashing all that is in ${place.shown}`, () =>
      checkRemote(place, mayWrite),
    );
    if (!report.ok) return report;
    const { results, trees, chunks, bytes, damaged, stays } = report.value;
    const isDropped = mayWrite && stays === undefined;
    const looked = [countOf(results, 'result'), countOf(trees, 'tree'), countOf(chunks, 'chunk')];
    host.stdout.write(`Looked at ${looked.join(', ')}: ${mebibytes(bytes)}.\n`);
    for (const { name, why } of damaged)
      host.stdout.write(`${isDropped ? 'Dropped' : 'Damaged:'} ${visible(name)}: ${why}\n`);
    if (stays !== undefined) return err(stays);
    if (damaged.length === 0) host.stdout.write('Everything is as it was written.\n');
    else if (isDropped) host.stdout.write('Who needs it makes it again, and brings it again.\n');
    return ok(damaged.length === 0 ? exitCode.identical : exitCode.infrastructure);
  });
}

/** `cache policy`: on standard output, and alone there, the least IAM policy for the shared store. Asks nobody. */
export async function cachePolicy(
  options: GlobalOptions & { readonly gc?: boolean },
  host: Host,
): Promise<number> {
  const workspace = await openWorkspace(options, host);
  if (!workspace.ok) return reportFailure(workspace.error, host);
  const { store } = workspace.value;
  if (store.remote === undefined) return reportFailure(noPlace, host);
  if (!store.remote.startsWith('s3://')) return reportFailure(isFolder(store.remote), host);
  const place = readBucketPlace(store.remote);
  if (!place.ok) return reportFailure(place.error, host);
  const way = readBucketWay({}, store, host.env);
  if (!way.ok) return reportFailure(way.error, host);
  const use: SharedUse = options.gc === true ? 'gc' : store.write === false ? 'read' : 'write';
  host.stdout.write(`${policyJson(sharedPolicy(place.value, way.value.region, use))}\n`);
  return exitCode.identical;
}

async function withPlace(
  options: GlobalOptions,
  host: Host,
  writes: boolean,
  use: (place: RemotePlace, workspace: Workspace) => Promise<Result<number, Failure>>,
): Promise<number> {
  const workspace = await openWorkspace(options, host);
  if (!workspace.ok) return reportFailure(workspace.error, host);
  const used = await onPlace(workspace.value, host, writes, use);
  return used.ok ? used.value : reportFailure(used.error, host);
}

async function onPlace(
  workspace: Workspace,
  host: Host,
  writes: boolean,
  use: (place: RemotePlace, workspace: Workspace) => Promise<Result<number, Failure>>,
): Promise<Result<number, Failure>> {
  const place = await openRemotePlace(workspace.store, host);
  if (!place.ok) return place;
  if (place.value === undefined) return err(noPlace);
  if (writes && workspace.store.write === false) {
    const message = 'Nothing is taken away from a shared store that the settings only read (store.write).';
    return err({ reason: 'usage', message, help: 'Use settings that write to it.' });
  }
  const claimed = await claimPlace(place.value, false);
  if (!claimed.ok) return claimed;
  if (claimed.value === 'there') return use(place.value, workspace);
  host.stdout.write(`There is no shared store in ${place.value.shown} yet.\n`);
  return ok(exitCode.identical);
}

const noPlace: Failure = {
  reason: 'usage',
  message: 'The settings name no store that is shared.',
  help: 'Name one as "store.remote": s3://bucket/prefix, or a folder.',
};

function isFolder(folder: string): Failure {
  const message = `The shared store is a folder, ${folder}: a policy is of a bucket.`;
  return { reason: 'usage', message, help: 'Who may write there is said by the permissions of the folder.' };
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
