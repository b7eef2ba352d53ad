import { join } from 'node:path';
import { findHostGo } from '../../orchestrator/tool/go/go.ts';
import { createHttpClient } from '../../orchestrator/tool/http/http-client.ts';
import { noIsolation } from '../../orchestrator/tool/process/isolation.ts';
import { createRunProcess } from '../../orchestrator/tool/process/run-process.ts';
import { createInspector } from '../../orchestrator/verdict/inspect/gobinary.ts';
import { type OpenDatabase, openDatabase } from '../../orchestrator/vulnerability/database/open.ts';
import { createScanner, type Scanner } from '../../orchestrator/vulnerability/scan/scanner.ts';
import { goDatabase, type goRecord, layOutDatabase } from './go-database.ts';
import { userBuildCache } from './go-tools.ts';
import { sharedPlace } from './shared-place.ts';

const environment = Object.fromEntries(
  Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
);

/** govulncheck's library, compiled once for all tests of a run, and a database with these records. */
export async function vulnScanner(
  folder: string,
  records: readonly ReturnType<typeof goRecord>[],
): Promise<{ readonly scanner: Scanner; readonly database: OpenDatabase }> {
  const run = createRunProcess({ isolation: noIsolation, now: () => performance.now() });
  const { signal } = new AbortController();
  const buildCache = userBuildCache();
  const hostGo = () => findHostGo(run, environment, folder);
  const shared = {
    packageFolder: process.cwd(),
    run,
    signal,
    folder: sharedPlace('inspect'),
    hostGo,
    buildCache,
  };
  const inspector = createInspector(shared);
  const scanner = createScanner({ ...shared, inspector, fetchEnvironment: environment });
  layOutDatabase(join(folder, 'db'), goDatabase(records));
  const site = {
    folder: join(folder, 'laid-out'),
    mirrors: {},
    send: createHttpClient({}, undefined),
    signal,
  };
  const database = await openDatabase(join(folder, 'db'), site);
  if (!database.ok) throw new Error(JSON.stringify(database.error));
  return { scanner, database: database.value };
}
