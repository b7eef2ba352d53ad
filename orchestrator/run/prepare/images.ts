import type { Say } from '../../core/event.ts';
import type { Failure } from '../../core/failure.ts';
import { projectsIn } from '../../core/names.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { imagePlatforms } from '../../plan/image-nodes.ts';
import type { BaseChoice, ImageInput } from '../../plan/images.ts';
import { selectImages } from '../../workspace/image-selection.ts';
import { loadDockerfiles, loadProjects } from '../../workspace/load-projects.ts';
import type { LoadedRelease } from '../../workspace/loaded-release.ts';
import type { Selection } from '../../workspace/selection.ts';
import type { BaseSetting, Workspace } from '../../workspace/workspace.ts';
import { pulledBases, type ResolveTag } from '../wiring/base-choices.ts';
import { compilersOf } from '../wiring/compilers.ts';
import { openOwnBases } from '../wiring/own-bases.ts';
import { openRegistries } from '../wiring/registries.ts';
import { createTagResolver, tellingResolver } from '../wiring/resolve-tag.ts';
import type { OpenProcesses } from '../wiring/tools.ts';

/** Which images, and what they stand on where it is not as in the settings. */
export interface ImageOptions {
  /** Words of `chooseNames`; all where there is none. */
  readonly image?: readonly string[];
  readonly base?: BaseSetting;
}

/** What a command asks for of images. */
export interface AskedImages extends ImageOptions {
  /** For a site: what has no image that is wanted is made for its other files. */
  readonly keepsProjects?: boolean;
}

/** What images are planned from, and the projects that have to be built for them. */
interface PreparedImages {
  readonly input: ImageInput;
  readonly selection: Pick<Selection, 'projects' | 'leftOut'>;
}

/**
 * Finds what images are asked for and what they stand on.
 * Errors: those of `selectImages` and `loadDockerfiles`.
 * @param processes absent: nothing is fetched.
 */
export async function prepareImages(
  { lock, workspace }: LoadedRelease,
  selected: Selection,
  asked: AskedImages,
  host: Host,
  processes: OpenProcesses | undefined,
  say: Say,
): Promise<Result<PreparedImages, Failure>> {
  const recipes = await loadProjects(workspace, projectsIn(lock.projects), host);
  if (!recipes.ok) return recipes;
  const selection = selectImages(lock, selected.projects, recipes.value, asked.image ?? []);
  if (!selection.ok) return selection;
  const dockerfiles = await loadDockerfiles(workspace, selection.value.images, host.cwd);
  if (!dockerfiles.ok) return dockerfiles;
  const resolve = processes === undefined ? undefined : await tagResolver(workspace, processes, host, say);
  if (resolve?.ok === false) return resolve;
  // An image that the settings name counts whatever the others stand on, and nobody is asked what it stands for.
  const names = selection.value.bases.filter((name) => workspace.images.bases?.[name] === undefined);
  const base = asked.base ?? workspace.images.base;
  const pulled = await pulledBases(lock, workspace, base === 'published' ? names : [], resolve?.value);
  // Where nothing stands on one, nobody is asked for what makes them.
  const own =
    base === 'published' || names.length === 0
      ? ok(new Map())
      : await ownChoices(base, names, workspace, selected, resolve?.value, host);
  if (!own.ok) return own;
  const bases = new Map<string, BaseChoice>([...own.value, ...pulled]);
  const { isWanted, leftOut: images } = selection.value;
  const kept = asked.keepsProjects === true ? selected.projects : [];
  const projects = [...new Set([...kept, ...selection.value.projects])];
  const others = selected.leftOut.projects.filter((name) => !(projects as readonly string[]).includes(name));
  const compilers = compilersOf(workspace);
  return ok({
    input: { isWanted, dockerfiles: dockerfiles.value, bases, compilers },
    selection: { projects, leftOut: { ...selected.leftOut, projects: others, images } },
  });
}

async function tagResolver(
  workspace: Workspace,
  processes: OpenProcesses,
  host: Host,
  say: Say,
): Promise<Result<ResolveTag, Failure>> {
  const opened = await processes(workspace);
  if (!opened.ok) return opened;
  const registries = openRegistries(workspace, opened.value.run, host, { pushes: false });
  return ok(tellingResolver(createTagResolver(registries, workspace.mirrors), say));
}

/** Base images of our own for those that are wanted. Errors: those of `openOwnBases`. */
async function ownChoices(
  distribution: 'al2' | 'al2023',
  names: readonly string[],
  workspace: Workspace,
  { isSelected }: Selection,
  resolve: ResolveTag | undefined,
  host: Host,
): Promise<Result<ReadonlyMap<string, BaseChoice>, Failure>> {
  const silent: ResolveTag = async ({ host: registry, repository }) => {
    const detail = 'nothing is fetched for a plan; name it by digest (distributions in the settings)';
    return err({
      reason: 'source-unavailable',
      repository: `${registry}/${repository}`,
      wanted: 'its digest',
      detail,
    });
  };
  const platforms = imagePlatforms.filter(isSelected);
  const own = await openOwnBases(workspace, { distribution, platforms, resolve: resolve ?? silent }, host);
  if (!own.ok) return own;
  const choices = new Map<string, BaseChoice>();
  for (const name of names) choices.set(name, await own.value.choice(name));
  return ok(choices);
}
