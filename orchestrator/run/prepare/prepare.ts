import type { Lock } from '../../config/lock/lock.ts';
import type { Overlay } from '../../config/lock/overlay.ts';
import { defined } from '../../core/defined.ts';
import type { Say } from '../../core/event.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import type { ArchiveInput } from '../../plan/archives.ts';
import type { TaggingRelease } from '../../plan/image-tag.ts';
import type { PatchPin } from '../../plan/node-go.ts';
import { type Plan, type PlanInput, planRelease } from '../../plan/plan.ts';
import { loadProjects } from '../../workspace/load-projects.ts';
import type { LoadedRelease } from '../../workspace/loaded-release.ts';
import { loadOverlay, overridesOf } from '../../workspace/overlay.ts';
import { findStrayPatches, loadUserPatches } from '../../workspace/own-patches.ts';
import { type Selection, type SelectionOptions, select } from '../../workspace/selection.ts';
import type { GlobalOptions, Workspace } from '../../workspace/workspace.ts';
import type { FilledLock } from '../upstream/fill-unresolved.ts';
import type { SourceTags } from '../upstream/source-tags.ts';
import { givenToolchains } from '../wiring/given-toolchains.ts';
import type { OpenProcesses } from '../wiring/tools.ts';
import { chooseMethod, type MethodOptions } from './choose-method.ts';
import type { AskedImages, prepareImages } from './images.ts';
import { loadRelease } from './load-release.ts';
import { choosePatches, loadStated, type StatedRelease } from './stated.ts';

/** What a release, a selection and the recipes come to, before anything is run. */
export interface Prepared {
  readonly workspace: Workspace;
  readonly lock: Lock;
  readonly selection: Selection;
  readonly plan: Plan;
  readonly userPatches: ReadonlyMap<string, readonly PatchPin[]>;
  /** What it was planned from; to plan parts of it again with something changed. */
  readonly planInput: PlanInput;
  /** What the user accepted as the way projects were really built. */
  readonly accepted: Overlay['projects'];
  /** Of a release as a statement has it: what this workspace has as its lock. */
  readonly ownLock?: Lock;
}

export interface PrepareOptions extends GlobalOptions, SelectionOptions, MethodOptions {}

/** What is known of a release before it is planned. */
export type KnownRelease = Pick<Prepared, 'workspace' | 'lock' | 'userPatches'>;

/** How a release is made, as what is asked says of one that is known. Archives are planned where they are there. */
export type CallRelease = (
  known: KnownRelease,
) => Result<CalledRelease, Failure> | Promise<Result<CalledRelease, Failure>>;

interface CalledRelease {
  readonly release?: TaggingRelease;
  readonly archives?: ArchiveInput;
}

/** What is prepared beside what the options say. */
interface Beside {
  /** Plans images too. */
  readonly images?: AskedImages | undefined;
  /** What the release is called: as its lock where it is absent. Its failure ends the command. */
  readonly call?: CallRelease | undefined;
  /** The release as a statement has it, in the place of what the workspace has. */
  readonly stated?: StatedRelease | undefined;
  /** For commits that the lock leaves open; without it nothing is fetched, and no cache is made. */
  readonly processes?: OpenProcesses | undefined;
  /** Who is asked for those; of many releases each repository once. */
  readonly sourceTags?: SourceTags | undefined;
  /** Told of what takes long. */
  readonly say?: Say;
}

/**
 * Reads what a release is to be built from, and plans it. Errors: those of `openWorkspace`, `loadRelease`, `select`,
 * `loadProjects` and `chooseMethod`.
 */
