import { join } from 'node:path';
import { chainOf, contentOf } from '../../config/base/base-image-chain.ts';
import { renderBaseLock } from '../../config/base/base-lock-file.ts';
import type { DistributionName } from '../../config/base/distribution.ts';
import { nearestNames } from '../../config/nearest.ts';
import { gravest } from '../../core/exit-code.ts';
import type { Failure } from '../../core/failure.ts';
import { countOf } from '../../core/numbers.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { trying } from '../../core/system-error.ts';
import type { Host } from '../../host.ts';
import { describeComplaint } from '../../rpm/repository/describe-complaint.ts';
import {
  type BaseImagePlaces,
  baseLockFileIn,
  type LoadedBaseImage,
  loadBaseImages,
  loadBaseLock,
} from '../../rpm/repository/load-base-images.ts';
import { type DistributionState, planRefresh, type RefreshPlan } from '../../rpm/repository/plan-refresh.ts';
import type { PublishedList } from '../../rpm/repository/published-list.ts';
import { openDistribution } from '../../run/wiring/distributions.ts';
import { shownPath } from '../../workspace/shown-path.ts';
import { type GlobalOptions, openWorkspace, type Workspace } from '../../workspace/workspace.ts';
import { checkFolder, writeWholeFile } from '../../workspace/write-file.ts';
import { activityOf } from '../words/activity-of.ts';
import { refuseIdle } from '../words/refuse-idle.ts';
import { reportFailure } from '../words/report-failure.ts';
import { countChanges, renderChanges } from './changes.ts';
import { baseImagePlaces, chooseBases } from './distributions.ts';
import { openPublishedLists, type PublishedLists } from './published-lists.ts';

export interface BaseRefreshOptions extends GlobalOptions {
  readonly distribution?: DistributionName;
  /** The tag of a published base image: its versions instead of the newest. */
  readonly asOf?: string;
  readonly securityOnly?: boolean;
  /** Only says what would change. */
  readonly dryRun?: boolean;
  readonly offline?: boolean;
}

/**
 * `eksd-rebuild base refresh [NAME...]`: resolves the packages of base images anew, says what changes, and writes their locks
 * once all of them were tried. One that cannot be resolved takes no other with it but those that stand on it.
 */
export async function baseRefresh(
  names: readonly string[],
  options: BaseRefreshOptions,
  host: Host,
): Promise<number> {
  const workspace = await openWorkspace(options, host);
  if (!workspace.ok) return reportFailure(workspace.error, host);
  if (options.asOf !== undefined && options.securityOnly === true) {
    const help = 'Choose one: the versions of a published image, or the security updates of a lock.';
    const message = '--as-of and --security-only exclude each other.';
    return reportFailure({ reason: 'usage', message, help }, host);
  }
  // The versions of today are today's repositories to say.
  const busy = refuseIdle([
    [options.offline === true && options.asOf === undefined, '--offline', 'without --as-of'],
  ]);
  if (!busy.ok) return reportFailure(busy.error, host);
  if (options.asOf !== undefined && names.length === 0) {
    const message = '--as-of needs the names of the images that had that tag.';
    const help = 'Each published base image has tags of its own: name those that had this one.';
    return reportFailure({ reason: 'usage', message, help }, host);
  }
  const place =
    options.dryRun === true ? ok(undefined) : await checkFolder(join(workspace.value.root, 'base-images'));
  if (!place.ok) return reportFailure(place.error, host);
  const lists = await openPublishedLists(options.asOf, workspace.value, options.offline === true, host);
  if (!lists.ok) return reportFailure(lists.error, host);
  const around = {
    workspace: workspace.value,
    places: baseImagePlaces(workspace.value, host),
    options,
    host,
  };
  try {
    const plans = await planAll(names, options.distribution ?? 'al2', lists.value, around);
    if (!plans.ok) return reportFailure(plans.error, host);
    const { made, failures } = plans.value;
    for (const plan of made) host.stdout.write(describePlan(plan));
    const told = host.signal.aborted ? failures.slice(0, 1) : failures;
    const codes = told.map((failure) => reportFailure(failure, host));
    for (const { lock } of options.dryRun === true || host.signal.aborted ? [] : made) {
      const file = baseLockFileIn(workspace.value.root, lock.image, lock.distribution);
      const written = await writeWholeFile(file, renderBaseLock(lock), host);
      if (written.ok) host.stdout.write(`${shownPath(file, host.cwd)}\n`);
      else codes.push(reportFailure(written.error, host));
    }
    return gravest(codes);
  } finally {
    await lists.value?.close();
  }
}

interface Surroundings {
  readonly workspace: Workspace;
  readonly places: BaseImagePlaces;
  readonly options: BaseRefreshOptions;
  readonly host: Host;
}

