import type { UnsealedLock } from '../config/lock/lock-file.ts';
import { byCodeUnit } from '../core/canonical-json.ts';
import { defined } from '../core/defined.ts';
import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { GoHistories } from './attribute-go.ts';
import { findBaseImages } from './base-images.ts';
import { findDifferences } from './differences.ts';
import { amazonLinuxGoNamed, type EksGo } from './eks-go.ts';
import type { Release } from './find-releases.ts';
import { instantOf } from './history.ts';
import type { ReadAtTag } from './kubernetes-pins.ts';
import { findProjects } from './project-files.ts';
import { readProjectPins } from './project-pins.ts';
import { commitOf, type Tree, treeOf, type Upstream } from './upstream.ts';

export interface ImportContext {
  readonly upstream: Upstream;
  /** The repository of the builder images; `histories` is undefined where it was out of reach. */
  readonly buildTooling:
    | { readonly repository: string; readonly histories: GoHistories | undefined }
    | undefined;
  /** A component's repository, with `{org}` and `{repo}`. */
  readonly sources: string;
  /** Reads a source repository that is at hand already. */
  readonly readAtTag?: ReadAtTag;
}

/**
 * All pins of a release, read from the release commit or from the tag's tree. Where there is only one of the two, from
 * that. Source commits are left `unresolved`. The same release and histories give the same pins; commits that upstream
 * adds later change nothing.
 * Errors: `configuration` for a malformed file of upstream's, `unsafe-path`, `source-unavailable`; those of `treeOf`.
 */
export async function importRelease(
  release: Release,
  which: 'release' | 'tag',
  context: ImportContext,
): Promise<Result<UnsealedLock, Failure>> {
  const { upstream, buildTooling } = context;
  if (release.unread !== undefined) return err(release.unread);
  const commits = [release.releaseCommit?.id, release.tag?.commit];
  const trees: (Tree | undefined)[] = [];
  for (const commit of commits) {
    const found = commit === undefined ? ok(undefined) : await treeOf(upstream, commit);
    if (!found.ok) return found;
    trees.push(found.value);
  }
  const [released, tagged] = trees;
  const tree = (which === 'tag' ? tagged : released) ?? released ?? tagged;
  if (tree === undefined) throw new Error(`release ${release.name} has neither commit nor tag`);
  const { branch } = release;
  const projects = await readProjects(tree, release, context);
  if (!projects.ok) return projects;
  const baseImages = await findBaseImages(tree);
  if (!baseImages.ok) return baseImages;
  const differences = released && tagged ? await findDifferences(released, tagged, branch) : ok([]);
  if (!differences.ok) return differences;
  return ok({
    release: release.name,
    branch,
    number: String(release.number),
    upstream: {
      repository: upstream.repository,
      tree: tree === tagged && tree !== released ? 'tag' : 'release',
      ...defined({
        releaseCommit: released && pointOf(released),
        tag: tagged && { name: release.name, ...pointOf(tagged) },
      }),
      differences: [...differences.value],
    },
    ...defined({
      buildTooling: buildTooling && {
        repository: buildTooling.repository,
        state: buildTooling.histories === undefined ? ('out-of-reach' as const) : ('read' as const),
      },
    }),
    ...goBuildsOf(projects.value, buildTooling?.histories?.eksGo),
    baseImages: [...baseImages.value],
    projects: projects.value,
  });
}

async function readProjects(
  tree: Tree,
  { branch, number }: Pick<Release, 'branch' | 'number'>,
  { buildTooling, sources, readAtTag }: ImportContext,
): Promise<Result<UnsealedLock['projects'], Failure>> {
  const found = await findProjects(tree, branch);
  if (!found.ok) return found;
  const pins: UnsealedLock['projects'] = {};
  const unknown = { builder: undefined, eksGo: undefined };
  const histories = buildTooling && (buildTooling.histories ?? unknown);
  const context = { tree, branch, number, histories, sources, ...defined({ readAtTag }) };
  for (const files of found.value) {
    const read = await readProjectPins(files, context);
    if (!read.ok) return read;
    pins[files.project] = read.value;
  }
  return ok(pins);
}

/** What the projects refer to. */
function goBuildsOf(
  projects: UnsealedLock['projects'],
  eksGo: EksGo | undefined,
): Pick<UnsealedLock, 'goBuilds'> {
  const names = new Set(
    Object.values(projects).flatMap(({ go, kubernetes }) => [
      ...(go?.build === undefined ? [] : [go.build]),
      ...(kubernetes?.go.builder?.build === undefined ? [] : [kubernetes.go.builder.build]),
    ]),
  );
  const builds: NonNullable<UnsealedLock['goBuilds']> = {};
  for (const name of [...names].sort(byCodeUnit)) {
    const state = eksGo && (eksGo.named(name) ?? amazonLinuxGoNamed(name, eksGo));
    if (state === undefined || eksGo === undefined) throw new Error(`no build ${name}`);
    const { version, release, commit, patches } = state;
    builds[name] = {
      ...{ version, ...defined({ release }), repository: eksGo.repository, commit },
      patches: [...patches],
    };
  }
  return names.size === 0 ? {} : { goBuilds: builds };
}

function pointOf(tree: Tree): { readonly commit: string; readonly date: string } {
  const { id, time } = commitOf(tree);
  return { commit: id, date: instantOf(time) };
}
