import type { Failure } from '../../orchestrator/core/failure.ts';
import type { Result } from '../../orchestrator/core/result.ts';
import {
  type Change,
  createBareRepository,
  fastImportStream,
  type GitSite,
  importStream,
  type NewCommit,
} from '../../orchestrator/run/sample/fast-import.ts';
import { noIsolation } from '../../orchestrator/tool/process/isolation.ts';
import { createRunProcess } from '../../orchestrator/tool/process/run-process.ts';

/** A commit for a test; everything but the files has a value that no test minds. */
export interface TestCommit {
  /** By path: content, `null` to remove, or what `NewCommit` takes (a link, an executable). */
  readonly files?: Readonly<Record<string, string | Uint8Array | Change | null>>;
  readonly message?: string;
  /** `Name <email>`; committer too. */
  readonly author?: string;
  /** RFC 3339 with its zone. */
  readonly date?: string;
  /** Annotated tags. */
  readonly tags?: readonly string[];
  readonly lightweightTags?: readonly string[];
  readonly branch?: string;
}

/** Real processes, without isolation. */
const site: GitSite = {
  run: createRunProcess({ isolation: noIsolation, now: Date.now }),
  path: process.env['PATH'] ?? '',
};

/**
 * Makes a bare git repository, the same everywhere and whatever the user's settings are.
 * @returns the commits' ids, in order.
 */
export async function createRepository(
  folder: string,
  history: { readonly commits: readonly TestCommit[] },
): Promise<readonly string[]> {
  return orThrow(await createBareRepository(folder, fastImportStream(history.commits.map(toCommit)), site));
}

/** Adds commits after `main` of a repository. A tag that is there already moves. */
export async function addCommits(folder: string, commits: readonly TestCommit[]): Promise<readonly string[]> {
  return orThrow(await importStream(folder, fastImportStream(commits.map(toCommit), 'continued'), site));
}

function toCommit(commit: TestCommit, index: number): NewCommit {
  const [, name = '', email = ''] =
    /^(.*) <(.*)>$/.exec(commit.author ?? 'Test Author <author@test.example>') ?? [];
  return {
    identity: { name, email },
    date: commit.date ?? `2024-01-01T00:00:${String(index % 60).padStart(2, '0')}Z`,
    message: commit.message ?? `commit ${index + 1}`,
    changes: new Map(Object.entries(commit.files ?? {}).map(([path, file]) => [path, toChange(file)])),
    tags: [
      ...(commit.tags ?? []).map((tag) => ({ name: tag, kind: 'annotated' as const })),
      ...(commit.lightweightTags ?? []).map((tag) => ({ name: tag, kind: 'lightweight' as const })),
    ],
    ...(commit.branch === undefined ? {} : { branch: commit.branch }),
  };
}

function toChange(file: string | Uint8Array | Change | null): Change {
  if (file === null) return { kind: 'removed' };
  return typeof file === 'string' || file instanceof Uint8Array ? { kind: 'file', content: file } : file;
}

function orThrow<T>(result: Result<T, Failure>): T {
  if (!result.ok) throw new Error(`the test's repository could not be made: ${JSON.stringify(result.error)}`);
  return result.value;
}
