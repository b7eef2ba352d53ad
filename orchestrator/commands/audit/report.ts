import { resolve } from 'node:path';
import { nearestNames } from '../../config/nearest.ts';
import type { Failure } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { renderSum, sumAsJson } from '../../report/audit/sum.ts';
import { openRecords, type RecordFolder } from '../../run/audit/record-files.ts';
import { recordedName, sampleRelease } from '../../run/sample/name.ts';
import { type Contradiction, takeIn } from '../../verdict/record/join.ts';
import type { FileRecord } from '../../verdict/record/record.ts';
import { sumRecords } from '../../verdict/record/sum.ts';
import { exitCodeFor } from '../../verdict/verify/summary.ts';
import { chooseNames } from '../../workspace/choose-names.ts';
import { readLockFile } from '../../workspace/load-lock.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import { reportFailure } from '../words/report-failure.ts';
import { chooseReleases } from './choose-releases.ts';
import { describeTaken } from './describe-taken.ts';
import type { AuditOptions } from './read-options.ts';

interface Place {
  readonly workspace: Workspace;
  /** Of the records. */
  readonly folder: string;
  readonly locks: ReadonlyMap<string, string>;
}

/** `audit --report`: what is recorded, summed up. Gives the exit code of it. */
export async function reportRecords(
  words: readonly string[],
  options: AuditOptions,
  place: Place,
  host: Host,
): Promise<number> {
  const { folder, workspace, locks } = place;
  const others = options.from ?? [];
  const read = await readAll(
    [folder, ...others].map((each) => openRecords(resolve(host.cwd, each), host)),
    (atHand) => {
      const named = words.map(recordedName);
      // There is no lock of the sample, and need be no record of it.
      const sample = named.some((word) => word.replace(/^!/, '') === sampleRelease) ? [sampleRelease] : [];
      return chooseReleases(
        named,
        options,
        [...new Set([...atHand, ...locks.keys(), ...sample])].sort(),
        true,
      );
    },
  );
  if (!read.ok) return reportFailure(read.error, host);
  const meant = choose(read.value.records, options);
  if (!meant.ok) return reportFailure(meant.error, host);
  const isMeantHere = meant.value;
  const records = read.value.records.filter(isMeantHere);
  const named = await countNamed(read.value.releases, place, workspace, isMeantHere, host);
  const recorded = records.filter(({ expected }) => expected !== undefined).length;
  const unknown = Math.max(0, named - recorded);
  for (const [at, found] of read.value.contradictions.entries())
    host.stderr.write(
      describeTaken(
        found.filter(({ ours }) => isMeantHere(ours)),
        others[at - 1] ?? folder,
      ),
    );
  const sum = sumRecords(records);
  const json = () => `${JSON.stringify(sumAsJson(sum, unknown), null, 2)}\n`;
  host.stdout.write(options.json === true ? json() : renderSum(sum, unknown));
  return exitCodeFor(records);
}

interface ReadRecords {
  readonly releases: readonly string[];
  readonly records: readonly FileRecord[];
  /** Of each folder with those before it. */
  readonly contradictions: readonly (readonly Contradiction[])[];
}

async function readAll(
  folders: readonly RecordFolder[],
  choose: (atHand: readonly string[]) => Result<readonly string[], Failure>,
): Promise<Result<ReadRecords, Failure>> {
  const atHand = new Set<string>();
  for (const folder of folders) {
    const releases = await folder.releases();
    if (!releases.ok) return releases;
    for (const release of releases.value) atHand.add(release);
  }
  const chosen = choose([...atHand]);
  if (!chosen.ok) return chosen;
  const records: FileRecord[] = [];
  const contradictions = folders.map((): Contradiction[] => []);
  for (const release of chosen.value) {
    const joined = new Map<string, FileRecord>();
    for (const [at, folder] of folders.entries()) {
      const read = await folder.read(release as FileRecord['release']);
      if (!read.ok) return read;
      contradictions[at]?.push(...takeIn(joined, read.value.values()));
    }
    records.push(...joined.values());
  }
  return ok({ releases: chosen.value, records, contradictions });
}

/** How many published files the locks at hand name. A lock that cannot be read is told by who builds by it. */
async function countNamed(
  releases: readonly string[],
  { locks }: Place,
  workspace: Workspace,
  isMeantHere: (file: Pick<FileRecord, 'project' | 'platform'>) => boolean,
  host: Host,
): Promise<number> {
  let count = 0;
  for (const release of releases) {
    const file = locks.get(release);
    const lock = file === undefined ? undefined : await readLockFile(file, workspace, host);
    if (lock?.ok !== true) continue;
    for (const [project, { checksums }] of Object.entries(lock.value.projects)) {
      count += (checksums?.files ?? []).filter(({ platform }) => isMeantHere({ project, platform })).length;
    }
  }
  return count;
}

/** Which files are asked for. Errors: those of `chooseNames`. */
function choose(
  records: readonly FileRecord[],
  { project, platform }: AuditOptions,
): Result<(file: Pick<FileRecord, 'project' | 'platform'>) => boolean, Failure> {
  const among = (what: 'project' | 'platform', words: readonly string[] = []) => {
    const all = [...new Set(records.map((record): string => record[what]))].sort();
    const help = `The records are of ${all.join(', ') || 'nothing'}.`;
    const unknown = (name: string): Failure => ({
      ...{ reason: 'unknown-name', what, name, help },
      nearest: nearestNames(name, all),
    });
    return chooseNames(words, { option: `--${what}`, all, unknown });
  };
  const [projects, platforms] = [among('project', project), among('platform', platform)];
  if (!projects.ok) return projects;
  if (!platforms.ok) return platforms;
  return ok((file) => projects.value.has(file.project) && platforms.value.has(file.platform));
}
