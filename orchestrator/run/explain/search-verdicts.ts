import { join } from 'node:path';
import { describeFailure } from '../../core/describe-failure.ts';
import type { Failure } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { conclude } from '../../verdict/explain/conclude.ts';
import type { Explanation } from '../../verdict/verify/explanation.ts';
import type { FileVerdict } from '../../verdict/verify/verdict.ts';
import { outFolderOf } from '../../workspace/workspace.ts';
import type { Prepared } from '../prepare/prepare.ts';
import type { DifferentFile } from './different-file.ts';
import { openGos } from './find-gos.ts';
import { openInsight } from './look-inside.ts';
import type { ExplainRequest, FinishedBuilds } from './request.ts';
import { type SearchContext, searchProject } from './search-project.ts';

type Found = ReadonlyMap<FileVerdict, Explanation>;

/**
 * Looks for the cause of each file, project by project. Errors: those of `openInsight` and `searchProject`, and of `keep`.
 * @param keep is given what was found out for good.
 */
export async function searchVerdicts(
  open: readonly DifferentFile[],
  prepared: Prepared,
  { opened, outcomes, processes, say }: FinishedBuilds,
  request: ExplainRequest,
  keep: (file: DifferentFile, explanation: Explanation) => Promise<Result<void, Failure>>,
  host: Host,
): Promise<Result<Found, Failure>> {
  const { workspace, lock } = prepared;
  const { published: place, diffoscope: isWanted } = request;
  const diffoscope = isWanted === true ? join(outFolderOf(workspace, lock.release), 'diffoscope') : undefined;
  if (place !== undefined) say(`opening ${place}`);
  const insight =
    place === undefined
      ? ok(undefined)
      : await openInsight({ place, diffoscope }, workspace, processes, host);
  say('');
  if (!insight.ok) return insight;
  const findGos = openGos(prepared, processes, opened.store, host);
  const deadline = host.now() + request.budget * 60_000;
  const context = { prepared, opened, outcomes, findGos, insight: insight.value, deadline, host, say };
  const found = new Map<FileVerdict, Explanation>();
  const projects = new Set(open.map((verdict) => verdict.project));
  try {
    for (const project of projects) {
      const files = open.filter((verdict) => verdict.project === project);
      const searched = await explainProject(project, files, context, request.budget * 60);
      // What keeps one project from being explained says nothing of the others.
      if (!searched.ok && (projects.size === 1 || searched.error.reason === 'aborted')) return searched;
      if (!searched.ok) host.stderr.write(`${project}: ${describeFailure(searched.error)}\n`);
      for (const [file, { explanation, isFinal }] of searched.ok ? searched.value : []) {
        found.set(file, explanation);
        const kept = isFinal ? await keep(file, explanation) : ok(undefined);
        if (!kept.ok) return kept;
      }
    }
    return ok(found);
  } finally {
    await insight.value?.close();
  }
}

interface Concluded {
  readonly explanation: Explanation;
  /** What time cut short is no knowledge. */
  readonly isFinal: boolean;
}

async function explainProject(
  project: string,
  files: readonly DifferentFile[],
  context: SearchContext,
  seconds: number,
): Promise<Result<ReadonlyMap<DifferentFile, Concluded>, Failure>> {
  const searched = await searchProject(project, files, context);
  if (!searched.ok) return searched;
  const result = searched.value;
  const concluded = files.map((file) => {
    const [variant, other] = [result.found.get(file), result.unstable.get(file)];
    const seen = result.seen.get(file);
    const explanation = conclude(file, { ...result, variant, other, seen, seconds });
    const isFound = variant !== undefined || other !== undefined || result.exhausted;
    return [file, { explanation, isFinal: isFound && !context.host.signal.aborted }] as const;
  });
  return ok(new Map(concluded));
}
