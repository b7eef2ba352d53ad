import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson } from '../../core/canonical-json.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { SourceNode } from '../../plan/node-go.ts';
import type { GitClones } from '../../tool/git/clones.ts';
import { type LocalGit, runGit } from '../../tool/git/command.ts';
import { orDamaged } from '../../tool/git/damage.ts';
import { seeing } from '../../tool/process/process.ts';
import type { Outputs, TaskContext } from '../task.ts';
import { applyPatch, collectPatches } from './apply-patches.ts';
import { factsFile, type SourceFacts, undoneFolder } from './facts.ts';
import { markerFiles } from './markers.ts';
import { type MergedTag, mergedTags, writeSkeleton, writeStampFolder } from './stamp-folder.ts';
import { undoVendored } from './undo-vendored.ts';

export interface SourceOptions {
  readonly clones: GitClones;
  /** Of `hermeticGitEnvironment`. */
  readonly gitEnv: Readonly<Record<string, string>>;
}

/**
 * A project's checkout with its patches committed, in `source`, and what a recipe may want to know of it, in
 * `facts.json`; in `undone`, what HEAD has of files that are otherwise in the checkout. The checkout's `.git` stands alone.
 * Errors: those of `GitClones.ensure`, `patch-failed`, `unsafe-path`, `digest-mismatch`.
 */
export async function makeSource(
  node: SourceNode,
  context: TaskContext,
  options: SourceOptions,
): Promise<Result<Outputs, Failure>> {
  const { repository, tag, commit } = node;
  const cloned = await options.clones.ensure(repository, { kind: 'tag', tag, commit }, context);
  if (!cloned.ok) return cloned;
  const clone = cloned.value.gitDir;
  const orLost = <T>(result: Result<T, Failure>): Result<T, Failure> =>
    result.ok ? result : err(orDamaged(result.error, { repository: node.repository, gitDir: clone }));
  // What is checked out reads the clone's objects.
  const run = seeing(context.run, { reads: [clone] });
  const git: LocalGit = { run, env: options.gitEnv, signal: context.signal };
  const patchFolder = join(context.scratch, 'patches');
  await mkdir(patchFolder);
  const patches = await collectPatches(node.patches, patchFolder, git, options.clones, context);
  if (!patches.ok) return patches;

  const workTree = join(context.output, 'source');
  const gitDir = join(context.scratch, 'work.git');
  await mkdir(workTree);
  const tags = orLost(await mergedTags(git, clone, commit));
  if (!tags.ok) return tags;
  await writeSkeleton(gitDir, { head: commit, tags: tags.value, alternate: join(clone, 'objects') });
  context.progress('checking out');
  const reset = ['reset', '--quiet', '--hard', commit];
  const checkedOut = orLost(await runGit(git, reset, { gitDir, workTree }));
  if (!checkedOut.ok) return checkedOut;
  for (const [index, patch] of patches.value.entries()) {
    context.progress(`applying patch ${index + 1} of ${patches.value.length}`);
    const applied = await applyPatch(patch, git, { gitDir, workTree }, node.override);
    if (!applied.ok) return applied;
  }

  if (node.vendor === 'made-again') {
    const place = { gitDir, workTree };
    const undone = await undoVendored(patches.value, commit, git, place, join(context.output, undoneFolder));
    if (!undone.ok) return undone;
  }

  const facts = orLost(await factsOf(node, git, { clone, gitDir }));
  if (!facts.ok) return facts;
  const { head } = facts.value;
  const stampDir = join(workTree, '.git');
  const scratch = join(context.scratch, 'stamp');
  await mkdir(scratch);
  const stamped = orLost(
    await writeStampFolder(git, {
      ...{ from: gitDir, gitDir: stampDir, workTree, head, tags: tagsKept(node, tags.value), tag, scratch },
      abbreviation: facts.value.shortCommit.length,
    }),
  );
  if (!stamped.ok) return stamped;
  await writeMarkers(workTree, node);
  await writeFile(join(context.output, factsFile), canonicalJson({ ...facts.value }));
  return ok({ derived: isDerived });
}

/** Those of the merged tags that the checkout's own git folder gets. The one that was checked out counts as of its minor. */
function tagsKept({ tag, override }: SourceNode, tags: readonly MergedTag[]): readonly MergedTag[] {
  const kept = override?.tags ?? 'all';
  if (kept === 'all') return tags;
  const minor = /^v?[0-9]+\.[0-9]+\./.exec(tag)?.[0] ?? tag;
  return kept === 'none' ? [] : tags.filter(({ name }) => name.startsWith(`refs/tags/${minor}`));
}

/** What HEAD and packed-refs fix: its bytes depend on git's version and on how the clone was packed. */
function isDerived(path: string): boolean {
  return path === 'source/.git/index' || path.startsWith('source/.git/objects/');
}

async function writeMarkers(workTree: string, node: SourceNode): Promise<void> {
  for (const name of markerFiles(node)) {
    try {
      // Exclusive: a file of the checkout stays as it is, and a symbolic link is not followed.
      await writeFile(join(workTree, name), '', { flag: 'wx' });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
  }
}

async function factsOf(
  node: SourceNode,
  git: LocalGit,
  { clone, gitDir }: { readonly clone: string; readonly gitDir: string },
): Promise<Result<SourceFacts, Failure>> {
  const tagName = `refs/tags/${node.tag}`;
  const questions = {
    // Short among the clone's objects and those of the patches.
    head: { args: ['show', '-s', '--abbrev=7', '--format=%H %h %at %cd', '--date=raw', 'HEAD'], gitDir },
    commit: { args: ['show', '-s', '--format=%h %ct', node.commit], gitDir: clone },
    tagObject: { args: ['rev-parse', tagName], gitDir: clone },
    shortTag: { args: ['rev-parse', '--short', tagName], gitDir: clone },
    describe: { args: ['describe', '--always', '--abbrev=0', 'HEAD'], gitDir },
  };
  const answers = new Map<string, string>();
  for (const [name, { args, gitDir: where }] of Object.entries(questions)) {
    const asked = await runGit(git, args, { gitDir: where });
    if (!asked.ok) return asked;
    answers.set(name, asked.value.trim());
  }
  const answer = (name: keyof typeof questions) => answers.get(name) ?? '';
  const [head = '', shortHead = '', authored, seconds = '', zone = ''] = answer('head').split(' ');
  const [shortCommit = '', committed] = answer('commit').split(' ');
  return ok({
    tag: node.tag,
    commit: node.commit,
    head,
    headCommitterDate: isoDate(Number(seconds), zone),
    headUnixTime: Number(seconds),
    headAuthorUnixTime: Number(authored),
    commitUnixTime: Number(committed),
    tagObject: answer('tagObject'),
    shortTag: answer('shortTag'),
    shortCommit,
    shortHead,
    describe: answer('describe'),
  });
}

/** Git's own `%cI` writes UTC in two ways, depending on its version. @param zone `-0700` */
function isoDate(unixTime: number, zone: string): string {
  const [, sign = '+', hours = '00', minutes = '00'] = /^([+-])([0-9]{2})([0-9]{2})$/.exec(zone) ?? [];
  const offset = (Number(hours) * 60 + Number(minutes)) * 60 * (sign === '-' ? -1 : 1);
  const local = new Date((unixTime + offset) * 1000).toISOString().slice(0, 19);
  return `${local}${sign}${hours}:${minutes}`;
}
