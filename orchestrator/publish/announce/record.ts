import type { Failure } from '../../core/failure.ts';
import { parseJson } from '../../core/json-text.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Bucket } from '../../tool/s3/bucket.ts';
import type { Keeping } from '../s3/headers.ts';
import { readObject } from '../s3/read.ts';
import { type Condition, putBytes } from '../s3/write.ts';

/**
 * The record of a release's announcement, beside its manifest: written before the message is sent, and again after it. Whoever finds
 * `sending` cannot tell whether it was sent, and does not send it: a message may be lost so, and none comes twice.
 */
export interface AnnouncementRecord {
  readonly schema: 1;
  readonly release: string;
  readonly topic: string;
  /** Of the manifest. */
  readonly sha256: string;
  /** `unsent`: SNS refused it, and the next may try. */
  readonly state: 'sending' | 'sent' | 'unsent';
  /** Whose it is: no two runs have the same. */
  readonly run: string;
  /** RFC 3339. */
  readonly at: string;
  readonly messageId?: string;
}

export interface RecordThere {
  readonly etag: string;
  readonly record: AnnouncementRecord;
}

/** `kubernetes-1-30/kubernetes-1-30-eks-5.announcement.json` of a manifest's path. */
export function recordPath(manifest: string): string {
  return manifest.replace(/\.yaml$/, '.announcement.json');
}

/** Undefined where there is none. Errors: those of `attempt`; `usage` where something else is in its place. */
export async function readRecord(
  bucket: Bucket,
  path: string,
): Promise<Result<RecordThere | undefined, Failure>> {
  const read = await readObject(bucket, path, 2 ** 16);
  if (!read.ok || read.value === undefined) return read.ok ? ok(undefined) : read;
  const { text, etag } = read.value;
  const record = parseJson(text) as Partial<AnnouncementRecord> | undefined;
  const texts = [record?.release, record?.topic, record?.sha256, record?.run, record?.at];
  const isRecord =
    record?.schema === 1 &&
    ['sending', 'sent', 'unsent'].includes(String(record.state)) &&
    texts.every((each) => typeof each === 'string');
  if (isRecord) return ok({ etag, record: record as AnnouncementRecord });
  const message = `${bucket.shown(path)} is no record of an announcement.`;
  return err({ reason: 'usage', message, help: 'Look at it: nothing is announced while it is there.' });
}

/** Writes it where the condition holds. Errors: those of `attempt`. */
export function writeRecord(
  bucket: Bucket,
  path: string,
  record: AnnouncementRecord,
  { keeping, condition }: { readonly keeping: Keeping; readonly condition: Condition },
): Promise<Result<{ readonly etag: string } | 'conflict', Failure>> {
  const bytes = Buffer.from(`${JSON.stringify(record, null, 2)}\n`);
  return putBytes(bucket, path, bytes, { keeping, condition, what: `recording the announcement` });
}
