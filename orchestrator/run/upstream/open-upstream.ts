import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { type History, historyCommand, parseHistory } from '../../release/history.ts';
import { type Blobs, createBlobs, type Upstream, type UpstreamTag } from '../../release/upstream.ts';
import type { Store } from '../../store/store.ts';
import { type LocalGit, runGit } from '../../tool/git/command.ts';
import { damaged, orDamaged, type ReadClone } from '../../tool/git/damage.ts';
import { openObjectReader } from '../../tool/git/objects.ts';
import type { Processes } from '../wiring/tools.ts';

/** With what a repository at hand is read. */
export interface ReadingSite {
  readonly processes: Processes;
  /** Lends a folder for what git prints. */
  readonly store: Pick<Store, 'temporaryFolder'>;
  readonly signal: AbortSignal;
}

/** A repository at hand, open for reading. */
export interface OpenRepository {
  readonly upstream: Upstream;
  close(): Promise<void>;
}

/**
 * Reads the history and the tags of a bare repository, and lends its contents.
 * @param repository its URL, for locks and messages. @param paths only what is below them.
 * Errors: `aborted`, `missing-program`, `disk-full`, `read-only`, `clone-damaged`, `command-failed`.
 */
export async function openUpstream(
  repository: string,
  gitDir: string,
  site: ReadingSite,
  paths?: readonly string[],
): Promise<Result<OpenRepository, Failure>> {
  const { run, localGit: env, isolation } = site.processes;
  const { signal } = site;
  const git: LocalGit = { run, env, signal };
  const clone = { repository, gitDir };
  const tags = await readTags(git, clone);
  if (!tags.ok) return tags;
  const main = await readHistory(git, clone, site, 'HEAD', paths);
  if (!main.ok) return main;
  const reader = await openObjectReader(clone, { env, isolation, signal });
  if (!reader.ok) return reader;
  const blobs: Blobs = createBlobs(async (id) => {
    const found = await reader.value.read(id);
    if (!found.ok) return found;
    // The history of the clone itself names it.
    if (found.value === undefined) return err(damaged(clone, `Object ${id}`, 'git finds no such object'));
    return ok(found.value.content);
  });
  const historyOf = (commit: string) => readHistory(git, clone, site, commit, paths);
  const upstream = { repository, main: main.value, tags: tags.value, historyOf, blobs };
  return ok({ upstream, close: () => reader.value.close() });
}

/** When a repository's default branch was last changed: seconds since 1970. */
export async function lastChange(gitDir: string, site: ReadingSite): Promise<Result<number, Failure>> {
  const git: LocalGit = { run: site.processes.run, env: site.processes.localGit, signal: site.signal };
  const printed = await runGit(git, ['log', '-1', '--format=%ct', 'HEAD', '--'], { gitDir });
  return printed.ok ? ok(Number(printed.value)) : printed;
}

async function readHistory(
  git: LocalGit,
  clone: ReadClone,
  site: ReadingSite,
  tip: string,
  paths: readonly string[] | undefined,
): Promise<Result<History, Failure>> {
  const folder = await site.store.temporaryFolder();
  if (!folder.ok) {
    // In a cache that is only read, what is short enough for memory can be read all the same.
    const printed = await runGit(git, historyCommand(tip, paths), { gitDir: clone.gitDir });
    return printed.ok ? ok(parseHistory(printed.value)) : folder;
  }
  const stdoutFile = join(folder.value, 'history');
  try {
    const printed = await runGit(git, historyCommand(tip, paths), { gitDir: clone.gitDir, stdoutFile });
    if (!printed.ok) return err(orDamaged(printed.error, clone));
    return ok(parseHistory(await readFile(stdoutFile, 'utf8')));
  } finally {
    await rm(folder.value, { recursive: true, force: true });
  }
}

/** Annotated tags are peeled; those that lead to no commit are left out. */
export async function readTags(
  git: LocalGit,
  clone: ReadClone,
): Promise<Result<ReadonlyMap<string, UpstreamTag>, Failure>> {
  const fields = [
    'refname:strip=2',
    'objectname',
    'committerdate:unix',
    '*objectname',
    '*committerdate:unix',
  ];
  const format = fields.map((field) => `%(${field})`).join(' ');
  const args = ['for-each-ref', `--format=${format}`, 'refs/tags'];
  const printed = await runGit(git, args, { gitDir: clone.gitDir });
  if (!printed.ok) return err(orDamaged(printed.error, clone));
  const tags = new Map<string, UpstreamTag>();
  for (const line of printed.value.split('\n')) {
    const [name = '', object = '', time = '', peeled = '', peeledTime = ''] = line.split(' ');
    const [commit, date] = peeled === '' ? [object, time] : [peeled, peeledTime];
    if (date !== '') tags.set(name, { name, commit, time: Number(date) });
  }
  return ok(tags);
}
