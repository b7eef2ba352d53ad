import type { Lock } from '../../config/lock/lock.ts';
import { fixesOf } from '../../config/lock/patch-message.ts';
import type { PatchPin } from '../../plan/node-go.ts';
import type { GoFacts, Making, PatchFacts, ProjectFacts } from '../../statement/sbom/facts.ts';
import type { Rebuilt } from '../rebuild.ts';

/** What a project of the release is built from, by its lock; undefined where the lock has no such project. */
export function projectOf(
  name: string,
  { lock, prepared }: Pick<Rebuilt, 'lock' | 'prepared'>,
): ProjectFacts | undefined {
  const locked = Object.hasOwn(lock.projects, name) ? lock.projects[name] : undefined;
  if (locked === undefined) return undefined;
  const { repository, tag, commit } = locked;
  const { tree, releaseCommit, tag: tagged, repository: upstream } = lock.upstream;
  const read = (tree === 'release' ? releaseCommit : tagged)?.commit;
  const at = read === undefined ? undefined : { repository: upstream, commit: read };
  const patches = locked.patches.map(({ path, sha256, subject, fixes = [] }): PatchFacts => {
    return { path, sha256: sha256 === 'unavailable' ? undefined : sha256, at, subject, fixes };
  });
  return {
    ...{ name, repository, tag, commit },
    patches: [...patches, ...(prepared.userPatches.get(name) ?? []).map(ownPatch)],
  };
}

function ownPatch({ path, sha256 }: PatchPin): PatchFacts {
  return { path, sha256, fixes: fixesOf(path, []) };
}

/** The Go of a project, with the patches of it that come into programs: what it is built with here, too. */
export function goOf(name: string, { projects, goBuilds = {} }: Lock): GoFacts | undefined {
  const go = Object.hasOwn(projects, name) ? projects[name]?.go : undefined;
  if (go === undefined) return undefined;
  const { flavour, build } = go;
  const made = build !== undefined && Object.hasOwn(goBuilds, build) ? goBuilds[build] : undefined;
  if (made === undefined) return { flavour, patches: [] };
  const at = { repository: made.repository, commit: made.commit };
  const patches = made.patches
    .filter(({ changes }) => changes !== undefined)
    .map(({ path, sha256, fixes = [] }): PatchFacts => {
      return { path, sha256: sha256 === 'unavailable' ? undefined : sha256, at, fixes };
    });
  return { flavour, build, patches };
}

/** Bills are dated by the release's commit, or else its tag; where it has neither, as early as dates begin. */
export function makingOf({ lock, report }: Pick<Rebuilt, 'lock' | 'report'>): Making {
  const { releaseCommit, tag } = lock.upstream;
  const date = (releaseCommit ?? tag)?.date ?? '1970-01-01T00:00:00Z';
  return { tool: report.tool, release: lock.release, date };
}
