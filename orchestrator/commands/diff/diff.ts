import { exitCode, gravest } from '../../core/exit-code.ts';
import type { Failure } from '../../core/failure.ts';
import { projectsIn } from '../../core/names.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import type { ComparedSide } from '../../release/difference/compare-projects.ts';
import { compareReleases } from '../../release/difference/compare-releases.ts';
import type { ReleaseDifference } from '../../release/difference/difference.ts';
import { describeDifference } from '../../report/difference/describe.ts';
import { markdownText } from '../../report/difference/markdown.ts';
import { terminalText } from '../../report/difference/terminal.ts';
import { loadRelease } from '../../run/prepare/load-release.ts';
import { loadProjects } from '../../workspace/load-projects.ts';
import type { LoadedRelease } from '../../workspace/loaded-release.ts';
import type { GlobalOptions } from '../../workspace/workspace.ts';
import { reportFailure } from '../words/report-failure.ts';
import { loadOwnPatches } from './own-patches.ts';

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

async function loadSides(
  first: string,
  second: string,
  options: DiffOptions,
  host: Host,
): Promise<Result<[ComparedSide, ComparedSide], readonly Failure[]>> {
  const before = await loadSide(first, options, host);
  const after = first === second ? before : await loadSide(second, options, host);
  if (!before.ok) return err(after.ok || after === before ? [before.error] : [before.error, after.error]);
  if (!after.ok) return err([after.error]);
  const own = options.ownPatches === true ? await loadOwnPatches(after.value.loaded, host) : ok(new Map());
  if (!own.ok) return err([own.error]);
  return ok([before.value.side, { ...after.value.side, ownPatches: own.value }]);
}

interface LoadedSide {
  readonly loaded: LoadedRelease;
  readonly side: ComparedSide;
}

/** A release as it was published. Errors: those of `loadRelease` and `loadProjects`. */
async function loadSide(
  release: string,
  options: GlobalOptions,
  host: Host,
): Promise<Result<LoadedSide, Failure>> {
  const loaded = await loadRelease(release, options, host);
  if (!loaded.ok) return loaded;
  const { lock, workspace } = loaded.value;
  const recipes = await loadProjects(workspace, projectsIn(lock.projects), host);
  if (!recipes.ok) return recipes;
  const side = { lock, recipes: recipes.value, ownPatches: new Map() };
  return ok({ loaded: loaded.value, side });
}
