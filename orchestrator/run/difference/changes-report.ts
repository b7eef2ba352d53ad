import type { Failure } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { describeDifference } from '../../report/difference/describe.ts';
import { markdownText } from '../../report/difference/markdown.ts';
import type { ChangesReport } from '../../report/run-report.ts';
import type { LoadedRelease } from '../../workspace/loaded-release.ts';
import type { GlobalOptions } from '../../workspace/workspace.ts';
import { differenceSince } from './since.ts';

/** What a report says of the difference to the release before. Errors: those of `differenceSince`. */
export async function changesReport(
  loaded: Pick<LoadedRelease, 'workspace' | 'lock'>,
  options: GlobalOptions,
  host: Host,
): Promise<Result<ChangesReport | undefined, Failure>> {
  const difference = await differenceSince(undefined, loaded, options, host);
  if (!difference.ok || difference.value === undefined) return difference.ok ? ok(undefined) : difference;
  const { before, projects, files } = difference.value;
  const changed = projects.filter(({ change }) => change !== 'same').map(({ project }) => project);
  const text = markdownText(describeDifference(difference.value));
  return ok({ since: before.release, projects: changed, files, text });
}
