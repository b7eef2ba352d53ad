import { join } from 'node:path';
import type { Lock } from '../config/lock.ts';
import type { Json } from '../core/canonical-json.ts';
import type { Failure } from '../core/failure.ts';
import { ok, type Result } from '../core/result.ts';
import type { NodeOutcome } from '../engine/run.ts';
import { conclude } from '../explain/conclude.ts';
import { explainExpectation } from '../explain/expectation.ts';
import type { Host } from '../host.ts';
import type { NodeId } from '../plan/node.ts';
import type { Explanation } from '../verify/explanation.ts';
import type { FileVerdict } from '../verify/verdict.ts';
import { type KnownExplanations, openExplanations } from '../wiring/known-explanations.ts';
import type { Processes } from '../wiring/tools.ts';
import { type DifferentFile, isDifferent } from './different-file.ts';
import { openGos } from './find-gos.ts';
import { openInsight } from './look-inside.ts';
import type { OpenRun } from './open-run.ts';
import type { Prepared } from './prepare.ts';
import { type SearchContext, searchProject } from './search-project.ts';

/** A search that was asked for. */
export interface ExplainRequest {
  /** How long to search, in minutes. */
  readonly budget: number;
  /** What the user has of the published files: a file, a folder, an archive, an image, a URL. */
  readonly published?: string;
  /** Has diffoscope compare each pair of files as well. */
  readonly diffoscope?: boolean;
  /** Which of the files that differ are looked into. */
  readonly isAsked: (verdict: FileVerdict) => boolean;
  /** Whether what was asked for is in the release. */
  readonly check: (lock: Lock) => Result<void, Failure>;
}

/** A run, and what it was done with. */
export interface FinishedBuilds {
  readonly opened: OpenRun;
  readonly outcomes: ReadonlyMap<NodeId, NodeOutcome>;
  readonly processes: Processes;
}

/**
 * Says of every file that differs why, as far as it was found out before, or is now where a search was asked for.
 * Errors: those of writing down what was found.
 */
export async function explainVerdicts(
  verdicts: readonly FileVerdict[],
  prepared: Prepared,
  { opened, outcomes, processes }: FinishedBuilds,
  request: ExplainRequest | undefined,
  host: Host,
): Promise<Result<readonly FileVerdict[], Failure>> {
  const known = openExplanations(prepared.workspace.cache, host);
  const explained = await Promise.all(
    verdicts.map(async (verdict) => withExpectation(await withKnown(verdict, prepared, known), prepared)),
  );
  if (request === undefined) return ok(explained);
  const open = explained.filter(isDifferent).filter(request.isAsked);
  const insight =
    request.published === undefined
      ? ok(undefined)
      : await openInsight(
          { place: request.published, diffoscope: diffoscopeFolder(request, prepared) },
          prepared.workspace,
          processes,
          host,
        );
  if (!insight.ok) return insight;
  try {
    const findGos = openGos(prepared, processes, opened.store, host);
    const context = { prepared, opened, outcomes, findGos, insight: insight.value, host };
    return await explainOpen(explained, open, context, request, known);
  } finally {
    await insight.value?.close();
  }
}

function diffoscopeFolder({ diffoscope }: ExplainRequest, { workspace, lock }: Prepared): string | undefined {
  return diffoscope === true ? join(workspace.out, lock.release, 'diffoscope') : undefined;
}

/** Searches project by project. Errors: those of `searchProject`, and of writing down what was found. */
async function explainOpen(
  explained: readonly FileVerdict[],
  open: readonly DifferentFile[],
  context: Omit<SearchContext, 'deadline'>,
  request: ExplainRequest,
  known: KnownExplanations,
): Promise<Result<readonly FileVerdict[], Failure>> {
  const { host } = context;
  const found = new Map<FileVerdict, Explanation>();
  const deadline = host.now() + request.budget * 60_000;
  for (const project of new Set(open.map((verdict) => verdict.project))) {
    const files = open.filter((verdict) => verdict.project === project);
    const searched = await searchProject(project, files, { ...context, deadline });
    if (!searched.ok) return searched;
    const result = searched.value;
    for (const file of files) {
      const [variant, other] = [result.found.get(file), result.unstable.get(file)];
      const suspects = result.suspects.get(file);
      const seconds = request.budget * 60;
      const explanation = conclude(file, { ...result, variant, other, suspects, seconds });
      found.set(file, explanation);
      // What time cut short is no knowledge.
      if (host.signal.aborted || ((variant ?? other) === undefined && !result.exhausted)) continue;
      const kept = await known.put(subjectOf(file, context.prepared), explanation);
      if (!kept.ok) return kept;
    }
  }
  return ok(
    explained.map((verdict) => {
      const explanation = found.get(verdict);
      return explanation === undefined ? verdict : withExplanation(verdict, explanation);
    }),
  );
}

async function withKnown(
  verdict: FileVerdict,
  prepared: Prepared,
  known: KnownExplanations,
): Promise<FileVerdict> {
  if (!isDifferent(verdict)) return verdict;
  const explanation = await known.get(subjectOf(verdict, prepared));
  return explanation === undefined ? verdict : withExplanation(verdict, explanation);
}

function withExpectation(verdict: FileVerdict, { lock }: Prepared): FileVerdict {
  const locked = lock.projects[verdict.project as keyof Lock['projects']];
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
function subjectOf({ project, expected, found }: DifferentFile, { lock }: Prepared): Json {
  const newer = lock.projects[project as keyof Lock['projects']]?.checksums?.newer ?? [];
  return { expected, found, newer: newer.map(({ path }) => path) };
}
