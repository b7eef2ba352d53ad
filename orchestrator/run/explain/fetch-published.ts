import { join } from 'node:path';
import { withoutUrlCredentials } from '../../core/credentials.ts';
import { defined } from '../../core/defined.ts';
import type { Say } from '../../core/event.ts';
import type { Failure } from '../../core/failure.ts';
import { newMeter } from '../../core/meter.ts';
import type { Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { placeOfPublished } from '../../verdict/inspect/published.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import { openHttp } from '../wiring/http.ts';
import { claimCache } from '../wiring/tools.ts';

/**
 * Where what a user gives as published lies on this machine; a URL is fetched. Errors: those of `placeOfPublished`.
 * @param help what to do where there is none: a sentence.
 */
export async function fetchPublished(
  given: string,
  workspace: Workspace,
  host: Host,
  say: Say,
  help?: string,
): Promise<Result<string, Failure>> {
  if (/^https?:\/\//.test(given)) claimCache(workspace, host);
  const meter = newMeter(() => host.now() / 1000);
  let done = 0;
  say(`fetching ${withoutUrlCredentials(given)}`, () => meter.at({ done }));
  const place = await placeOfPublished(given, {
    ...{ folder: join(workspace.cache, 'inspect'), cwd: host.cwd, send: openHttp(host), signal: host.signal },
    ...defined({ help }),
    onBytes: (bytes) => {
      done += bytes;
    },
  });
  say('');
  return place;
}
