import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Failure } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';
import { type History, historyCommand, parseHistory } from '../../release/history.ts';
import { type Blobs, createBlobs, type Upstream, type UpstreamTag } from '../../release/upstream.ts';
import type { Store } from '../../store/store.ts';
import { type LocalGit, runGit } from '../../tool/git/command.ts';
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
 * Errors: `aborted`, `missing-program`, `disk-full`, `read-only`, `command-failed`.
 */
export async function openUpstream(
  repository: string,
  gitDir: string,
  site: ReadingSite,
  paths?: readonly string[],
): Promise<Result<OpenRepository, Failure>> {
  const git: LocalGit = { run: site.processes.run, env: site.processes.localGit, signal: site.signal };
  const tags = await readTags(git, gitDir);
  if (!tags.ok) return tags;
  const main = await readHistory(git, gitDir, site, 'HEAD', paths);
  if (!main.ok) return main;
  const reader = await openObjectReader(gitDir, {
    env: site.processes.localGit,
    isolation: site.processes.isolation,
  });
  const blobs: Blobs = createBlobs(async (id) => (await reader.read(id))?.content);
  const historyOf = (commit: string) => readHistory(git, gitDir, site, commit, paths);
  const upstream = { repository, main: main.value, tags: tags.value, historyOf, blobs };
  return ok({ upstream, close: () => reader.close() });
}

/** When a repository's default branch was last changed: seconds since 1970. */
export async function lastChange(gitDir: string, site: ReadingSite): Promise<Result<number, Failure>> {
  const git: LocalGit = { run: site.processes.run, env: site.processes.localGit, signal: site.signal };
  const printed = await runGit(git, ['log', '-1', '--format=%ct', 'HEAD', '--'], { gitDir });
  return printed.ok ? ok(Number(printed.value)) : printed;
}

async function readHistory(
  git: LocalGit,
  gitDir: string,
  site: ReadingSite,
  tip: string,
  paths: readonly string[] | undefined,
): Promise<Result<History, Failure>> {
  const folder = await site.store.temporaryFolder();
  if (!folder.ok) return folder;
  const stdoutFile = join(folder.value, 'history');
  try {
    const printed = await runGit(git, historyCommand(tip, paths), { gitDir, stdoutFile });
    return printed.ok ? ok(parseHistory(await readFile(stdoutFile, 'utf8'))) : printed;
  } finally {
    await rm(folder.value, { recursive: true, force: true });
  }
}

/** Annotated tags are peeled; those that lead to no commit are left out. */
async function readTags(
  git: LocalGit,
  gitDir: string,
): Promise<Result<ReadonlyMap<string, UpstreamTag>, Failure>> {
  const fields = [
    'refname:strip=2',
    'objectname',
    'committerdate:unix',
    '*objectname',
    '*committerdate:unix',
  ];
  const format = fields.map((field) => `%(${field})`).join(' ');
  const printed = await runGit(git, ['for-each-ref', `--format=${format}`, 'refs/tags'], { gitDir });
  if (!printed.ok) return printed;
  const tags = new Map<string, UpstreamTag>();
  for (const line of printed.value.split('\n')) {
    const [name = '', object = '', time = '', peeled = '', peeledTime = ''] = line.split(' ');
    const [commit, date] = peeled === '' ? [object, time] : [peeled, peeledTime];
    if (date !== '') tags.set(name, { name, commit, time: Number(date) });
  }
  return ok(tags);
}
