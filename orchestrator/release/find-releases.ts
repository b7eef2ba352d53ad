import { byCodeUnit } from '../core/canonical-json.ts';
import { defined } from '../core/defined.ts';
import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import { readText, type Upstream, type UpstreamTag } from './upstream.ts';

/** A published release. It has a release commit, a tag, or both. */
export interface Release {
  /** `v1-30-eks-5` */
  readonly name: string;
  /** `1-30` */
  readonly branch: string;
  readonly number: number;
  /** The commit on the default branch that writes the number; the first, should it be written again. */
  readonly releaseCommit: { readonly id: string; readonly time: number } | undefined;
  readonly tag: UpstreamTag | undefined;
  /** Why it cannot be read whole: a number of its branch was lost, and nobody knows whose it was. */
  readonly unread?: Failure;
}

/** `release/1-30/production/RELEASE` holds the number of the release that is being published. 0 stands for none yet. */
const numberFile = /^release\/(1-[0-9]+)\/production\/RELEASE$/;
const tagName = /^v(1-[0-9]+)-eks-([1-9][0-9]{0,8})$/;

/**
 * All releases by name, the newest first. Tags that are spelt otherwise (`v1-27-eks19`) are none.
 * Errors: `source-unavailable` where the repository lacks content, `clone-damaged` where no branch can be read; one that cannot be takes
 * no other with it.
 */
export async function findReleases(
  upstream: Upstream,
): Promise<Result<ReadonlyMap<string, Release>, Failure>> {
  const { main, tags, repository, blobs } = upstream;
  const releases = new Map<string, Release>();
  const unread = new Map<string, Failure>();
  for (const [path, branch = ''] of main.matches(numberFile)) {
    for (const { since, blob } of main.changes(path)) {
      if (blob === undefined) continue;
      const text = await readText({ repository, blobs, history: main, place: since }, { path, blob, since });
      if (!text.ok && text.error.reason !== 'clone-damaged') return text;
      if (!text.ok) {
        unread.set(branch, text.error);
        continue;
      }
      const number = Number(/^[1-9][0-9]{0,8}$/.exec(text.value.trim())?.[0] ?? 0);
      const name = `v${branch}-eks-${number}`;
      const commit = main.commits[since];
      if (number === 0 || commit === undefined || releases.has(name)) continue;
      releases.set(name, { name, branch, number, releaseCommit: commit, tag: tags.get(name) });
    }
  }
  for (const [name, tag] of tags) {
    const [, branch, number] = tagName.exec(name) ?? [];
    if (branch === undefined || releases.has(name)) continue;
    releases.set(name, { name, branch, number: Number(number), releaseCommit: undefined, tag });
  }
  const [lost] = unread.values();
  const whole = [...releases.values()].map((release) => {
    return { ...release, ...defined({ unread: unread.get(release.branch) }) };
  });
  if (lost !== undefined && whole.every((release) => release.unread !== undefined)) return err(lost);
  return ok(new Map(whole.sort(byAge).map((release) => [release.name, release])));
}

/** When a release was published, as far as git knows: seconds since 1970. */
export function timeOf(release: Release): number {
  return release.releaseCommit?.time ?? release.tag?.time ?? 0;
}

function byAge(a: Release, b: Release): number {
  const minor = (release: Release) => Number(release.branch.slice(2));
  return timeOf(b) - timeOf(a) || minor(b) - minor(a) || b.number - a.number || byCodeUnit(a.name, b.name);
}
