import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readGoIndex } from '../../config/lock/go-index.ts';
import type { UnsealedLock } from '../../config/lock/lock-file.ts';
import { byCodeUnit } from '../../core/canonical-json.ts';
import type { Failure } from '../../core/failure.ts';
import type { Host } from '../../host.ts';
import { download } from '../../tool/http/download.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import { openHttp } from '../wiring/http.ts';
import { once } from '../wiring/once.ts';

/** What Go's own site says of its archives. */
export interface GoDownloads {
  /** SHA-256 of the archives of the versions that pins name, for a lock; undefined where the site is out of reach. */
  of(pins: Pick<UnsealedLock, 'projects'>): Promise<UnsealedLock['goDownloads']>;
  /** Why the site said nothing, once it was asked. */
  failure(): Failure | undefined;
}

/** For a run that fetches nothing. */
export const noGoDownloads: GoDownloads = { of: async () => undefined, failure: () => undefined };

/** Bytes: the list of all versions has some two million. */
const indexLimit = 64 * 1024 ** 2;

/** Reads the list of archives once, when it is first asked for. */
export function createGoDownloads(workspace: Workspace, host: Host): GoDownloads {
  const site = workspace.toolchains.downloads.replace(/\/$/, '');
  let failure: Failure | undefined;
  const index = once(async () => {
    const folder = join(workspace.cache, 'go-index');
    const got = await download(`${site}/?mode=json&include=all`, folder, {
      send: openHttp(host),
      signal: host.signal,
      limit: indexLimit,
      elsewhere: 'toolchains.downloads in the settings says where it is.',
    });
    if (!got.ok) {
      failure = got.error;
      return undefined;
    }
    const read = readGoIndex(await readFile(got.value.path, 'utf8'));
    await rm(folder, { recursive: true, force: true });
    if (read === undefined) failure = { reason: 'network', what: `reading ${site}`, detail: 'it is no list' };
    return read;
  });
  return {
    failure: () => failure,
    async of({ projects }) {
      const versions = Object.values(projects).flatMap(({ go }) => go?.version ?? []);
      const known = versions.length === 0 ? undefined : await index();
      if (known === undefined) return undefined;
      const found = [...new Set(versions)].sort(byCodeUnit).flatMap((version) => {
        const archives = known.get(version);
        return archives === undefined ? [] : [[version, archives] as const];
      });
      return found.length === 0 ? undefined : Object.fromEntries(found);
    },
  };
}
