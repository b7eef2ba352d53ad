import type { Lock } from '../config/lock/lock.ts';
import type { Subject } from './condition.ts';

/** What the conditions of a project's recipe are held against. */
export function subjectOf(project: string, lock: Lock): Subject {
  const tag = lock.projects[project]?.tag ?? '';
  return { tag, date: readCommit(lock)?.date ?? '', branch: lock.branch };
}

/** The commit of EKS-D that the pins were read from. */
export function readCommit({
  upstream,
}: Pick<Lock, 'upstream'>): { readonly commit: string; readonly date: string } | undefined {
  return upstream.tree === 'tag' ? upstream.tag : upstream.releaseCommit;
}
