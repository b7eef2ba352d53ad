import pLimit from 'p-limit';
import type { Failure } from '../../core/failure.ts';
import type { TagsOf } from '../../release/commits.ts';
import { lsRemoteTags } from '../../tool/git/remote.ts';
import { mirrorUrl } from '../../tool/http/mirrors.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import type { Processes } from '../wiring/tools.ts';

export interface SourceTags {
  /** Asks each repository once, so many at a time as the settings allow. */
  readonly tagsOf: TagsOf;
  /** Why a repository gave no answer, by its URL. */
  readonly failures: ReadonlyMap<string, Failure>;
}

/** Tags of components' repositories, by `git ls-remote`. Mirrors count. */
export function createSourceTags(
  workspace: Pick<Workspace, 'mirrors' | 'limits'>,
  processes: Processes,
  signal: AbortSignal,
): SourceTags {
  const limit = pLimit(workspace.limits.network);
  const git = { run: processes.run, env: processes.remoteGit, signal };
  const asked = new Map<string, ReturnType<TagsOf>>();
  const failures = new Map<string, Failure>();
  const ask = async (repository: string) => {
    const tags = await lsRemoteTags(git, mirrorUrl(repository, workspace.mirrors), repository);
    if (tags.ok) return tags.value;
    failures.set(repository, tags.error);
    return undefined;
  };
  return {
    failures,
    tagsOf(repository) {
      const answer = asked.get(repository) ?? limit(() => ask(repository));
      asked.set(repository, answer);
      return answer;
    },
  };
}

/** For `--offline`. */
export const noSourceTags: SourceTags = { tagsOf: async () => undefined, failures: new Map() };
