import { mkdtemp } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DistributionName } from '../../config/base/distribution.ts';
import { withoutUrlCredentials } from '../../core/credentials.ts';
import type { Failure } from '../../core/failure.ts';
import { newMeter } from '../../core/meter.ts';
import { type RegistryPlace, readPlace } from '../../core/registry-place.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import type { DistributionState } from '../../rpm/repository/plan-refresh.ts';
import { sampleWord } from '../../run/sample/name.ts';
import { openDistribution } from '../../run/wiring/distributions.ts';
import { openHttp } from '../../run/wiring/http.ts';
import { openRegistries, type Registries } from '../../run/wiring/registries.ts';
import { openGitProcesses, type Processes } from '../../run/wiring/tools.ts';
import { openPublished, type Published } from '../../verdict/inspect/published.ts';
import { openDatabase, publicDatabase } from '../../vulnerability/database/open.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import { activityOf } from '../words/activity-of.ts';
import type { VulnsOptions } from './options.ts';
import { openScanning, type Scanning } from './scanning.ts';
import { type Against, placeOf } from './sides.ts';

/** What the command works with: all of it was looked for before anything was built. */
export interface Ways {
  readonly workspace: Workspace;
  readonly processes: Processes;
  readonly registries: Registries;
  readonly scanning: Scanning;
  readonly scratch: string;
  readonly against: Against | { readonly kind: 'release'; readonly release: string };
  /** As it was given. */
  readonly againstText: string;
  readonly published: Published | undefined;
  readonly scanned: RegistryPlace | undefined;
  /** Where the report of another release goes: nowhere that anybody looks. */
  readonly otherReport: string;
  readonly advisoriesOf: (name: DistributionName) => Promise<Result<DistributionState, Failure>>;
  /** The repositories that were read so far. */
  readonly opened: () => readonly DistributionState[];
}

/** Opens the database and what was named beside it. Errors: those of `openDatabase`, `openPublished` and `readPlace`; `missing-program`. */
export async function openWays(
  workspace: Workspace,
  options: VulnsOptions,
  scratch: string,
  host: Host,
): Promise<Result<Ways, Failure>> {
  const scanned = options.scanned === undefined ? ok(undefined) : readPlace(options.scanned, '--scanned');
  if (!scanned.ok) return scanned;
  const processes = await openGitProcesses(host, workspace);
  if (!processes.ok) return processes;
  const database = await openGoDatabase(workspace, options.database, host);
  if (!database.ok) return database;
  const given = async (place: string) =>
    openPublished(place, {
      ...{ folder: join(workspace.cache, 'inspect'), cwd: host.cwd },
      ...{ send: openHttp(host), signal: host.signal },
    });
  const published = options.published === undefined ? ok(undefined) : await given(options.published);
  if (!published.ok) return published;
  const againstText = options.against ?? 'upstream';
  const against = await readAgainst(againstText, scratch, given, host);
  if (!against.ok) return against;
  const states = new Map<DistributionName, Promise<Result<DistributionState, Failure>>>();
  const read: DistributionState[] = [];
  const readDistribution = async (name: DistributionName) => {
    const state = await openDistribution(name, workspace, host, activityOf(host));
    if (state.ok) read.push(state.value);
    return state;
  };
  return ok({
    ...{ workspace, processes: processes.value, scratch, againstText, against: against.value },
    registries: openRegistries(workspace, processes.value.run, host, { pushes: false }),
    scanning: openScanning(workspace, processes.value, database.value, host),
    ...{ published: published.value, scanned: scanned.value },
    otherReport: join(scratch, 'report.json'),
    advisoriesOf: (name) => {
      const asked = states.get(name) ?? readDistribution(name);
      states.set(name, asked);
      return asked;
    },
    opened: () => read,
  });
}

async function openGoDatabase(workspace: Workspace, named: string | undefined, host: Host) {
  const place = named ?? workspace.vulnerabilities.database ?? publicDatabase;
  const say = activityOf(host);
  const meter = newMeter(() => host.now() / 1000);
  let done = 0;
  say(`reading the Go vulnerability database ${withoutUrlCredentials(place)}`, () => meter.at({ done }));
  const database = await openDatabase(absolute(place, host.cwd), {
    folder: join(workspace.cache, 'vulnerabilities', 'databases'),
    ...{ mirrors: workspace.mirrors, send: openHttp(host), signal: host.signal },
    onBytes: (bytes) => {
      done += bytes;
    },
  });
  say('');
  return database;
}

function absolute(place: string, cwd: string): string {
  if (/^https?:\/\//i.test(place)) return place;
  if (!/^file:/i.test(place)) return resolve(cwd, place);
  try {
    return fileURLToPath(place);
  } catch {
    // Of another machine, say: nothing is there.
    return place;
  }
}

async function readAgainst(
  word: string,
  scratch: string,
  given: (place: string) => Promise<Result<Published, Failure>>,
  host: Host,
): Promise<Result<Ways['against'], Failure>> {
  if (word === 'none' || word === 'upstream') return ok({ kind: word });
  if (/^v[0-9]+-[0-9]+-eks-[0-9]+$/.test(word) || word === sampleWord)
    return ok({ kind: 'release', release: word });
  const place = await placeOf(word, await mkdtemp(join(scratch, 'against-')), host);
  if (place === undefined) return ok({ kind: 'release', release: word });
  if (place !== 'programs') return ok({ kind: 'image', image: place });
  const published = await given(word);
  return published.ok ? ok({ kind: 'programs', place: word, published: published.value }) : published;
}
