import { lutimes, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf } from '../../core/digest.ts';
import type { ImageBuild } from './builder.ts';

/** Seconds: some three years, in which one in 10^14 microseconds is picked. */
const span = 1e8;

/**
 * Dates what a build sends to its daemon: all with one time that is later than the source's, which BuildKit makes the
 * source's in the layers, and that no other build has. A daemon keeps what it was sent as `context`, and is sent only what
 * differs from that by its size or its time; with the same times, what another build left would stand for files of the
 * same size, and its folders would keep their dates (BuildKit's source/local/source.go, sharedKey). No clock is asked: one
 * that is behind the source would leave times as they are. @throws system errors.
 */
export async function dateInputs(
  build: Pick<ImageBuild, 'context' | 'dockerfile' | 'work' | 'epoch'>,
): Promise<void> {
  const picked = Number.parseInt(digestOf(build.work).slice(0, 12), 16) / 2 ** 48;
  const time = build.epoch + 1 + Math.floor(picked * span * 1e6) / 1e6;
  for (const folder of [build.context, build.dockerfile]) await dateAll(folder, time);
}

async function dateAll(folder: string, time: number): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await dateAll(path, time);
    else await lutimes(path, time, time);
  }
  await lutimes(folder, time, time);
}
