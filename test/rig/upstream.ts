import { digestOf } from '../../orchestrator/core/digest.ts';
import { ok } from '../../orchestrator/core/result.ts';
import { type History, parseHistory } from '../../orchestrator/release/history.ts';
import {
  createBlobs,
  type Tree,
  type Upstream,
  type UpstreamTag,
} from '../../orchestrator/release/upstream.ts';

/** A commit of a history that is made up. */
export interface FakeCommit {
  /** By path; `null` removes. */
  readonly files?: Readonly<Record<string, string | null>>;
  readonly tags?: readonly string[];
}

/** The committer's time of the first commit; each is a day after the one before. 2022-01-01T00:00:00Z. */
export const firstDay = 1640995200;
export const day = 86400;

/** The id of the commit with a number, from 0. */
export function commitId(number: number): string {
  return digestOf(`commit ${number}`).slice(0, 40);
}

/** What `git log` would print of the commits (see `historyCommand`). */
export function fakeLog(commits: readonly FakeCommit[]): string {
  return commits
    .map(({ files = {} }, number) => {
      const changes = Object.entries(files).map(([path, text]) => {
        const [mode, id, letter] =
          text === null ? ['000000', '0'.repeat(40), 'D'] : ['100644', blobId(text), 'M'];
        return `:100644 ${mode} ${'1'.repeat(40)} ${id} ${letter}\0${path}\0`;
      });
      return `\x01${commitId(number)} ${firstDay + number * day}\0${changes.length > 0 ? '\n' : ''}${changes.join('')}`;
    })
    .join('');
}

export function fakeHistory(commits: readonly FakeCommit[]): History {
  return parseHistory(fakeLog(commits));
}

/**
 * A repository whose only branch has these commits.
 * @param lacking texts of files whose content is not there.
 */
export function fakeUpstream(commits: readonly FakeCommit[], lacking: readonly string[] = []): Upstream {
  const contents = new Map<string, string>();
  const tags = new Map<string, UpstreamTag>();
  for (const [number, { files = {}, tags: names = [] }] of commits.entries()) {
    for (const text of Object.values(files)) if (text !== null) contents.set(blobId(text), text);
    for (const name of names)
      tags.set(name, { name, commit: commitId(number), time: firstDay + number * day });
  }
  for (const text of lacking) contents.delete(blobId(text));
  const main = fakeHistory(commits);
  return {
    repository: 'https://git.example/upstream.git',
    main,
    tags,
    historyOf: async () => ok(main),
    blobs: createBlobs(async (id) => {
      const text = contents.get(id);
      return ok(text === undefined ? undefined : new TextEncoder().encode(text));
    }),
  };
}

/** The tree of the last commit. */
export function lastTree({ repository, blobs, main }: Upstream): Tree {
  return { repository, blobs, history: main, place: main.commits.length - 1 };
}

export function blobId(text: string): string {
  return digestOf(text).slice(0, 40);
}
