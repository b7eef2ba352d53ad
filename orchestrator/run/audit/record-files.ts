import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Failure } from '../../core/failure.ts';
import { isReleaseName, type ReleaseName } from '../../core/names.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { listNames, readText, sizeLimit } from '../../tool/file/read-file.ts';
import {
  type Contradiction,
  describeContradiction,
  joinRecords,
  type Records,
  renew,
  takeIn,
} from '../../verdict/record/join.ts';
import { type FileRecord, readRecords, renderRecords } from '../../verdict/record/record.ts';
import { shownPath } from '../../workspace/shown-path.ts';
import { writeWholeFile } from '../../workspace/write-file.ts';
import { alone } from './record-lock.ts';

const suffix = '.jsonl';

/** A folder with the records of releases, a file each. Absolute. */
export interface RecordFolder {
  /** The releases that have records, in order. Errors: `usage` where the folder cannot be read. */
  releases(): Promise<Result<readonly ReleaseName[], Failure>>;
  /** Errors: `configuration`, a line that is no record of the release, or contradicts another. */
  read(release: ReleaseName): Promise<Result<Records, Failure>>;
  /** Puts records in the place of what was said before. Errors: those of `read` and `writeWholeFile`. */
  renew(release: ReleaseName, fresh: readonly FileRecord[]): Promise<Result<void, Failure>>;
  /** Takes in what another folder has. Errors: those of both. */
  takeIn(other: RecordFolder): Promise<Result<readonly Contradiction[], Failure>>;
}

export function openRecords(folder: string, host: Host): RecordFolder {
  const fileOf = (release: ReleaseName) => join(folder, `${release}${suffix}`);
  const read = async (release: ReleaseName): Promise<Result<Records, Failure>> => {
    const shown = shownPath(fileOf(release), host.cwd);
    const text = await readText(fileOf(release), { limit: sizeLimit.report }, shown);
    if (!text.ok) return err({ reason: 'configuration', diagnostics: [text.error] });
    const records = readRecords(text.value ?? '', shown);
    if (!records.ok) return records;
    const stray = records.value.findIndex((record) => record.release !== release);
    if (stray !== -1) return err(notOf(release, shown, stray));
    const joined = joinRecords(records.value);
    return joined.contradictions.length === 0
      ? ok(joined.records)
      : err(contradictory(joined.contradictions, shown));
  };
  const change = <T>(release: ReleaseName, body: (records: Records) => T): Promise<Result<T, Failure>> =>
    alone(fileOf(release), host, async () => {
      const records = await read(release);
      if (!records.ok) return records;
      const value = body(records.value);
      await dropDrafts(folder, release);
      const written = await writeWholeFile(fileOf(release), renderRecords(records.value.values()), host);
      return written.ok ? ok(value) : written;
    });
  const releases = async (): Promise<Result<readonly ReleaseName[], Failure>> => {
    const names = await listNames(folder);
    if (!names.ok) return err(unreadable(shownPath(folder, host.cwd), names.error));
    const bare = names.value
      .filter((name) => name.endsWith(suffix))
      .map((name) => name.slice(0, -suffix.length));
    return ok(bare.filter(isReleaseName).sort());
  };
  return {
    releases,
    read,
    renew: async (release, fresh) => {
      const done = await change(release, (records) => renew(records, fresh));
      return done.ok ? ok(undefined) : done;
    },
    async takeIn(other) {
      const theirs = await other.releases();
      if (!theirs.ok) return theirs;
      const contradictions: Contradiction[] = [];
      for (const release of theirs.value) {
        const records = await other.read(release);
        if (!records.ok) return records;
        const taken = await change(release, (ours) => takeIn(ours, records.value.values()));
        if (!taken.ok) return taken;
        contradictions.push(...taken.value);
      }
      return ok(contradictions);
    },
  };
}

/** Takes away what those left who were killed while they wrote; who writes now is alone. */
async function dropDrafts(folder: string, release: ReleaseName): Promise<void> {
  const names = await listNames(folder);
  const isDraft = (name: string) =>
    name.startsWith(`.${release}${suffix}.`) && /^\d+-[0-9a-z]+$/.test(name.split('.').at(-1) ?? '');
  for (const name of names.ok ? names.value.filter(isDraft) : [])
    await rm(join(folder, name), { force: true }).catch(() => undefined);
}

function notOf(release: ReleaseName, file: string, index: number): Failure {
  const message = `line ${index + 1} is of another release than ${release}, whose file has that name`;
  return { reason: 'configuration', diagnostics: [{ severity: 'error', message, location: { file } }] };
}

/** Lines of one file that contradict one another. @param file as it is shown. */
export function contradictory(contradictions: readonly Contradiction[], file: string): Failure {
  const diagnostics = contradictions.map((each) => ({
    severity: 'error' as const,
    message: `${describeContradiction(each)}: one of these lines has to go`,
    location: { file },
  }));
  return { reason: 'configuration', diagnostics };
}

function unreadable(folder: string, why: string): Failure {
  return { reason: 'usage', message: `${folder} ${why}.`, help: 'Name a folder with records.' };
}
