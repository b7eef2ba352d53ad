import type { LockedProject } from '../../config/lock/lock.ts';
import { defined } from '../../core/defined.ts';
import type { Digest } from '../../core/digest.ts';
import { failureHeadline } from '../../core/failure-headline.ts';
import type { ReleaseName } from '../../core/names.ts';
import { visible } from '../../core/visible.ts';
import type { FileVerdict } from '../verify/verdict.ts';
import type { FileRecord } from './record.ts';

/** What a verdict does not know of its file. */
export interface RecordedBuild {
  readonly release: ReleaseName;
  /** When that was released, RFC 3339. */
  readonly date: string;
  readonly locked: LockedProject;
  /** See `recordSchema`; undefined where nothing could be planned. */
  readonly build: Digest | undefined;
  readonly by: string;
}

/** What is to be kept of a verdict; undefined where this machine or its network kept the file from being built. */
export function recordOf(
  verdict: FileVerdict,
  { release, date, locked, build, by }: RecordedBuild,
): FileRecord | undefined {
  if (verdict.verdict === 'infra-failed') return undefined;
  const { project, platform, name, comparable, authority, expected, found } = verdict;
  return {
    schema: 1,
    release,
    date: new Date(date).toISOString().slice(0, 10),
    project,
    platform,
    name,
    verdict: verdict.verdict,
    comparable,
    authority,
    ...defined({ expected, found: found === expected ? undefined : found }),
    version: locked.tag,
    ...defined({ go: locked.go?.version, build, cause: causeOf(verdict) }),
    by,
  };
}

function causeOf({ explanation, failure, verdict, why }: FileVerdict): FileRecord['cause'] {
  if (explanation !== undefined) {
    const { rule: kind, cause: text, confidence } = explanation;
    return { kind, text: visible(text), confidence };
  }
  if (failure !== undefined) return { kind: failure.reason, text: visible(failureHeadline(failure)) };
  return verdict === 'build-failed' ? { kind: 'missing-output', text: visible(why) } : undefined;
}
