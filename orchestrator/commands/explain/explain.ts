import type { Accepted } from '../../config/lock/overlay.ts';
import { defined } from '../../core/defined.ts';
import { type ExitCode, exitCode } from '../../core/exit-code.ts';
import type { Failure } from '../../core/failure.ts';
import { readNumber } from '../../core/numbers.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { proseOn } from '../../run/deliver/reporter.ts';
import { findDiffoscope } from '../../run/explain/diffoscope.ts';
import { fetchPublished } from '../../run/explain/fetch-published.ts';
import { explainMetadata, nothingFits } from '../../run/explain/metadata.ts';
import type { AskedFile } from '../../run/explain/plan-program.ts';
import { type Prepared, prepare } from '../../run/prepare/prepare.ts';
import { type RebuildOptions, type Rebuilt, rebuild } from '../../run/rebuild.ts';
import { mergeOverrides } from '../../verdict/explain/variant.ts';
import { exitCodeFor } from '../../verdict/verify/summary.ts';
import type { FileVerdict } from '../../verdict/verify/verdict.ts';
import { overlayFileOf, writeOverlay } from '../../workspace/overlay.ts';
import { shownPath } from '../../workspace/shown-path.ts';
import { checkPlace } from '../../workspace/write-file.ts';
import { activityOf } from '../words/activity-of.ts';
import { refuseIdle } from '../words/refuse-idle.ts';
import { reportFailure } from '../words/report-failure.ts';
import { type AskedFiles, askedFiles, fullName } from './asked-files.ts';

export interface ExplainOptions extends Omit<RebuildOptions, 'method'> {
  /** Minutes, as text. */
  readonly budget: string;
  readonly published?: string;
  readonly diffoscope?: boolean;
  /** Where what is said of each file is kept. */
  readonly records?: string;
  /** Keeps what was confirmed in the overlay of the lock. */
  readonly accept?: boolean;
  /** `false`: only compares build information, with what was built before or with the plan. */
  readonly build?: boolean;
}

/**
 * `eksd-rebuild explain RELEASE [FILE...]`: what `verify` does, and a search for the cause of every file that differs.
 * @param files words of `askedFiles`.
 */
export async function explain(
  release: string,
  files: readonly string[],
  options: ExplainOptions,
  host: Host,
): Promise<number> {
  const minutes = readNumber('--budget', options.budget, bounds);
  if (!minutes.ok) return reportFailure(minutes.error, host);
  const budget = minutes.value;
  const asked = askedFiles(files);
  const { isAsked } = asked;
  /** What the files come to once they are built as was accepted. */
  let accepted: ExitCode | undefined;
  const use = async (rebuilt: Rebuilt): Promise<Result<void, Failure>> => {
    const speaker = { ...host, stdout: proseOn(options.log, host) };
    const told = await tellOfUnbuilt(rebuilt, isAsked, options.published, speaker);
    if (!told.ok || options.accept !== true) return told;
    const kept = await accept(rebuilt, isAsked, host);
    if (!kept.ok) return kept;
    const { verdicts } = rebuilt.report;
    const after = verdicts.map(asAccepted(kept.value));
    accepted = exitCodeFor(after.filter(isAsked));
    const untried = verdicts.filter(
      (verdict, at) => verdict.verdict === 'identical' && after[at] !== verdict,
    );
    if (untried.length > 0)
      host.stderr.write(
        `Not tried so, and as published before: ${untried.map(fullName).join(', ')}. Run verify.\n`,
      );
    return ok(undefined);
  };
  const { published, diffoscope = false } = options;
  const check = async (prepared: Prepared): Promise<Result<string | undefined, Failure>> => {
    const known = asked.check(prepared.lock);
    return known.ok ? checkAhead(prepared, asked, options, host) : known;
  };
  if (diffoscope && published === undefined) {
    host.stderr.write('--diffoscope compares with the published file: give it with --published.\n');
    return exitCode.usage;
  }
  if (options.build === false) return compareOnly(release, files, options, host);
  const request = { budget, isAsked, isPart: asked.isPart, check, diffoscope, ...defined({ published }) };
  const result = await rebuild(release, options, host, { records: options.records, explain: request, use });
  return result.ok ? (accepted ?? result.value) : reportFailure(result.error, host);
}

/** What would end the command only after all was built. Gives where what is published lies. */
async function checkAhead(
  { lock, workspace }: Prepared,
  asked: AskedFiles,
  { published, diffoscope, accept: isKept }: ExplainOptions,
  host: Host,
): Promise<Result<string | undefined, Failure>> {
  const program = diffoscope === true ? await findDiffoscope(host) : ok('');
  if (!program.ok) return program;
  const place = isKept === true ? await checkPlace(overlayFileOf(workspace, lock.release)) : ok(undefined);
  if (!place.ok) return place;
  if (published === undefined) return ok(undefined);
  const path = await fetchPublished(published, workspace, host, activityOf(host));
  const note = path.ok ? await asked.narrow(lock, path.value) : path;
  if (!note.ok) return note;
  if (note.value !== undefined) host.stderr.write(`${published}: ${note.value}.\n`);
  return path;
}