export async function prepare(
  release: string,
  options: PrepareOptions,
  host: Host,
  { images: asked, call, stated, processes, sourceTags, say = () => undefined }: Beside = {},
): Promise<Result<Prepared, Failure>> {
  const isForMaking = processes !== undefined;
  const loaded: Result<LoadedRelease & { readonly ownLock?: Lock }, Failure> =
    stated === undefined
      ? await loadRelease(release, options, host, { isForMaking })
      : await loadStated(stated, options, host, isForMaking);
  if (!loaded.ok) return loaded;
  const { workspace } = loaded.value;
  const chosen = select(loaded.value.lock, options);
  if (!chosen.ok) return chosen;
  const images = asked && (await loadImages(loaded.value, chosen.value, asked, host, processes, say));
  if (images?.ok === false) return images;
  const selection = ok({ ...chosen.value, ...images?.value.selection });
  const recipes = await loadProjects(workspace, selection.value.projects, host);
  if (!recipes.ok) return recipes;
  const buildable = selection.value.projects.filter((project) => recipes.value.has(project));
  const filled = await fillCommits(loaded.value, buildable, { processes, sourceTags, say }, host);
  if (!filled.ok) return filled;
  const { lock, failures } = filled.value;
  const userPatches = new Map<string, readonly PatchPin[]>();
  for (const project of selection.value.projects) {
    const pins = await loadUserPatches(workspace.patches, project, host.cwd);
    if (!pins.ok) return pins;
    if (pins.value.length > 0) userPatches.set(project, pins.value);
  }
  const wrong = stated && choosePatches(userPatches, stated);
  if (wrong !== undefined) return err(wrong);
  const called = (await call?.({ workspace, lock, userPatches })) ?? ok({});
  if (!called.ok) return called;
  // Those that no statement speaks of are not applied either way.
  const stray = stated === undefined ? await findStrayPatches(workspace, lock, host) : ok(undefined);
  if (!stray.ok) return stray;
  const overlay = stated === undefined ? await loadOverlay(workspace, lock, host.cwd) : ok(stated.accepted);
  if (!overlay.ok) return overlay;
  const overrides = overridesOf(overlay.value);
  const toolchains = await givenToolchains(
    workspace,
    wantedVersions(lock, buildable, overrides),
    lock.goDownloads,
    host.platform,
  );
  if (!toolchains.ok) return toolchains;
  const input: PlanInput = {
    lock,
    recipes: recipes.value,
    ...selection.value,
    userPatches,
    overrides,
    toolchains: toolchains.value,
    outOfReach: failures,
    ...called.value,
    ...defined({ images: images?.value.input }),
  };
  const method = await chooseMethod(options, input, host);
  if (!method.ok) return method;
  say('');
  const planInput: PlanInput = { ...input, method: method.value };
  const plan = planRelease(planInput);
  return ok({
    ...{ workspace, lock, selection: selection.value, plan, userPatches },
    ...{ planInput, accepted: overlay.value },
    ...defined({ ownLock: loaded.value.ownLock }),
  });
}

/** What images take is loaded where one is asked for: registries, and base images of our own. */
async function loadImages(...asked: Parameters<typeof prepareImages>): ReturnType<typeof prepareImages> {
  const images = await import('./images.ts');
  return images.prepareImages(...asked);
}

function wantedVersions(
  lock: Lock,
  projects: readonly string[],
  overrides: ReturnType<typeof overridesOf>,
): readonly string[] {
  return projects.flatMap(
    (name) => overrides.get(name)?.go?.version ?? lock.projects[name]?.go?.version ?? [],
  );
}

async function fillCommits(
  loaded: LoadedRelease,
  projects: readonly string[],
  { processes, sourceTags, say }: Pick<Beside, 'processes' | 'sourceTags'> & { readonly say: Say },
  host: Host,
): Promise<Result<FilledLock, Failure>> {
  const isOpen = projects.some((name) => loaded.lock.projects[name]?.commit === 'unresolved');
  if (!isOpen || processes === undefined) return ok({ lock: loaded.lock, failures: new Map() });
  const opened = await processes(loaded.workspace);
  if (!opened.ok) return opened;
  say('asking repositories what the tags of the release point at');
  const { fillUnresolved } = await import('../upstream/fill-unresolved.ts');
  return ok(await fillUnresolved(loaded, projects, opened.value, host, sourceTags));
}
