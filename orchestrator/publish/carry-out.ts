import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import { inParallel } from '../tool/http/in-parallel.ts';
import type { Bucket } from '../tool/s3/bucket.ts';
import { type Fate, type PlannedObject, type PublishPlan, planChannel } from './plan.ts';
import { readChannel } from './read-place.ts';
import type { Site } from './read-site.ts';
import type { Keeping } from './s3/headers.ts';
import { bytesOf, giveUp, putBytes, uploadFile } from './s3/write.ts';
import type { SiteFile } from './site-file.ts';

/** Files on their way at once. */
const atOnce = 4;

/** How often a channel is read again that others write to. */
const tries = 5;

interface CarryingOut {
  readonly bucket: Bucket;
  readonly site: Site;
  readonly keeping: Keeping;
  readonly overwrite: boolean;
  /** Told of each object that was written, as soon as it is there. */
  readonly onWritten: (path: string) => void;
  /** Told of the bytes that were sent, in portions. */
  readonly onSent: (bytes: number) => void;
}

/**
 * Carries a plan out that refuses nothing: CRDs, artifacts and changelog, the manifest once all of them are there, the channel once that is.
 * Ends at the first failure; what came stays, nothing points at what is not there, and the next plan goes on from it.
 * Errors: those of `uploadFile`; `usage` where a channel that came meanwhile is another's.
 */
export async function carryOut(plan: PublishPlan, doing: CarryingOut): Promise<Result<void, Failure>> {
  const given = await inParallel(plan.leftovers, atOnce, (each) => giveUp(doing.bucket, each));
  if (!given.ok) return given;
  const of = (kinds: readonly PlannedObject['kind'][]) =>
    plan.objects.filter(({ kind }) => kinds.includes(kind));
  const pointedAt = await inParallel(of(['crd', 'artifact', 'changelog']), atOnce, (each) =>
    upload(each, doing),
  );
  if (!pointedAt.ok) return pointedAt;
  for (const manifest of of(['manifest'])) {
    const uploaded = await upload(manifest, doing);
    if (!uploaded.ok) return uploaded;
  }
  for (const channel of of(['channel'])) {
    const moved = await moveChannel(channel.file, channel, doing);
    if (!moved.ok) return moved;
  }
  return ok(undefined);
}

async function upload(planned: PlannedObject, doing: CarryingOut): Promise<Result<void, Failure>> {
  if (planned.action === 'refuse') throw new Error(`${planned.file.path} was refused, and is uploaded`);
  if (planned.action === 'there' || planned.action === 'keep') return ok(undefined);
  const { bucket, site, keeping, onSent, onWritten } = doing;
  const { file, condition } = planned;
  const sent = await uploadFile(bucket, site.folder, file, { keeping, condition, onSent });
  if (!sent.ok) return sent;
  if (sent.value === 'written') onWritten(file.path);
  return ok(undefined);
}

/** Writes the channel where what is there still is what the decision was about; else it is decided anew. */
async function moveChannel(
  file: SiteFile,
  planned: Fate,
  doing: CarryingOut,
): Promise<Result<void, Failure>> {
  const { bucket, site, keeping, overwrite, onSent, onWritten } = doing;
  const what = `writing ${bucket.shown(file.path)}`;
  let fate = planned;
  for (let time = 1; time <= tries; time += 1) {
    if (fate.action === 'there' || fate.action === 'keep') return ok(undefined);
    if (fate.action === 'refuse') {
      const message = `${bucket.shown(file.path)} ${fate.note}.`;
      return err({ reason: 'usage', message, help: 'Somebody else publishes there: see who.' });
    }
    const bytes = await bytesOf(site.folder, file);
    if (!bytes.ok) return bytes;
    const put = await putBytes(bucket, file.path, bytes.value, { keeping, condition: fate.condition, what });
    if (!put.ok) return put;
    if (put.value !== 'conflict') {
      onSent(file.size);
      onWritten(file.path);
      return ok(undefined);
    }
    const there = await readChannel(bucket, file.path, file.sha256);
    if (!there.ok) return there;
    fate = planChannel(site.channel, there.value, overwrite);
  }
  return err({ reason: 'network', what, detail: 'others write there at the same time' });
}