interface RefreshPlans {
  readonly made: readonly RefreshPlan[];
  /** Why others could not be planned. */
  readonly failures: readonly Failure[];
}

/** Plans the images of some names, or all that the distribution has. Errors: those of `loadBaseImages` and `chooseBases`. */
async function planAll(
  names: readonly string[],
  distribution: DistributionName,
  lists: PublishedLists | undefined,
  around: Surroundings,
): Promise<Result<RefreshPlans, Failure>> {
  const loaded = await loadBaseImages(around.places);
  if (!loaded.ok) return loaded;
  const images = loaded.value;
  const chosen = chooseBases(names, [...images.keys()]);
  if (!chosen.ok) return chosen;
  const made: RefreshPlan[] = [];
  const failures: Failure[] = [];
  const failed = new Set<string>();
  // A distribution that cannot be opened is one failure, however many images are on it.
  const states = new Map<string, Result<DistributionState, Failure>>();
  const isMade = (name: string) => images.get(name)?.image.distributions[distribution] !== undefined;
  const plan = async (name: string): Promise<Result<RefreshPlan, Failure>> => {
    if (!isMade(name)) {
      const message = `${name} is not made on ${distribution}.`;
      return err({ reason: 'usage', message, help: 'Its base-image.yaml says on which it is.' });
    }
    const chain = chainOf(images, name);
    const below = [...chain.keys()].slice(1);
    const lost = below.find((each) => failed.has(each));
    if (lost !== undefined) {
      const message = `${name} stands on ${lost}, which could not be refreshed.`;
      return err({ reason: 'usage', message, help: 'Its lock stays as it is.' });
    }
    const asOf = (await lists?.find([name, ...below], distribution)) ?? ok(undefined);
    if (!asOf.ok) return asOf;
    const snapshot = distribution === 'al2023' ? snapshotIn(asOf.value) : undefined;
    const state =
      states.get(snapshot ?? '') ??
      (await openDistribution(
        distribution,
        around.workspace,
        around.host,
        activityOf(around.host),
        snapshot,
      ));
    states.set(snapshot ?? '', state);
    return state.ok ? planImage(name, [...chain.values()].reverse(), state.value, asOf.value, around) : state;
  };
  // What others stand on comes before them.
  const depth = (name: string) => (isMade(name) ? chainOf(images, name).size : 0);
  const wanted = chosen.value.filter((name) => names.includes(name) || isMade(name));
  for (const name of [...wanted].sort((a, b) => depth(a) - depth(b))) {
    const planned = await trying(() => plan(name));
    if (planned.ok) made.push(planned.value);
    else {
      failed.add(name);
      if (!failures.includes(planned.error)) failures.push(planned.error);
    }
  }
  return ok({ made, failures });
}

async function planImage(
  name: string,
  chain: readonly LoadedBaseImage[],
  state: DistributionState,
  asOf: PublishedList | undefined,
  { places, options }: Surroundings,
): Promise<Result<RefreshPlan, Failure>> {
  const content = contentOf(
    chain.map(({ image }) => image),
    state.name,
  );
  const previous = await loadBaseLock(places, name, state.name);
  if (!previous.ok) return previous;
  const isSecurityOnly = options.securityOnly === true;
  if (isSecurityOnly && previous.value === undefined) {
    const message = `${name} has no lock on ${state.name} whose security updates could be taken.`;
    return err({ reason: 'usage', message, help: 'Refresh it without --security-only first.' });
  }
  const request = { image: name, content, previous: previous.value, asOf, isSecurityOnly };
  const plan = await planRefresh(request, state);
  if (plan.ok) return plan;
  if (plan.error.kind === 'failure') return err(plan.error.failure);
  const diagnostics = plan.error.complaints.map((complaint) =>
    describeComplaint(complaint, chain, state.name, nearestNames),
  );
  return err({ reason: 'configuration', diagnostics });
}

/** The snapshot of which a published image was made: the version of the package that names it. */
function snapshotIn(list: PublishedList | undefined): string | undefined {
  const [first] = list?.packages.values() ?? [];
  return first?.get('system-release')?.version;
}

function describePlan({ lock, changes }: RefreshPlan): string {
  const name = `${lock.image} on ${lock.distribution}${lock.asOf === undefined ? '' : ` as of ${lock.asOf.tag}`}`;
  const count = countOf(Object.values(lock.packages)[0]?.length ?? 0, 'package');
  if (changes.length === 0) return `${name}: ${count}, none of them changes\n`;
  if (changes.every(({ from }) => from === undefined)) return `${name}: ${count}, a first lock\n`;
  return `${name}: ${count}; changes of ${countChanges(changes)}\n${renderChanges(changes).join('\n')}\n`;
}
