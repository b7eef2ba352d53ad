import { exitCode, gravest } from '../../core/exit-code.ts';
import type { Failure } from '../../core/failure.ts';
import type { Host } from '../../host.ts';
import { compareReleases } from '../../release/difference/compare-releases.ts';
import type { ReleaseDifference } from '../../release/difference/difference.ts';
import { describeDifference } from '../../report/difference/describe.ts';
import { markdownText } from '../../report/difference/markdown.ts';
import { terminalText } from '../../report/difference/terminal.ts';
import { loadSides } from '../../run/difference/load-sides.ts';
import type { GlobalOptions } from '../../workspace/workspace.ts';
import { reportFailure } from '../words/report-failure.ts';

export interface DiffOptions extends GlobalOptions {
  readonly ownPatches?: boolean;
  readonly markdown?: boolean;
  readonly json?: boolean;
}

/** `eksd-rebuild diff RELEASE RELEASE`: what changed, by their locks and recipes. Runs and fetches nothing. */
export async function diff(
  first: string,
  other: string | undefined,
  options: DiffOptions,
  host: Host,
): Promise<number> {
  const second = other ?? (options.ownPatches === true ? first : undefined);
  if (second === undefined) return reportFailure(noSecond, host);
  const sides = await loadSides(first, second, options, host);
  if (!sides.ok) return gravest(sides.error.map((failure) => reportFailure(failure, host)));
  const difference = compareReleases(...sides.value);
  host.stdout.write(textOf(difference, options, host.stdout.columns));
  return exitCode.identical;
}

const noSecond: Failure = {
  reason: 'usage',
  message: 'There is no second release to compare with.',
  help: 'Name two; or say --own-patches, to see what patches of your own do to one.',
};

function textOf(
  difference: ReleaseDifference,
  { json = false, markdown = false }: DiffOptions,
  columns: number,
): string {
  if (json) return `${JSON.stringify(difference, null, 2)}\n`;
  const document = describeDifference(difference);
  return markdown ? markdownText(document) : terminalText(document, columns);
}
