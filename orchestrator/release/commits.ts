import type { Lock } from '../config/lock/lock.ts';
import type { UnsealedLock } from '../config/lock/lock-file.ts';
import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';

/** The commits of all tags of a repository, asked for once; undefined where it is out of reach, or was not to be asked. */
export type TagsOf = (repository: string) => Promise<ReadonlyMap<string, string> | undefined>;

const isCommit = /^[0-9a-f]{40}$/;

/**
 * Fills in what the source tags point at. Where a repository is out of reach, what an earlier lock of the release says
 * stays.
 * Errors: `moved-tag` where the earlier lock has another commit for the same tag.
 */
export async function fillCommits(
  pins: UnsealedLock,
  tagsOf: TagsOf,
  earlier: Lock | undefined,
): Promise<Result<UnsealedLock, Failure>> {
  // All at once; below, each has its answer.
  await Promise.all(Object.values(pins.projects).map((project) => tagsOf(project.repository)));
  const filled: UnsealedLock['projects'] = {};
  for (const [name, project] of Object.entries(pins.projects)) {
    const before = earlier?.projects[name];
    const isSame = before?.tag === project.tag && before.repository === project.repository;
    const commit = await commitFor(project, isSame ? before.commit : 'unresolved', tagsOf);
    if (!commit.ok) return commit;
    filled[name] = { ...project, commit: commit.value };
  }
  return ok({ ...pins, projects: filled });
}

async function commitFor(
  { repository, tag }: UnsealedLock['projects'][string],
  locked: string,
  tagsOf: TagsOf,
): Promise<Result<string, Failure>> {
  const tags = await tagsOf(repository);
  if (tags === undefined) return ok(locked);
  const found = tags.get(tag);
  if (isCommit.test(locked) && found !== locked) {
    return err({ reason: 'moved-tag', repository, tag, locked, found: found ?? 'nothing any more' });
  }
  return ok(found ?? 'absent');
}

/**
 * Fills in the commits that a lock leaves `unresolved`, of some of its projects. Undefined where nothing came of it.
 * What is resolved already is not asked for again.
 */
export async function resolveCommits(
  pins: UnsealedLock,
  projects: readonly string[],
  tagsOf: TagsOf,
): Promise<UnsealedLock | undefined> {
  const open = projects.filter((name) => pins.projects[name]?.commit === 'unresolved');
  await Promise.all(open.map((name) => tagsOf(pins.projects[name]?.repository ?? '')));
  const resolved = { ...pins.projects };
  let isChanged = false;
  for (const name of open) {
    const project = resolved[name];
    if (project === undefined) continue;
    const tags = await tagsOf(project.repository);
    if (tags === undefined) continue;
    resolved[name] = { ...project, commit: tags.get(project.tag) ?? 'absent' };
    isChanged = true;
  }
  return isChanged ? { ...pins, projects: resolved } : undefined;
}
