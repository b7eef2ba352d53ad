import type { Lock, LockedProject } from '../../config/lock/lock.ts';
import { byCodeUnit } from '../../core/canonical-json.ts';
import { readCommit } from '../../plan/subject.ts';
import type { AtlasFile, AtlasProject, AtlasRelease, Said } from '../../report/atlas/data.ts';
import type { FileRecord } from '../../verdict/record/record.ts';

/**
 * A release by its lock, what was recorded of it, or both. Where there is a lock, it says what was published: nothing is taken from records
 * of what it does not name. @param lock undefined where none is at hand.
 */
export function joinRelease(
  name: string,
  lock: Lock | undefined,
  records: readonly FileRecord[],
): AtlasRelease {
  const commit = lock && readCommit(lock);
  const said = new Map<string, FileRecord[]>();
  for (const record of records) said.set(record.project, [...(said.get(record.project) ?? []), record]);
  const projects = lock === undefined ? [...said.keys()] : Object.keys(lock.projects);
  return {
    name,
    branch: lock?.branch ?? /^v?([0-9]+-[0-9]+)-/.exec(name)?.[1] ?? 'other',
    number: lock?.number ?? Number(/-([0-9]{1,6})$/.exec(name)?.[1] ?? 0),
    date: commit?.date.slice(0, 10) ?? records[0]?.date ?? '',
    upstream: lock && { repository: lock.upstream.repository, commit: commit?.commit },
    baseImages: lock?.baseImages.map(({ name, tag, digest }) => ({ name, tag, digest })) ?? [],
    projects: projects
      .sort(byCodeUnit)
      .map((project) =>
        joinProject(project, lock?.projects[project as keyof Lock['projects']], said.get(project) ?? []),
      ),
  };
}

function joinProject(
  name: string,
  locked: LockedProject | undefined,
  records: readonly FileRecord[],
): AtlasProject {
  const [first] = records;
  return {
    name,
    version: locked?.tag ?? first?.version ?? '',
    repository: locked?.repository,
    commit: locked?.commit,
    go: locked === undefined ? first?.go : locked.go?.version,
    flavour: locked?.go?.flavour,
    patches:
      locked?.patches.map(({ path, sha256, subject, fixes }) => ({ path, sha256, subject, fixes })) ?? [],
    files: joinFiles(locked, records),
  };
}

function joinFiles(locked: LockedProject | undefined, records: readonly FileRecord[]): readonly AtlasFile[] {
  const { files = [], authority = 'absent' } = locked?.checksums ?? {};
  const said = new Map(records.map((record) => [`${record.platform} ${record.name}`, record]));
  const published = files.map(({ platform, name, sha256 }): AtlasFile => {
    const record = said.get(`${platform} ${name}`);
    said.delete(`${platform} ${name}`);
    // What was said of another file that had this name says nothing of this one.
    const isOf = record !== undefined && record.expected === sha256;
    return { platform, name, expected: sha256, authority, said: isOf ? saidOf(locked, record) : undefined };
  });
  // Where there is a lock, what it does not name was held against nothing: of another lock, it may have been something else.
  const others = [...said.values()].filter(
    (record) => locked === undefined || (record.expected === undefined && isOfPins(locked, record)),
  );
  return [...published, ...others.map(fileOf)].sort(
    (a, b) => byCodeUnit(a.name, b.name) || byCodeUnit(a.platform, b.platform),
  );
}

function fileOf(record: FileRecord): AtlasFile {
  const { platform, name, expected, authority } = record;
  return { platform, name, expected, authority, said: saidBy(record) };
}

/**
 * What a record says of a file as a lock has it. Built of another version, or by another Go, that something else came out says nothing of
 * it; that the very bytes came out does, but not of which build.
 */
function saidOf(locked: LockedProject | undefined, record: FileRecord): Said | undefined {
  if (locked === undefined || isOfPins(locked, record)) return saidBy(record);
  return record.verdict === 'identical' ? { ...saidBy(record), build: undefined } : undefined;
}

function isOfPins({ tag, go }: LockedProject, record: FileRecord): boolean {
  return record.version === tag && record.go === go?.version;
}

function saidBy({ verdict, comparable, found, build, cause, by }: FileRecord): Said {
  return { verdict, comparable, found, build, cause, by };
}
