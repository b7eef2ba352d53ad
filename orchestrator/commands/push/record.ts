import { defined } from '../../core/defined.ts';
import { describeFailure } from '../../core/describe-failure.ts';
import type { Failure } from '../../core/failure.ts';
import { failureHeadline } from '../../core/failure-headline.ts';
import type { OciDigest } from '../../core/oci.ts';
import type { Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import type { PushRecord } from '../../oci/push/push.ts';
import { pushRecordFile, readPushRecord } from '../../run/deliver/push-record.ts';
import type { Rebuilt } from '../../run/rebuild.ts';
import { shownPath } from '../../workspace/shown-path.ts';
import { writeWholeFile } from '../../workspace/write-file.ts';
import type { PushTarget } from './target.ts';

/** What came to one registry. */
export interface PushedTo extends PushRecord {
  /** Digests of the provenance statements' manifests, by repository. */
  readonly provenance: Readonly<Record<string, OciDigest>>;
  /** Repositories that were made for it, as ECR calls them. */
  readonly created?: readonly string[];
  /** Of a push that broke off: what had come of each image that is not in `images`. */
  readonly unfinished?: readonly UnfinishedImage[];
}

export interface UnfinishedImage {
  readonly repository: string;
  readonly digest: OciDigest;
  /** Bytes. */
  readonly uploaded: number;
  /** Digests of manifests, and tags, that the registry has now. */
  readonly manifests: readonly string[];
  readonly tags: readonly string[];
}

/**
 * Does a push, and writes beside the report what came of it, however it ended: what is where by digest, what was let pass for
 * which reason, and why it broke off. A push that brought nothing does not hide what an earlier one had brought.
 * Errors: those of the push; those of `writeWholeFile`.
 * @param deed is given where to note what came to a registry.
 */
export async function recorded(
  { rebuilt, target, host }: { rebuilt: Rebuilt; target: PushTarget; host: Host },
  deed: (note: (came: PushedTo) => void) => Promise<Result<void, Failure>>,
): Promise<Result<void, Failure>> {
  const registries: PushedTo[] = [];
  const done = await deed((came) => registries.push(came));
  const { report, prepared } = rebuilt;
  const file = pushRecordFile(prepared.workspace, report.release.name, target);
  const broke = done.ok ? undefined : done.error;
  const record = {
    schema: 1,
    release: report.release.name,
    lock: report.release.lock,
    pushed: new Date(host.now()).toISOString(),
    allowed: target.allowances,
    registries,
    ...defined({
      // Why it is not in all of them, or without all statements.
      brokeOff: broke && (broke.reason === 'usage' ? describeFailure(broke) : failureHeadline(broke)),
      earlier: broke && (await earlierIn(file)),
    }),
  };
  const written = await writeWholeFile(file, `${JSON.stringify(record, null, 2)}\n`, host);
  if (written.ok) host.stderr.write(`Record: ${shownPath(file, host.cwd)}\n`);
  if (done.ok) return written;
  if (!written.ok) host.stderr.write(`${describeFailure(written.error)}\n`);
  return done;
}

/** The last record there that says of something that it came to a registry. */
async function earlierIn(file: string): Promise<object | undefined> {
  const there = await readPushRecord(file);
  const { registries, earlier } = (there ?? {}) as { registries?: unknown; earlier?: object };
  return Array.isArray(registries) && registries.length > 0 ? there : earlier;
}
