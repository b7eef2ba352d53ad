import { mkdtemp, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type ExitCode, exitCode, gravest } from '../../core/exit-code.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import type { RunReport } from '../../report/run-report.ts';
import { proseOn } from '../../run/deliver/reporter.ts';
import { renewReport } from '../../run/deliver/write-report.ts';
import { packageVersion } from '../../run/outcome/version.ts';
import { type Rebuilt, rebuild } from '../../run/rebuild.ts';
import { claimCache } from '../../run/wiring/tools.ts';
import { ensureFolder } from '../../tool/file/ensure-folder.ts';
import { affectedIds, isPartial } from '../../vulnerability/compare.ts';
import type { Vulnerabilities } from '../../vulnerability/finding.ts';
import { openWorkspace, outFolderOf } from '../../workspace/workspace.ts';
import { checkFolder } from '../../workspace/write-file.ts';
import { reportFailure } from '../words/report-failure.ts';
import { documentsOf, writeDocuments } from './documents.ts';
import { type FoundBy, findVulnerabilities, gatherOurs } from './find.ts';
import type { VulnsOptions } from './options.ts';
import { unknownAgainst } from './sides.ts';
import { vulnerabilitiesText } from './table.ts';
import { openWays, type Ways } from './ways.ts';

/**
 * `eksd-rebuild vulns RELEASE`: which known vulnerabilities our programs and images have, held against other builds of the same.
 * Exit code 1: ours have some. Documents are written all the same: a page, JSON, SARIF, OpenVEX, CSAF.
 */
export async function vulns(release: string, options: VulnsOptions, host: Host): Promise<number> {
  if (options.json === true && options.sarif === true) {
    const help = 'Both are written into the folder anyway.';
    return reportFailure({ reason: 'usage', message: '--json and --sarif exclude one another.', help }, host);
  }
  const workspace = await openWorkspace(options, host);
  if (!workspace.ok) return reportFailure(workspace.error, host);
  claimCache(workspace.value, host);
  ensureFolder(workspace.value.cache);
  const scratch = await mkdtemp(join(workspace.value.cache, 'vulns-'));
  try {
    // What is asked for stands alone on standard output.
    const aside: Host = { ...host, stdout: host.stderr };
    const ways = await openWays(workspace.value, options, scratch, aside);
    if (!ways.ok) return reportFailure(ways.error, host);
    const found = await find(release, options, ways.value, aside);
    if (!found.ok) return reportFailure(found.error, host);
    return await tell(found.value, options, ways.value, host);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

interface Found extends FoundBy {
  /** Of the runs that built. */
  readonly codes: readonly ExitCode[];
  /** Of the release that was asked about. */
  readonly report: RunReport;
}

async function find(
  release: string,
  options: VulnsOptions,
  ways: Ways,
  host: Host,
): Promise<Result<Found, Failure>> {
  const codes: ExitCode[] = [];
  let report: RunReport | undefined;
  const run = async <T>(of: string, use: (rebuilt: Rebuilt) => Promise<Result<T, Failure>>) => {
    let made: T | undefined;
    const images = options.images ? { images: options } : {};
    const built = await rebuild(
      of,
      { ...options, ...(of === release ? {} : { report: ways.otherReport }) },
      host,
      {
        ...images,
        use: async (rebuilt) => {
          const used = await use(rebuilt);
          if (!used.ok) return used;
          made = used.value;
          if (of === release) report = rebuilt.report;
          return ok(undefined);
        },
      },
    );
    if (!built.ok) return built;
    codes.push(built.value as ExitCode);
    return made === undefined ? err<Failure>({ reason: 'aborted' }) : ok(made);
  };
  const other = ways.against.kind === 'release' ? ways.against.release : undefined;
  const otherOurs =
    other === undefined ? undefined : await run(other, (rebuilt) => gatherOurs(rebuilt, ways, host));
  if (otherOurs?.ok === false)
    return otherOurs.error.reason === 'unknown-name' ? unknownAgainst(other ?? '') : otherOurs;
  const found = await run(release, (rebuilt) => findVulnerabilities(rebuilt, ways, otherOurs?.value, host));
  if (!found.ok) return found;
  return report === undefined ? err({ reason: 'aborted' }) : ok({ ...found.value, codes, report });
}

async function tell(
  { vulnerabilities, lock, codes, report }: Found,
  options: VulnsOptions,
  ways: Ways,
  host: Host,
): Promise<number> {
  const { workspace } = ways;
  const version = await packageVersion(host.packageFolder);
  const documents = documentsOf(vulnerabilities, workspace, version);
  const folder =
    options.output === undefined ? outFolderOf(workspace, lock.release) : resolve(host.cwd, options.output);
  const free = await checkFolder(folder);
  if (!free.ok) return reportFailure(free.error, host);
  const written = await writeDocuments(documents, folder, host);
  if (!written.ok) return reportFailure(written.error, host);
  const linked = await renewReport(report, options.report, workspace, host);
  if (!linked.ok) return reportFailure(linked.error, host);
  const name = options.json === true ? 'vulnerabilities.json' : 'vulnerabilities.sarif';
  const isForPrograms = options.json === true || options.sarif === true;
  const text = isForPrograms ? (documents.get(name) ?? '') : vulnerabilitiesText(vulnerabilities);
  (isForPrograms ? host.stdout : proseOn(options.log, host)).write(text);
  return exitCodeOf(vulnerabilities, codes, options);
}

/** That programs differ from what was published is not what was asked; that one could not be built is. */
function exitCodeOf(
  { subjects }: Vulnerabilities,
  codes: readonly ExitCode[],
  { against }: VulnsOptions,
): ExitCode {
  const hasSome = (affectedIds(subjects, 'ours')?.size ?? 0) > 0;
  const lacks = against !== undefined && against !== 'none' && lacksAll(subjects);
  return gravest([
    ...codes.filter((code) => code !== exitCode.different && code !== exitCode.nothingCompared),
    ...(hasSome ? [exitCode.different] : []),
    ...(lacks ? [exitCode.infrastructure] : []),
  ]);
}

/** Whether what `--against` asked for could not be had at all, for any. */
function lacksAll(subjects: Vulnerabilities['subjects']): boolean {
  return isPartial(subjects, 'against') && affectedIds(subjects, 'against') === undefined;
}
