import type { UnsealedLock } from '../../config/lock/lock-file.ts';
import type { Failure } from '../../core/failure.ts';
import { failureHeadline } from '../../core/failure-headline.ts';
import { countOf } from '../../core/numbers.ts';
import type { BaseDigests } from '../../run/upstream/base-digests.ts';
import { type GoDownloads, noGoDownloads } from '../../run/upstream/go-downloads.ts';

/**
 * What a lock leaves open because nobody said it, beside source tags: which, why, what follows, and how to have it later.
 * A line each; of one matter those after the first are indented.
 */
export function openPins(
  pins: UnsealedLock,
  { baseDigests, goDownloads }: { readonly baseDigests: BaseDigests; readonly goDownloads: GoDownloads },
): readonly string[] {
  const bases = pins.baseImages.filter(({ digest }) => digest === undefined);
  const whyBases = bases.map(({ name, tag }) => baseDigests.failures.get(`${name}:${tag}`));
  const hasGo = Object.values(pins.projects).some(({ go }) => go !== undefined);
  const site = goDownloads.failure();
  // What the site does not list is no trouble: the module proxy may have it.
  const isGoOpen =
    pins.goDownloads === undefined && hasGo && (site !== undefined || goDownloads === noGoDownloads);
  return [
    ...(bases.length === 0
      ? []
      : [
          `${countOf(bases.length, 'base image')} pinned by tag alone: ${bases.map(({ name }) => name).join(', ')}`,
          ...reasons(whyBases),
          '  images of this lock stand on what these tags point at on the day when they are made',
          '  to pin them, import again with their registry in reach ("mirrors" in the settings may lead to another)',
        ]),
    ...(isGoOpen
      ? [
          'no archive of Go is pinned by SHA-256',
          ...reasons([site]),
          '  a Go that the module proxy lacks is then had only by "toolchains" in the settings, or after another import',
        ]
      : []),
  ];
}

/** Each once; nobody was asked where there is none. */
function reasons(failures: readonly (Failure | undefined)[]): readonly string[] {
  const texts = failures.map((failure) =>
    failure === undefined ? 'nobody was asked' : failureHeadline(failure),
  );
  return [...new Set(texts)].map((text) => `  ${text}`);
}
