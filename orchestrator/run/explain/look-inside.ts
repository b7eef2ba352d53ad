import { join } from 'node:path';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { findHostGo } from '../../tool/go/go.ts';
import type { OwnBuild, Seen } from '../../verdict/explain/suspect.ts';
import { insideOf, suspectsOf } from '../../verdict/explain/suspects.ts';
import { compareBinaries } from '../../verdict/inspect/compare-binaries.ts';
import { compareBuild } from '../../verdict/inspect/compare-build.ts';
import { createInspector, type Inspector } from '../../verdict/inspect/gobinary.ts';
import { openPublished } from '../../verdict/inspect/published.ts';
import type { PublishedFile } from '../../verdict/inspect/published-file.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import { fetchEnvironment } from '../wiring/environment.ts';
import { openHttp } from '../wiring/http.ts';
import { once } from '../wiring/once.ts';
import type { Processes } from '../wiring/tools.ts';
import type { DifferentFile } from './different-file.ts';
import { runDiffoscope } from './diffoscope.ts';

/** The published files that a user has at hand, and what is needed to look inside them. */
export interface Insight {
  /**
   * What the contents of our file and the published one say of why they differ; undefined where the published one is not at
   * hand. Errors: those of `Published.find` and `Inspector.inspect`; `digest-mismatch` where what was given is not it.
   */
  look(file: DifferentFile, ours: string, own: OwnBuild): Promise<Result<Seen | undefined, Failure>>;
  close(): Promise<void>;
}

/** What a user wants to be looked into. */
export interface Given {
  /** `--published` */
  readonly place: string;
  /** The folder for diffoscope's reports, where it is wanted. Absolute. */
  readonly diffoscope: string | undefined;
}

/** Errors: those of `openPublished`. */
export async function openInsight(
  given: Given,
  workspace: Workspace,
  processes: Processes,
  host: Host,
): Promise<Result<Insight, Failure>> {
  const folder = join(workspace.cache, 'inspect');
  const published = await openPublished(given.place, {
    ...{ folder, cwd: host.cwd, signal: host.signal },
    send: openHttp(host),
  });
  if (!published.ok) return published;
  const inspector = openInspector(workspace, processes, host);
  return ok({
    async look(file, ours, own) {
      const theirs = await published.value.find(file);
      if (!theirs.ok || theirs.value === undefined) return theirs.ok ? ok(undefined) : theirs;
      const found = await look(file, ours, own, theirs.value, inspector);
      const isProgram = theirs.value.build === undefined;
      if (!found.ok || found.value === undefined || given.diffoscope === undefined || !isProgram)
        return found;
      const report = join(given.diffoscope, `${file.project}/${file.platform}/${file.name}.txt`);
      const files = { built: ours, published: theirs.value.path };
      const told = await runDiffoscope(files, report, processes.run, host);
      return told.ok ? ok(withEvidence(found.value, told.value)) : told;
    },
    close: () => published.value.close(),
  });
}

/** What looks inside programs, on this machine. */
export function openInspector(workspace: Workspace, { run }: Processes, host: Host): Inspector {
  const environment = fetchEnvironment(host);
  return createInspector({
    packageFolder: host.packageFolder,
    folder: join(workspace.cache, 'inspect'),
    hostGo: once(() => findHostGo(run, environment, host.packageFolder)),
    run,
    signal: host.signal,
  });
}

async function look(
  file: DifferentFile,
  ours: string,
  own: OwnBuild,
  theirs: PublishedFile,
  inspector: Inspector,
): Promise<Result<Seen | undefined, Failure>> {
  const { platform, name, expected } = file;
  const built = await inspector.inspect(ours, { strings: true });
  if (!built.ok) return built;
  if (theirs.build !== undefined) {
    // Of a text no hash can be checked, and where it says nothing else, whatever it does not show is still open.
    const differences = compareBuild(built.value.build, theirs.build);
    const comparison = { extent: 'code', differences, undecided: 0 } as const;
    const suspects = suspectsOf(comparison, own);
    return ok(suspects.length === 0 ? undefined : { suspects, inside: insideOf(comparison, false) });
  }
  const other = await inspector.inspect(theirs.path, { strings: true });
  if (!other.ok) return other;
  const found = other.value.sha256;
  if (found !== expected) {
    const what = `${theirs.where}, given as the published ${name} for ${platform},`;
    return err({ reason: 'digest-mismatch', what, expected, found });
  }
  const comparison = compareBinaries(built.value, other.value);
  return ok({ suspects: suspectsOf(comparison, own), inside: insideOf(comparison, true) });
}

function withEvidence({ inside, suspects }: Seen, sentence: string): Seen {
  const told = suspects.map((each, at) =>
    at === 0 ? { ...each, evidence: [...each.evidence, sentence] } : each,
  );
  return { inside, suspects: told };
}