/** A year is as good as no end. */
const bounds = {
  ...{ from: 0.01, to: 525_600, of: 'minutes', isWhole: false },
  help: 'Name a time such as 30.',
};

/** Of what could not be built, the published file may still say how it was, against the plan. */
async function tellOfUnbuilt(
  { prepared, report }: Rebuilt,
  isAsked: (verdict: FileVerdict) => boolean,
  place: string | undefined,
  host: Host,
): Promise<Result<void, Failure>> {
  const unbuilt = report.verdicts.filter(({ found }) => found === undefined).filter(isAsked);
  const names = new Set(unbuilt.map(fullName));
  if (place === undefined || names.size === 0 || host.signal.aborted) return ok(undefined);
  const isUnbuilt = (file: AskedFile) => names.has(fullName(file));
  const told = await explainMetadata(prepared, { place, isAsked: isUnbuilt }, host);
  return told.ok ? ok(undefined) : told;
}

/** `--no-build` */
async function compareOnly(
  release: string,
  files: readonly string[],
  options: ExplainOptions,
  host: Host,
): Promise<number> {
  const { published, diffoscope, accept: isKept } = options;
  if (published === undefined || diffoscope === true || isKept === true) {
    host.stderr.write(
      '--no-build compares build information with --published, and neither confirms nor keeps anything.\n',
    );
    return exitCode.usage;
  }
  const busy = refuseIdle([
    [options.jobs !== undefined, '--jobs', 'with --no-build'],
    [options.failFast === true, '--fail-fast', 'with --no-build'],
    [options.fresh === true, '--fresh', 'with --no-build'],
    [options.recheck === true, '--recheck', 'with --no-build'],
    [options.report !== undefined, '--report', 'with --no-build, which writes none'],
    [options.records !== undefined, '--records', 'with --no-build'],
  ]);
  if (!busy.ok) return reportFailure(busy.error, host);
  const prepared = await prepare(release, options, host);
  if (!prepared.ok) return reportFailure(prepared.error, host);
  const { check, isAsked } = askedFiles(files);
  const known = check(prepared.value.lock);
  if (!known.ok) return reportFailure(known.error, host);
  const compared = await explainMetadata(prepared.value, { place: published, isAsked }, host);
  if (!compared.ok) return reportFailure(compared.error, host);
  return compared.value ?? reportFailure(nothingFits(published), host);
}

/**
 * Whoever builds a file as was accepted gets the published one: that was seen when the cause was confirmed. Of another file of the
 * project, which is built so from now on as well, it was not.
 */
function asAccepted(accepted: readonly FileVerdict[]): (verdict: FileVerdict) => FileVerdict {
  const names = new Set(accepted.map(fullName));
  const projects = new Set(accepted.map(({ project }) => project));
  return (verdict) => {
    if (names.has(fullName(verdict))) return { ...verdict, verdict: 'identical' };
    return projects.has(verdict.project) && verdict.verdict === 'identical'
      ? { ...verdict, verdict: 'different' }
      : verdict;
  };
}

/**
 * Writes what was confirmed into the overlay: one override a project. Files with other causes are said, and left. Gives the files that
 * were accepted.
 */
async function accept(
  { prepared, lock, report }: Rebuilt,
  isAsked: (verdict: FileVerdict) => boolean,
  host: Host,
): Promise<Result<readonly FileVerdict[], Failure>> {
  const accepted = new Map<string, Accepted>();
  const kept: FileVerdict[] = [];
  for (const verdict of report.verdicts.filter(isAsked)) {
    const { project, platform, name, expected, explanation } = verdict;
    if (explanation?.override === undefined || expected === undefined) continue;
    const before = accepted.get(project);
    const override = mergeOverrides(prepared.accepted[project]?.override ?? {}, explanation.override);
    if (override === undefined || (before !== undefined && before.because !== explanation.cause)) {
      host.stderr.write(`${project} ${platform} ${name}: not accepted, another cause was for this project\n`);
      continue;
    }
    const files = [...(before?.files ?? []), { platform, name, sha256: expected }];
    accepted.set(project, { because: explanation.cause, files: files as Accepted['files'], override });
    kept.push(verdict);
  }
  if (accepted.size === 0) {
    host.stderr.write('Nothing was confirmed, so there is nothing to accept.\n');
    return ok(kept);
  }
  const written = await writeOverlay(prepared.workspace, lock, accepted, host);
  if (!written.ok) return written;
  host.stderr.write(
    `Accepted for ${[...accepted.keys()].join(', ')}: ${shownPath(written.value, host.cwd)}\n`,
  );
  return ok(kept);
}
