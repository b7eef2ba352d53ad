import { join } from 'node:path';
import type { Lock } from '../../config/lock/lock.ts';
import { readLock, renderLock, type UnsealedLock, unsealLock } from '../../config/lock/lock-file.ts';
import { defined } from '../../core/defined.ts';
import type { Diagnostic } from '../../core/diagnostic.ts';
import type { Failure } from '../../core/failure.ts';
import { branded, isReleaseName } from '../../core/names.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { fillCommits } from '../../release/commits.ts';
import type { BaseDigests } from '../../run/upstream/base-digests.ts';
import type { GoDownloads } from '../../run/upstream/go-downloads.ts';
import type { SourceTags } from '../../run/upstream/source-tags.ts';
import { readText, sizeLimit } from '../../tool/file/read-file.ts';
import { lockName } from '../../workspace/load-lock.ts';
import { shownPath } from '../../workspace/shown-path.ts';
import { sizeInPlace, writeWholeFile } from '../../workspace/write-file.ts';
import { openPins } from './open-pins.ts';

/** Where locks go, and who knows the commits of source tags. */
export interface LockSite {
  /** Absolute. */
  readonly folder: string;
  readonly sourceTags: SourceTags;
  readonly goDownloads: GoDownloads;
  readonly baseDigests: BaseDigests;
  readonly host: Host;
}

/** A lock in its place. */
export interface FinishedLock {
  readonly pins: UnsealedLock;
  /** As a person would write it. */
  readonly file: string;
  /** What it leaves open, and what differs from the lock that was there before. */
  readonly notes: readonly string[];
}

/**
 * Fills in the commits of pins, holds them against the lock of that release that is there, and writes the new one.
 * Errors: `moved-tag`, and then the lock is left as it was; those of `writeWholeFile`; `aborted`.
 */
export async function finishLock(
  imported: UnsealedLock,
  site: LockSite,
): Promise<Result<FinishedLock, Failure>> {
  const { sourceTags, host } = site;
  const downloads = await site.goDownloads.of(imported);
  const pins = withDownloads(
    { ...imported, baseImages: await site.baseDigests.of(imported, undefined) },
    downloads,
  );
  const path = join(site.folder, lockName(branded(isReleaseName, pins.release)));
  const file = shownPath(path, host.cwd);
  const inPlace = await sizeInPlace(path);
  if (!inPlace.ok) return inPlace;
  const there = await readText(path, { limit: sizeLimit.lock }, file);
  const afresh = await fillCommits(pins, sourceTags.tagsOf, undefined);
  if (host.signal.aborted) return err({ reason: 'aborted' });
  // To read a lock takes longer than to make one.
  if (afresh.ok && there.ok && renderLock(afresh.value) === there.value)
    return ok({ pins: afresh.value, file, notes: openPins(afresh.value, site) });
  const earlier = readEarlier(file, there);
  const kept = pins.goDownloads ?? (earlier.lock && unsealLock(earlier.lock).goDownloads);
  const baseImages = await site.baseDigests.of(imported, earlier.lock);
  const filled = await fillCommits(
    withDownloads({ ...pins, baseImages }, kept),
    sourceTags.tagsOf,
    earlier.lock,
  );
  if (!filled.ok) return filled;
  const written = await writeWholeFile(path, renderLock(filled.value), host);
  if (!written.ok) return written;
  const notes = [...openPins(filled.value, site), ...earlier.notes, ...movedTag(pins, earlier.lock)];
  return ok({ pins: filled.value, file, notes });
}

/** In the place that the file has for it. */
function withDownloads(pins: UnsealedLock, goDownloads: UnsealedLock['goDownloads']): UnsealedLock {
  const { goDownloads: _, baseImages, projects, ...rest } = pins;
  return { ...rest, ...defined({ goDownloads }), baseImages, projects };
}

interface Earlier {
  readonly lock: Lock | undefined;
  readonly notes: readonly string[];
}

/** The lock that is there already. One that cannot be read is replaced: to import again is the way to mend it. */
function readEarlier(file: string, text: Result<string | undefined, Diagnostic>): Earlier {
  if (text.ok && text.value === undefined) return { lock: undefined, notes: [] };
  const lock = text.ok ? readLock(file, text.value ?? '') : err([text.error]);
  if (lock.ok) return { lock: lock.value, notes: [] };
  const [first] = lock.error;
  const line = first?.location.line === undefined ? '' : `line ${first.location.line}: `;
  const why = first === undefined ? '' : ` (${line}${first.message})`;
  return { lock: undefined, notes: [`the lock that was there could not be read${why} and was replaced`] };
}

function movedTag(pins: UnsealedLock, earlier: Lock | undefined): readonly string[] {
  const [before, now] = [earlier?.upstream.tag, pins.upstream.tag];
  if (before === undefined || now === undefined || before.commit === now.commit) return [];
  return [`upstream's own tag ${now.name} has moved from ${before.commit} to ${now.commit}`];
}
