import { createReadStream, existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { byCodeUnit } from '../../core/canonical-json.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { SourceArchiveNode } from '../../plan/archive/node-archive.ts';
import { type LocalGit, runGit } from '../../tool/git/command.ts';
import { writeGzip } from '../../tool/tar/gzip.ts';
import { readSourceFacts, resolvePlaceholders, undoneFolder } from '../source/facts.ts';
import type { SourceOptions } from '../source/source.ts';
import { mergedTags, writeSkeleton } from '../source/stamp-folder.ts';
import type { Outputs, TaskContext } from '../task.ts';

/**
 * `git archive HEAD` of a patched checkout. Its own git folder lacks the files of all commits, so those of HEAD are taken from the
 * checkout, or from beside it where that has undone them, and each has to be what HEAD says. Errors: those of `runGit`, `missing-output`, `aborted`.
 */
export async function archiveSource(
  node: SourceArchiveNode,
  context: TaskContext,
  { gitEnv }: Pick<SourceOptions, 'gitEnv'>,
): Promise<Result<Outputs, Failure>> {
  const tree = context.tree(node.source);
  const workTree = join(tree, 'source');
  const facts = await readSourceFacts(tree);
  const { head } = facts;
  const git: LocalGit = { run: context.run, env: gitEnv, signal: context.signal };
  const tags = await mergedTags(git, join(workTree, '.git'), head);
  if (!tags.ok) return tags;
  const headTag = node.headTag === undefined ? undefined : resolvePlaceholders(node.headTag, facts);
  const own = headTag === undefined ? [] : [headName(headTag, head)];
  const named = new Set<string>(own.map(({ name }) => name));
  const gitDir = join(context.scratch, 'archive.git');
  await writeSkeleton(gitDir, {
    head,
    tags: [...tags.value.filter(({ commit, name }) => commit === head && !named.has(name)), ...own].sort(
      (a, b) => byCodeUnit(a.name, b.name),
    ),
    alternate: join(workTree, '.git', 'objects'),
    abbreviation: facts.shortCommit.length,
  });
  context.progress('reading the checkout');
  const stored = await storeFiles(git, { gitDir, workTree, undone: join(tree, undoneFolder) }, node, context);
  if (!stored.ok) return stored;
  const tar = join(context.scratch, 'source.tar');
  // The permissions that git gives members where nothing is set, so that no configuration changes them.
  const archive = ['-c', 'tar.umask=0002', 'archive', '--format=tar', 'HEAD'];
  const archived = await runGit(git, archive, { gitDir, stdoutFile: tar });
  if (!archived.ok) return archived;
  const written = await writeGzip(createReadStream(tar), join(context.output, node.file), {
    signal: context.signal,
    onBytes: (done) => context.progress('packing', { done }),
  });
  return written.ok ? ok({}) : written;
}

/** A place on disk of a path whose bytes are each a character. */
function latin(folder: string, path: string): Buffer {
  return Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(path, 'latin1')]);
}

function headName(tag: string, head: string) {
  return { name: `refs/tags/${tag}`, object: head, commit: head, annotated: false } as const;
}

/** Puts the files of HEAD into a git folder, read from the checkout. Symbolic links are in its own one. */
async function storeFiles(
  git: LocalGit,
  { gitDir, workTree, undone }: Readonly<Record<'gitDir' | 'workTree' | 'undone', string>>,
  { source }: SourceArchiveNode,
  { scratch }: Pick<TaskContext, 'scratch'>,
): Promise<Result<void, Failure>> {
  const listing = join(scratch, 'files');
  const listed = await runGit(git, ['ls-tree', '-r', '-z', 'HEAD'], { gitDir, stdoutFile: listing });
  if (!listed.ok) return listed;
  // Paths are bytes: each is a character of this text.
  const text = await readFile(listing, 'latin1');
  const files = [...text.matchAll(/100[0-7]{3} blob ([0-9a-f]{40,64})\t([^\0]*)\0/g)].map(
    ([, id = '', path = '']) => ({ id, path }),
  );
  let others: readonly (typeof files)[number][] = files;
  for (const place of [workTree, undone]) {
    const there = others.filter(({ path }) => place === workTree || existsSync(latin(place, path)));
    if (there.length === 0) continue;
    const paths = Buffer.from(there.map(({ path }) => `${path}\n`).join(''), 'latin1');
    const hashes = join(scratch, 'hashes');
    // They are read once: to compress them would take longer than all else.
    const hash = ['-c', 'core.looseCompression=0', 'hash-object', '-w', '--stdin-paths'];
    const hashed = await runGit(git, hash, { gitDir, workTree: place, input: paths, stdoutFile: hashes });
    if (!hashed.ok) return hashed;
    const found = new Map((await readFile(hashes, 'latin1')).split('\n').map((id, at) => [there[at], id]));
    others = others.filter((file) => found.get(file) !== file.id);
  }
  const [other] = others;
  if (other === undefined) return ok(undefined);
  const detail = `${source} has other bytes in it than its HEAD`;
  return err({ reason: 'missing-output', file: Buffer.from(other.path, 'latin1').toString('utf8'), detail });
}
