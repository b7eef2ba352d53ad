import type { Lock } from '../../config/lock/lock.ts';
import type { Accepted } from '../../config/lock/overlay.ts';
import { defined } from '../../core/defined.ts';
import { exitCode } from '../../core/exit-code.ts';
import type { Failure } from '../../core/failure.ts';
import { readNumber } from '../../core/number-option.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { explainMetadata, nothingFits } from '../../run/explain/metadata.ts';
import type { AskedFile } from '../../run/explain/plan-program.ts';
import { prepare } from '../../run/prepare/prepare.ts';
import { type RebuildOptions, type Rebuilt, rebuild } from '../../run/rebuild.ts';
import { mergeOverrides } from '../../verdict/explain/variant.ts';
import type { FileVerdict } from '../../verdict/verify/verdict.ts';
import { nearestNames } from '../../workspace/nearest.ts';
import { writeOverlay } from '../../workspace/overlay.ts';
import { shownPath } from '../../workspace/shown-path.ts';
import { reportFailure } from '../words/report-failure.ts';

export interface ExplainOptions extends Omit<RebuildOptions, 'method'> {
  /** Minutes, as text. */
  readonly budget: string;
  readonly published?: string;
  readonly diffoscope?: boolean;
  /** Keeps what was confirmed in the overlay of the lock. */
  readonly accept?: boolean;
  /** `false`: only compares build information, with what was built before or with the plan. */
  readonly build?: boolean;
}

/**
 * `eksd-rebuild explain RELEASE [FILE...]`: what `verify` does, and a search for the cause of every file that differs.
 * @param files `etcd`, `linux/arm64/etcd` or `etcd-io/etcd/linux/arm64/etcd`; all where there is none.
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
  const isAsked = (verdict: FileVerdict) =>
    files.length === 0 || files.some((file) => namesOf(verdict).includes(file));
  const use = async (rebuilt: Rebuilt): Promise<Result<void, Failure>> => {
    const told = await tellOfUnbuilt(rebuilt, isAsked, options.published, host);
    return told.ok && options.accept === true ? accept(rebuilt, isAsked, host) : told;
  };
  const check = (lock: Lock) => checkNames(files, lock);
  const { published, diffoscope = false } = options;
  if (diffoscope && published === undefined) {
    host.stderr.write('--diffoscope compares with the published file: give it with --published.\n');
    return exitCode.usage;
  }
  if (options.build === false) return compareOnly(release, files, options, host);
  const request = { budget, isAsked, check, diffoscope, ...defined({ published }) };
  const result = await rebuild(release, options, host, { explain: request, use });
  return result.ok ? result.value : reportFailure(result.error, host);
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
  const names = new Set(unbuilt.map((verdict) => namesOf(verdict).at(-1)));
  if (place === undefined || names.size === 0 || host.signal.aborted) return ok(undefined);
  const isUnbuilt = (file: AskedFile) => names.has(namesOf(file).at(-1));
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
  const prepared = await prepare(release, options, host);
  if (!prepared.ok) return reportFailure(prepared.error, host);
  const known = checkNames(files, prepared.value.lock);
  if (!known.ok) return reportFailure(known.error, host);
  const isAsked = (file: AskedFile) =>
    files.length === 0 || files.some((name) => namesOf(file).includes(name));
  const compared = await explainMetadata(prepared.value, { place: published, isAsked }, host);
  if (!compared.ok) return reportFailure(compared.error, host);
  return compared.value ?? reportFailure(nothingFits(published), host);
}

function namesOf({
  project,
  platform,
  name,
}: Pick<FileVerdict, 'project' | 'platform' | 'name'>): readonly string[] {
  return [name, `${platform}/${name}`, `${project}/${platform}/${name}`];
}

function checkNames(files: readonly string[], lock: Lock): Result<void, Failure> {
  const published = Object.entries(lock.projects).flatMap(([project, { checksums }]) =>
    (checksums?.files ?? []).flatMap(({ platform, name }) => namesOf({ project, platform, name })),
  );
  const names = new Set(published);
  const unknown = files.find((file) => !names.has(file));
  if (unknown === undefined) return ok(undefined);
  const help = 'A file is called by its name, with its platform or its project before it: linux/arm64/etcd.';
  const nearest = nearestNames(unknown, names);
  return err({ reason: 'unknown-name', what: 'file', name: unknown, nearest, help });
}

/** Writes what was confirmed into the overlay: one override a project. Files with other causes are said, and left. */
async function accept(
  { prepared, lock, report }: Rebuilt,
  isAsked: (verdict: FileVerdict) => boolean,
  host: Host,
): Promise<Result<void, Failure>> {
  const accepted = new Map<string, Accepted>();
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
  }
  if (accepted.size === 0) {
    host.stderr.write('Nothing was confirmed, so there is nothing to accept.\n');
    return ok(undefined);
  }
  const written = await writeOverlay(prepared.workspace, lock, accepted, host);
  if (!written.ok) return written;
  host.stderr.write(
    `Accepted for ${[...accepted.keys()].join(', ')}: ${shownPath(written.value, host.cwd)}\n`,
  );
  return ok(undefined);
}
