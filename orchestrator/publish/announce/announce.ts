import { describeFailure } from '../../core/describe-failure.ts';
import type { Failure } from '../../core/failure.ts';
import { failureHeadline } from '../../core/failure-headline.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Bucket } from '../../tool/s3/bucket.ts';
import type { Keeping } from '../s3/headers.ts';
import type { Condition } from '../s3/write.ts';
import type { Message } from './message.ts';
import { type AnnouncementRecord, type RecordThere, readRecord, recordPath, writeRecord } from './record.ts';
import type { Topic } from './topic.ts';

/** What is to be done about a release's announcement. */
export type AnnouncementPlan =
  | { readonly action: 'send'; readonly condition: Condition }
  /** It was sent. */
  | { readonly action: 'there'; readonly at: string; readonly topic: string }
  /** A run was about to send it, and did not come back to say so. */
  | { readonly action: 'unknown'; readonly at: string; readonly topic: string };

export function planAnnouncement(there: RecordThere | undefined): AnnouncementPlan {
  if (there === undefined) return { action: 'send', condition: 'absent' };
  const { at, topic, state } = there.record;
  if (state === 'unsent') return { action: 'send', condition: { etag: there.etag } };
  return { action: state === 'sent' ? 'there' : 'unknown', at, topic };
}

interface Announcing {
  readonly bucket: Bucket;
  readonly keeping: Keeping;
  readonly topic: Topic;
  readonly message: Message;
  /** Path of the manifest. */
  readonly manifest: string;
  /** Of this run: see `AnnouncementRecord`. */
  readonly run: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** How often the record is written anew where something came between. */
const tries = 5;

/**
 * Sends the word on a release, at most once whatever happens: who sends it has put its record there first, which one run alone can.
 * Gives what became of it. Errors: those of `attempt`; `usage` where nobody can tell whether it was sent.
 */
export async function announce(
  announcing: Announcing,
  planned: AnnouncementPlan,
): Promise<Result<'sent' | 'there', Failure>> {
  const { bucket, keeping, topic, message, manifest, run, now } = announcing;
  const path = recordPath(manifest);
  const { release, sha256 } = message.attributes;
  const record = (state: AnnouncementRecord['state'], messageId?: string): AnnouncementRecord => ({
    ...{ schema: 1, release, topic: topic.arn, sha256, state, run, at: new Date(now()).toISOString() },
    ...(messageId === undefined ? {} : { messageId }),
  });
  let etag: string | undefined;
  let plan = planned;
  for (let time = 1; etag === undefined; time += 1) {
    if (plan.action === 'there') return ok('there');
    if (plan.action === 'unknown') return err(nobodyKnows(bucket.shown(path), plan.at, plan.topic));
    const { condition } = plan;
    const claimed = await writeRecord(bucket, path, record('sending'), { keeping, condition });
    if (!claimed.ok) return claimed;
    if (claimed.value !== 'conflict') {
      etag = claimed.value.etag;
      break;
    }
    const there = await readRecord(bucket, path);
    if (!there.ok) return there;
    // The answer to our own may have been lost: then it was written again, and is in the way of itself.
    if (there.value?.record.run === run) etag = there.value.etag;
    plan = planAnnouncement(there.value);
    const what = `recording the announcement at ${bucket.shown(path)}`;
    if (etag === undefined && time === tries)
      return err({ reason: 'network', what, detail: 'others write there at the same time' });
  }
  const sent = await topic.send(message);
  if (sent.how === 'unknown') {
    return err(
      nobodyKnows(bucket.shown(path), record('sending').at, topic.arn, describeFailure(sent.failure)),
    );
  }
  const end = sent.how === 'sent' ? record('sent', sent.messageId) : record('unsent');
  const written = await writeRecord(bucket, path, end, { keeping, condition: { etag } });
  if (sent.how === 'unsent') return err(sent.failure);
  if (written.ok || written.error.reason === 'aborted') return written.ok ? ok('sent') : written;
  const what = `completing ${bucket.shown(path)}, after the release was announced`;
  return err({ reason: 'network', what, detail: failureHeadline(written.error) });
}

function nobodyKnows(place: string, at: string, topic: string, why?: string): Failure {
  return {
    reason: 'usage',
    message: `Whether the release was announced to ${topic} is not known: a run was about to do it at ${at}.${why === undefined ? '' : ` ${why}`}`,
    help: `Ask who listens there. It is not sent again, lest it come twice; where it never came, delete ${place} and run again with --announce.`,
  };
}
