import type { Digest } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import type { ReleaseName } from '../../core/names.ts';
import { ok, type Result } from '../../core/result.ts';
import type { NodeOutcome } from '../../engine/run.ts';
import type { NodeId } from '../../plan/node-base.ts';
import type { Store } from '../../store/store.ts';
import { fileOf, type Records } from '../../verdict/record/join.ts';
import type { FileRecord } from '../../verdict/record/record.ts';
import { recordOf } from '../../verdict/record/record-of.ts';
import type { FileVerdict, VerdictName } from '../../verdict/verify/verdict.ts';
import { recallExplanations } from '../explain/verdicts.ts';
import { judge } from '../outcome/judge.ts';
import type { KnownExplanations } from '../wiring/known-explanations.ts';
import { expectationsOf, type Use } from './distinct-builds.ts';
import type { RecordFolder } from './record-files.ts';

/** What verdicts are made with, and where they go. */
export interface Bench {
  readonly store: Pick<Store, 'entries'>;
  readonly known: KnownExplanations;
  readonly records: RecordFolder;
  /** See `FileRecord`. */
  readonly by: string;
}

/**
 * Says of every file of some uses what came of their build, and records it. Gives the verdicts, those that are no word on a file among
 * them. Errors: those of `RecordFolder.renew`.
 */
export async function decide(
  uses: readonly Use[],
  build: Digest | undefined,
  outcomes: ReadonlyMap<NodeId, NodeOutcome>,
  { store, known, records, by }: Bench,
): Promise<Result<readonly FileVerdict[], Failure>> {
  const all: FileVerdict[] = [];
  const fresh = new Map<ReleaseName, FileRecord[]>();
  for (const { release, date, planned, isSelected } of uses) {
    const { locked } = planned;
    const judged = await judge({ plan: { projects: [planned] }, outcomes, store, isSelected });
    const verdicts = await recallExplanations(judged, () => locked, known);
    const about = { release, date, locked, build, by };
    const own = verdicts.flatMap((verdict) => recordOf(verdict, about) ?? []);
    fresh.set(release, [...(fresh.get(release) ?? []), ...own]);
    all.push(...verdicts);
  }
  for (const [release, own] of fresh) {
    const written = own.length === 0 ? ok(undefined) : await records.renew(release, own);
    if (!written.ok) return written;
  }
  return ok(all);
}

/** Whether the records have a word on every file of a use, of this very build. @param again verdicts that are no last word. */
export function isDecided(
  use: Use,
  build: Digest,
  records: Records,
  again: ReadonlySet<VerdictName>,
): boolean {
  return expectationsOf(use).every(({ platform, name, sha256 }) => {
    const record = records.get(fileOf({ project: use.planned.project, platform, name }));
    if (record === undefined || again.has(record.verdict)) return false;
    return record.build === build && record.expected === sha256;
  });
}
