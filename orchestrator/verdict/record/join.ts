import type { FileRecord } from './record.ts';

/** Records by the file that they are about. */
export type Records = Map<string, FileRecord>;

export function fileOf({
  project,
  platform,
  name,
}: Pick<FileRecord, 'project' | 'platform' | 'name'>): string {
  return `${project} ${platform} ${name}`;
}

/** Two records of one file that cannot both be so. */
export interface Contradiction {
  readonly ours: FileRecord;
  readonly theirs: FileRecord;
}

/**
 * Joins what is said in one place, where no record has more weight than another by who wrote it. Of a file of which it is said that different
 * things came of it, nothing is taken, and both are given.
 */
export function joinRecords(all: Iterable<FileRecord>): {
  readonly records: Records;
  readonly contradictions: readonly Contradiction[];
} {
  const records: Records = new Map();
  const contradictions: Contradiction[] = [];
  for (const theirs of all) {
    const ours = records.get(fileOf(theirs));
    if (ours === undefined || knowsMore(theirs, ours)) records.set(fileOf(theirs), theirs);
    else if (!knowsMore(ours, theirs) && !isSameOutcome(ours, theirs)) contradictions.push({ ours, theirs });
  }
  for (const { ours } of contradictions) records.delete(fileOf(ours));
  return { records, contradictions };
}

/**
 * Puts what was said anew in the place of what was said before. What somebody built stays where another machine cannot have what it takes,
 * and a cause that was found once, where another one says of the same two files that it does not know any. What is said of a file
 * takes the place of what was said of all that its task would make.
 */
export function renew(records: Records, fresh: Iterable<FileRecord>): void {
  for (const record of fresh) {
    const before = records.get(fileOf(record));
    if (before !== undefined && knowsMore(before, record)) continue;
    records.set(fileOf(record), record);
    if (record.name !== '*') records.delete(fileOf({ ...record, name: '*' }));
  }
}

/** Takes in what others say, where nothing was said here, or less. Gives where they say otherwise of the same build: then ours stays. */
export function takeIn(records: Records, others: Iterable<FileRecord>): readonly Contradiction[] {
  const contradictions: Contradiction[] = [];
  for (const theirs of others) {
    const ours = records.get(fileOf(theirs));
    if (ours === undefined || knowsMore(theirs, ours)) records.set(fileOf(theirs), theirs);
    else if (ours.build === theirs.build && outcomeOf(ours) !== outcomeOf(theirs))
      contradictions.push({ ours, theirs });
  }
  return contradictions;
}

function knowsMore(one: FileRecord, other: FileRecord): boolean {
  if (one.expected !== other.expected) return false;
  if (isOutOfReach(other)) return one.build !== undefined && !isOutOfReach(one);
  const isSame = one.build === other.build && one.found === other.found;
  return isSame && other.verdict === 'different' && (one.verdict === 'explained' || isSurer(one, other));
}

/** What one machine cannot have another may. */
function isOutOfReach({ verdict }: FileRecord): boolean {
  return verdict === 'source-unavailable' || verdict === 'toolchain-unavailable';
}

function isSurer(one: FileRecord, other: FileRecord): boolean {
  return one.verdict === 'different' && one.cause !== undefined && other.cause === undefined;
}

/** Whether both say the same of the same published file: by its bytes, where there are any. */
function isSameOutcome(one: FileRecord, other: FileRecord): boolean {
  if (one.expected !== other.expected || outcomeOf(one) !== outcomeOf(other)) return false;
  return outcomeOf(one) !== undefined || one.verdict === other.verdict;
}

/** Both records of a contradiction, in words. */
export function describeContradiction({ ours, theirs }: Contradiction): string {
  const { release, project, platform, name } = ours;
  const shown = ({ verdict, found }: FileRecord) => (found === undefined ? verdict : `${verdict} (${found})`);
  return `${release} ${project} ${platform} ${name} is said to be ${shown(ours)} and ${shown(theirs)}`;
}

/** The bytes that came of it, where any did. */
function outcomeOf({ found, expected, verdict }: FileRecord): string | undefined {
  return found ?? (verdict === 'identical' ? expected : undefined);
}
