import type { Failure } from '../../core/failure.ts';
import { trying } from '../../core/system-error.ts';
import type { Host } from '../../host.ts';
import { timeOf } from '../../release/find-releases.ts';
import { instantOf } from '../../release/history.ts';
import { surveyRelease } from '../../release/survey.ts';
import { readLockFile } from '../../workspace/load-lock.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import type { Importer } from './importer.ts';

/** One release that can be rebuilt, as `releases --json` gives it. */
export interface ListedRelease {
  readonly release: string;
  /** When it was published, RFC 3339. */
  readonly date: string;
  /** The source tag of Kubernetes in it; null where it has none. */
  readonly kubernetes: string | null;
  /** Published files whose expected hashes upstream's CI compared itself. */
  readonly comparable: number;
  /** Published files with an expected hash. */
  readonly files: number;
  readonly tagged: boolean;
  readonly locked: boolean;
}

/**
 * All releases of upstream, newest first.
 * @param isLocked whether a release's lock is at hand.
 * @param complain is called for a release that cannot be read; the rest is listed.
 * @param signal ends it early.
 */
export async function listUpstream(
  { releases, upstream }: Importer,
  isLocked: (release: string) => boolean,
  complain: (failure: Failure, release: string) => void,
  signal: AbortSignal,
): Promise<readonly ListedRelease[]> {
  const listed: ListedRelease[] = [];
  for (const release of releases.values()) {
    const survey = await trying(() => surveyRelease(release, upstream));
    if (signal.aborted) break;
    if (!survey.ok) {
      complain(survey.error, release.name);
      continue;
    }
    listed.push({
      release: release.name,
      date: instantOf(timeOf(release)),
      kubernetes: survey.value.kubernetes ?? null,
      comparable: survey.value.comparable,
      files: survey.value.files,
      tagged: release.tag !== undefined,
      locked: isLocked(release.name),
    });
  }
  return listed;
}

/** A release of which only the lock is known. A lock that cannot be read is left out: whoever uses it is told. */
export async function listLock(
  file: string,
  workspace: Workspace,
  host: Host,
): Promise<ListedRelease | undefined> {
  const read = await readLockFile(file, workspace, host);
  if (!read.ok) return undefined;
  const { upstream, projects, release } = read.value;
  const checksums = Object.values(projects).flatMap((project) => project.checksums ?? []);
  const count = (chosen: typeof checksums) => chosen.reduce((sum, each) => sum + each.files.length, 0);
  return {
    release,
    date: (upstream.releaseCommit ?? upstream.tag)?.date ?? '',
    kubernetes: projects['kubernetes/kubernetes']?.tag ?? null,
    comparable: count(checksums.filter((each) => each.authority === 'built')),
    files: count(checksums),
    tagged: upstream.tag !== undefined,
    locked: true,
  };
}
