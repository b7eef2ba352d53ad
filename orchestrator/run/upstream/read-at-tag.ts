import type { ReadAtTag } from '../../release/kubernetes-pins.ts';
import { runGit } from '../../tool/git/command.ts';
import { type CloneSite, cachedClone } from './cached-clone.ts';

/** Reads files of source repositories that have a clone in the cache already. Nothing is fetched for it. */
export function openReadAtTag(site: CloneSite): ReadAtTag {
  const { processes, host } = site;
  return async (repository, tag, path) => {
    const clone = cachedClone(repository, site);
    if (!(await clone.isThere())) return undefined;
    const git = { run: processes.run, env: processes.localGit, signal: host.signal };
    const shown = await runGit(git, ['show', `refs/tags/${tag}:${path}`], { gitDir: clone.path });
    return shown.ok ? shown.value : undefined;
  };
}
