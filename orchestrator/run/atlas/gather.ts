import { join, resolve } from 'node:path';
import { defined } from '../../core/defined.ts';
import { describeFailure } from '../../core/describe-failure.ts';
import { digestOf } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import type { ReleaseName } from '../../core/names.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import type { AtlasRelease } from '../../report/atlas/data.ts';
import { readText, sizeLimit } from '../../tool/file/read-file.ts';
import { joinRecords } from '../../verdict/record/join.ts';
import { readRecordsApart } from '../../verdict/record/record.ts';
import { decodedOnce } from '../../workspace/decoded.ts';
import { lockedReleases, readLockFile } from '../../workspace/load-lock.ts';
import { shownPath } from '../../workspace/shown-path.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import { contradictory, openRecords } from '../audit/record-files.ts';
import { claimCache } from '../wiring/tools.ts';
import { joinRelease } from './join-release.ts';

export interface Gathered {
  readonly releases: readonly AtlasRelease[];
  /** The files of the locks at hand, by release. */
  readonly locks: ReadonlyMap<string, string>;
  /** What could not be read: what is known of its release without it is there all the same. */
  readonly troubles: readonly Failure[];
}

/**
 * All releases that have a lock or records at hand. A lock or a record that cannot be read is named, and all else is as if it were not
 * there. Errors: `configuration`, a folder that cannot be read; `usage` where a folder was named that has no records; `aborted`.
 * @param named a folder of records; undefined: that of the root.
 */
export async function gatherReleases(
  workspace: Workspace,
  named: string | undefined,
  host: Host,
): Promise<Result<Gathered, Failure>> {
  const locks = await lockedReleases(workspace);
  if (!locks.ok) return err({ reason: 'configuration', diagnostics: [locks.error] });
  claimCache(workspace, host);
  const folder = resolve(host.cwd, named ?? join(workspace.root, 'records'));
  const recorded = await openRecords(folder, host).releases();
  if (!recorded.ok) return recorded;
  if (named !== undefined && recorded.value.length === 0) {
    const help = 'Name a folder that "eksd-rebuild audit" filled, or "verify --records".';
    return err({ reason: 'usage', message: `${named} holds no records.`, help });
  }
  const releases: AtlasRelease[] = [];
  const troubles: Failure[] = [];
  const names = new Set([...(locks.value.keys() as Iterable<ReleaseName>), ...recorded.value]);
  for (const name of [...names].sort()) {
    if (host.signal.aborted) return err({ reason: 'aborted' });
    const records = recorded.value.includes(name) ? join(folder, `${name}.jsonl`) : undefined;
    const found = await gatherRelease(name, { lock: locks.value.get(name), records }, workspace, host);
    releases.push(found.release);
    troubles.push(...found.troubles);
  }
  return ok({ releases, locks: locks.value, troubles });
}

interface Files {
  readonly lock: string | undefined;
  readonly records: string | undefined;
}

interface GatheredRelease {
  readonly release: AtlasRelease;
  readonly troubles: readonly Failure[];
}

/** One release, from the cache where the very same files were read by this program before, and nothing was wrong with them. */
async function gatherRelease(
  name: ReleaseName,
  files: Files,
  workspace: Workspace,
  host: Host,
): Promise<GatheredRelease> {
  const lock = await textOf(files.lock, sizeLimit.lock, host);
  const records = await textOf(files.records, sizeLimit.report, host);
  const source = lock.ok ? lock.value && digestOf(lock.value) : undefined;
  const decode = async (): Promise<Result<AtlasRelease, GatheredRelease>> => {
    const read = source === undefined ? ok(undefined) : await readLockFile(files.lock ?? '', workspace, host);
    const shown = shownPath(files.records ?? '', host.cwd);
    const apart = readRecordsApart(records.ok ? (records.value ?? '') : '', shown);
    const own = apart.records.filter(({ release }) => release === name);
    const strays = apart.records.length - own.length;
    const { records: joinedRecords, contradictions } = joinRecords(own);
    const troubles = [
      ...[lock, records].flatMap((each) => (each.ok ? [] : [each.error])),
      ...(read.ok ? [] : [{ reason: 'configuration' as const, diagnostics: read.error }]),
      ...apart.failures,
      ...(strays === 0 ? [] : [strayRecords(name, shown, strays)]),
      ...(contradictions.length === 0 ? [] : [contradictory(contradictions, shown)]),
    ];
    const isLockKnown = lock.ok && read.ok;
    const words = [
      ...(isLockKnown
        ? []
        : ['Its lock could not be read when this was made: what was recorded of its files is not shown.']),
      ...(records.ok && apart.failures.length + strays === 0
        ? []
        : ['Not all of its records could be read when this was made: of their files nothing is known here.']),
      ...(contradictions.length === 0
        ? []
        : ['Some of its records contradict one another: of their files nothing is known here.']),
    ];
    // Of what was published an unreadable lock says nothing, and a record cannot: it may be of another lock.
    const known = isLockKnown ? [...joinedRecords.values()] : [];
    const joined = joinRelease(name, read.ok ? read.value : undefined, known);
    // As it comes from the cache: without what is not there.
    const release: AtlasRelease = JSON.parse(
      JSON.stringify({ ...joined, ...defined({ source, troubles: words.length > 0 ? words : undefined }) }),
    );
    return troubles.length === 0 ? ok(release) : err({ release, troubles });
  };
  const text = JSON.stringify([name, lock, records]);
  const found = await decodedOnce(text, { as: 'release of an atlas', decode }, workspace, host);
  return found.ok ? { release: found.value, troubles: [] } : found.error;
}

/** Nothing where none is named. */
async function textOf(
  file: string | undefined,
  limit: number,
  host: Host,
): Promise<Result<string | undefined, Failure>> {
  if (file === undefined) return ok(undefined);
  const text = await readText(file, { limit }, shownPath(file, host.cwd));
  return text.ok ? text : err({ reason: 'configuration', diagnostics: [text.error] });
}

function strayRecords(release: string, file: string, count: number): Failure {
  const message = `${count} of its lines are of another release than ${release}, whose file has that name`;
  return { reason: 'configuration', diagnostics: [{ severity: 'error', message, location: { file } }] };
}

/** What could not be read, as lines for a person. */
export function describeTroubles(troubles: readonly Failure[]): string {
  return troubles.map((trouble) => `${describeFailure(trouble)}\n`).join('');
}
