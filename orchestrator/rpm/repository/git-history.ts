import { decodeUtf8 } from '../../core/diagnostic.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { type LocalGit, runGit } from '../../tool/git/command.ts';
import type { ObjectReader } from '../../tool/git/objects.ts';
import type { PublishedHistory } from './published-list.ts';

/** The history of a bare repository. @param objects of that repository; whoever opened it closes it. */
export function openPublishedHistory(gitDir: string, git: LocalGit, objects: ObjectReader): PublishedHistory {
  return {
    async commitsThatSet(text, files): Promise<Result<readonly string[], Failure>> {
      const args = ['log', '--reverse', '--format=%H', `-S${text}`, 'HEAD', '--', ...files];
      const printed = await runGit(git, args, { gitDir });
      return printed.ok ? ok(printed.value.split('\n').filter((line) => line !== '')) : printed;
    },
    async read(commit, path) {
      const found = await objects.read(`${commit}:${path}`);
      if (!found.ok) return found;
      const { type, content } = found.value ?? {};
      if (type !== 'blob' || content === undefined) return ok(undefined);
      const text = decodeUtf8(content, `${commit.slice(0, 12)}:${path}`);
      return text.ok ? text : err({ reason: 'configuration', diagnostics: [text.error] });
    },
  };
}
