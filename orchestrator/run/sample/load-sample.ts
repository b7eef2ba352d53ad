import { join } from 'node:path';
import { readLock, renderLock } from '../../config/lock/lock-file.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { fillCommits, type TagsOf } from '../../release/commits.ts';
import { mirrorUrl } from '../../tool/http/mirrors.ts';
import type { LoadedRelease } from '../../workspace/loaded-release.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import { openImporter } from '../upstream/importer.ts';
import { readTags } from '../upstream/open-upstream.ts';
import { openGitProcesses, openWorkspaceStore } from '../wiring/tools.ts';
import { sampleRelease } from './name.ts';
import { createSampleRepositories } from './repositories.ts';

/**
 * Makes the sample's git repositories where they are missing, and imports its release from them, as any other is imported;
 * only the lock is not written. Errors: those of `createSampleRepositories` and `openImporter`.
 */
export async function loadSample(workspace: Workspace, host: Host): Promise<Result<LoadedRelease, Failure>> {
  const processes = await openGitProcesses(host, workspace);
  if (!processes.ok) return processes;
  const store = await openWorkspaceStore(workspace, host);
  if (!store.ok) return store;
  try {
    const examples = join(host.packageFolder, 'examples');
    const made = await createSampleRepositories({
      run: processes.value.run,
      path: host.env['PATH'] ?? '',
      examples,
      into: join(workspace.cache, 'sample'),
      signal: host.signal,
    });
    if (!made.ok) return made;
    const { upstreamPath, upstream, sources, mirrors } = made.value;
    const sample = {
      ...workspace,
      root: examples,
      searchPath: [examples],
      upstream,
      sources,
      mirrors: { ...workspace.mirrors, ...mirrors },
    };
    const importer = await openImporter([sampleRelease], {
      workspace: sample,
      processes: processes.value,
      store: store.value,
      host,
      isOffline: true,
      upstreamPath,
      progress: () => undefined,
    });
    if (!importer.ok) return importer;
    try {
      const { run, localGit: env } = processes.value;
      const failures: Failure[] = [];
      // Git serves no repository of another user's to a fetch, as whose cache this may be.
      const tagsOf: TagsOf = async (repository) => {
        const gitDir = mirrorUrl(repository, mirrors);
        const tags = await readTags({ run, env, signal: host.signal }, { repository, gitDir });
        if (tags.ok) return new Map([...tags.value].map(([name, { commit }]) => [name, commit]));
        failures.push(tags.error);
        return undefined;
      };
      for await (const { pins } of importer.value.pins([...importer.value.releases.values()], 'release')) {
        const filled = pins.ok ? await fillCommits(pins.value, tagsOf, undefined) : pins;
        if (!filled.ok) return filled;
        if (failures[0] !== undefined) return err(failures[0]);
        const lock = readLock(`${sampleRelease}.lock.yaml`, renderLock(filled.value));
        if (!lock.ok) return err({ reason: 'configuration', diagnostics: lock.error });
        return ok({ workspace: sample, lock: lock.value, file: undefined });
      }
      if (host.signal.aborted) return err({ reason: 'aborted' });
      throw new Error('the sample holds no release');
    } finally {
      await importer.value.close();
    }
  } finally {
    await store.value.close();
  }
}
