import { digestOf } from '../core/digest.ts';
import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import { inParallel } from '../tool/http/in-parallel.ts';
import type { Bucket } from '../tool/s3/bucket.ts';
import { artifactsFolder } from './layout.ts';
import { readReleaseChannel } from './manifest/channel.ts';
import type { ChannelThere, PlaceState } from './plan.ts';
import type { Site } from './read-site.ts';
import { listLeftovers, listObjects, readObject } from './s3/read.ts';
import { type ObjectState, stateOf } from './s3/state.ts';

/** Questions at once. */
const atOnce = 8;

/** Bytes that the file of a channel may have. */
const channelLimit = 2 ** 16;

/**
 * Asks a bucket what it has where a site is to go. Writes nothing. Errors: those of `attempt`; `configuration` where the channel that
 * is there cannot be read.
 */
export async function readPlace(
  bucket: Bucket,
  { files, layout }: Pick<Site, 'files' | 'layout'>,
): Promise<Result<PlaceState, Failure>> {
  const folder = `${artifactsFolder(layout.channel, layout.number)}/`;
  // Whose answer has words also where it is a refusal comes first.
  const listed = await listObjects(bucket, folder);
  if (!listed.ok) return listed;
  const leftovers = await listLeftovers(bucket, folder);
  if (!leftovers.ok) return leftovers;
  const channel = await readChannel(bucket, files.channel.path, files.channel.sha256);
  if (!channel.ok) return channel;
  const changelogs = files.changelog === undefined ? [] : [files.changelog];
  const asked = [...files.crds, ...files.artifacts, ...changelogs, files.manifest];
  const states = await inParallel(asked, atOnce, async (file): Promise<Result<ObjectState, Failure>> => {
    const isListed = file.path.startsWith(folder);
    return isListed && !listed.value.has(file.path) ? ok({ is: 'absent' }) : stateOf(bucket, file);
  });
  if (!states.ok) return states;
  const own = new Set(files.artifacts.map(({ path }) => path));
  return ok({
    files: new Map(asked.map(({ path }, at) => [path, states.value[at] ?? { is: 'absent' }])),
    channel: channel.value,
    strangers: [...listed.value.keys()].filter((path) => !own.has(path)),
    leftovers: leftovers.value.filter(({ path }) => own.has(path)),
  });
}

/** The channel that is there. Errors: those of `attempt`; `configuration` with every complaint about it. */
export async function readChannel(
  bucket: Bucket,
  path: string,
  own: string,
): Promise<Result<ChannelThere | undefined, Failure>> {
  const read = await readObject(bucket, path, channelLimit);
  if (!read.ok || read.value === undefined) return read.ok ? ok(undefined) : read;
  const { text, etag } = read.value;
  const channel = readReleaseChannel(text, bucket.shown(path));
  return channel.ok
    ? ok({ etag, channel: channel.value, isSame: digestOf(text) === own })
    : err(channel.error);
}
