import type { LockedProject } from '../../config/lock/lock.ts';
import type { Json } from '../../core/canonical-json.ts';
import type { Failure } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { explainExpectation } from '../../verdict/explain/expectation.ts';
import type { Explanation } from '../../verdict/verify/explanation.ts';
import type { FileVerdict } from '../../verdict/verify/verdict.ts';
import type { Prepared } from '../prepare/prepare.ts';
import { type KnownExplanations, openExplanations } from '../wiring/known-explanations.ts';
import { type DifferentFile, isDifferent } from './different-file.ts';
import type { ExplainRequest, FinishedBuilds } from './request.ts';

/**
 * Says of every file that differs why, as far as it was found out before, or is now where a search was asked for.
 * Errors: those of writing down what was found.
 */
export async function explainVerdicts(
  verdicts: readonly FileVerdict[],
  prepared: Prepared,
  builds: FinishedBuilds,
  request: ExplainRequest | undefined,
  host: Host,
): Promise<Result<readonly FileVerdict[], Failure>> {
  const known = openExplanations(prepared.workspace.cache, host);
  const { projects } = prepared.lock;
  const explained = await recallExplanations(verdicts, (project) => projects[project], known);
  if (request === undefined) return ok(explained);
  // Most runs look for nothing: what is needed to is loaded only then.
  const { searchVerdicts } = await import('./search-verdicts.ts');
  const open = explained.filter(isDifferent).filter(request.isAsked);
  const keep = (file: DifferentFile, explanation: Explanation) =>
    known.put(subjectOf(file, projects[file.project]), explanation);
  const found = await searchVerdicts(open, prepared, builds, request, keep, host);
  if (!found.ok) return found;
  return ok(
    explained.map((verdict) => {
      const explanation = found.value.get(verdict);
      return explanation === undefined ? verdict : withExplanation(verdict, explanation);
    }),
  );
}

/** Says of every file that differs what was found out before. @param lockedOf what a release has of a project. */
export function recallExplanations(
  verdicts: readonly FileVerdict[],
  lockedOf: (project: string) => LockedProject | undefined,
  known: KnownExplanations,
): Promise<readonly FileVerdict[]> {
  return Promise.all(
    verdicts.map(async (verdict) => {
      const locked = lockedOf(verdict.project);
      return withExpectation(await withKnown(verdict, locked, known), locked);
    }),
  );
}

async function withKnown(
  verdict: FileVerdict,
  locked: LockedProject | undefined,
  known: KnownExplanations,
): Promise<FileVerdict> {
  if (!isDifferent(verdict)) return verdict;
  const explanation = await known.get(subjectOf(verdict, locked));
  return explanation === undefined ? verdict : withExplanation(verdict, explanation);
}

function withExpectation(verdict: FileVerdict, locked: LockedProject | undefined): FileVerdict {
  const isDoubted = verdict.verdict === 'different' || verdict.verdict === 'stale-expectation';
  if (!isDoubted || verdict.explanation !== undefined || locked === undefined) return verdict;
  const explanation = explainExpectation(locked);
  return explanation === undefined ? verdict : { ...verdict, explanation };
}

function withExplanation(verdict: FileVerdict, explanation: Explanation): FileVerdict {
  const name = explanation.confidence === 'confirmed' ? 'explained' : verdict.verdict;
  return { ...verdict, verdict: name, why: explanation.cause, explanation };
}

/** What an explanation is of: the same two files may differ for another reason where the hash is the older one. */
function subjectOf({ expected, found }: DifferentFile, locked: LockedProject | undefined): Json {
  const newer = locked?.checksums?.newer ?? [];
  return { expected, found, newer: newer.map(({ path }) => path) };
}
