import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { type LocalGit, runGit } from '../../tool/git/command.ts';
import { objectsOf } from '../../tool/git/refs.ts';
import { stampObjects } from './stamp-objects.ts';

/** A tag with the commit that it leads to. */
export interface MergedTag {
  /** `refs/tags/v1.2.3` */
  readonly name: string;
  /** The tag's own object where it is annotated, else the commit. */
  readonly object: string;
  readonly commit: string;
  readonly annotated: boolean;
}

/** The tags of a repository that lead to a commit or to an ancestor of it, in git's order. */
export async function mergedTags(
  git: LocalGit,
  gitDir: string,
  commit: string,
): Promise<Result<readonly MergedTag[], Failure>> {
  const format = '--format=%(objectname) %(objecttype) %(refname)';
  const listed = await runGit(git, ['for-each-ref', `--merged=${commit}`, format, 'refs/tags'], { gitDir });
  if (!listed.ok) return listed;
  const tags = [...listed.value.matchAll(/^(\S+) (\S+) (.*)$/gm)].map(([, object = '', type, name = '']) => ({
    name,
    object,
    annotated: type === 'tag',
  }));
  const commits = await objectsOf(
    git,
    gitDir,
    tags.map((tag) => `${tag.object}^{commit}`),
  );
  if (!commits.ok) return commits;
  return ok(tags.map((tag, index) => ({ ...tag, commit: commits.value[index]?.id ?? tag.object })));
}

export interface RepositorySkeleton {
  readonly head: string;
  readonly tags: readonly MergedTag[];
  /** An objects folder to read besides its own. */
  readonly alternate?: string;
  /** How long abbreviated names are at least; git's own choice goes by how many objects there are. */
  readonly abbreviation?: number;
}

/** Writes a repository without objects: a detached HEAD and tags. `git init` would leave files of its own. */
export async function writeSkeleton(gitDir: string, skeleton: RepositorySkeleton): Promise<void> {
  const config = [
    '[core]',
    'repositoryformatversion = 0',
    'filemode = true',
    'bare = false',
    'logallrefupdates = false',
  ];
  if (skeleton.abbreviation !== undefined) config.push(`abbrev = ${skeleton.abbreviation}`);
  const packedRefs = [
    '# pack-refs with: peeled fully-peeled sorted ',
    ...skeleton.tags.flatMap((tag) => [
      `${tag.object} ${tag.name}`,
      ...(tag.annotated ? [`^${tag.commit}`] : []),
    ]),
    '',
  ];
  const files: [string, string][] = [
    ['HEAD', `${skeleton.head}\n`],
    ['config', `${config.join('\n\t')}\n`],
    ['packed-refs', packedRefs.join('\n')],
  ];
  if (skeleton.alternate !== undefined) files.push(['objects/info/alternates', `${skeleton.alternate}\n`]);
  await mkdir(join(gitDir, 'objects', 'pack'), { recursive: true });
  await mkdir(join(gitDir, 'refs'), { recursive: true });
  for (const [name, content] of files) {
    await mkdir(dirname(join(gitDir, name)), { recursive: true });
    await writeFile(join(gitDir, name), content);
  }
}

export interface StampFolderOptions {
  /** Has all objects, by itself or through alternates. */
  readonly from: string;
  /** The `.git` to write. */
  readonly gitDir: string;
  readonly workTree: string;
  readonly head: string;
  /** The tags that are merged into `head`. */
  readonly tags: readonly MergedTag[];
  /** The tag that was checked out, one of `tags`. */
  readonly tag: string;
  /** How long abbreviated names are in the full clone. */
  readonly abbreviation: number;
  /** An empty folder. */
  readonly scratch: string;
}

/**
 * Writes a git folder that stands alone and answers what builds ask of it as the full clone does (`git status`, `log -1`,
 * `describe`, `tag --merged`, the go command's version stamp), with the objects of `stampObjects` and an index.
 * Errors: those of `runGit`.
 */
export async function writeStampFolder(
  git: LocalGit,
  options: StampFolderOptions,
): Promise<Result<void, Failure>> {
  const { from, gitDir, workTree, head, tags, scratch } = options;
  await writeSkeleton(gitDir, { head, tags, abbreviation: options.abbreviation });
  // Git takes a folder without `refs` for no repository, and a tree of files holds no empty folder.
  const checkedOut = tags.find((tag) => tag.name === `refs/tags/${options.tag}`);
  if (checkedOut !== undefined) {
    await mkdir(dirname(join(gitDir, checkedOut.name)), { recursive: true });
    await writeFile(join(gitDir, checkedOut.name), `${checkedOut.object}\n`);
  }
  const tips = [head, ...tags.map((tag) => tag.object)];
  const objects = await stampObjects(git, from, head, tips, scratch);
  if (!objects.ok) return objects;
  // Without a search for new deltas: those of the clone are taken over as they are. Git moves a pack into its place, which it cannot
  // where a sandbox shows the two as mounts of their own.
  const packs = join(scratch, 'packs');
  await mkdir(packs);
  const args = ['pack-objects', '--quiet', '--delta-base-offset', '--window=0', join(packs, 'pack')];
  const packed = await runGit(git, args, { gitDir: from, input: objects.value });
  if (!packed.ok) return err(packed.error);
  for (const name of await readdir(packs)) {
    await rename(join(packs, name), join(gitDir, 'objects', 'pack', name));
  }
  const read = await runGit(git, ['read-tree', head], { gitDir, workTree });
  return read.ok ? ok(undefined) : read;
}
