import { chmod, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { byCodeUnit } from '../../core/canonical-json.ts';
import type { Diagnostic } from '../../core/diagnostic.ts';
import { digestOf, digestOfJson } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { samplePlace } from '../../core/names.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { guarded, isErrno } from '../../store/errno.ts';
import { ensureFolder } from '../../tool/file/ensure-folder.ts';
import {
  type Change,
  createBareRepository,
  fastImportStream,
  type GitSite,
  type NewCommit,
} from './fast-import.ts';
import { readSampleHistory, type SampleCommit } from './history.ts';

export interface SampleRequest extends GitSite {
  /** The folder `examples` of the package. Only read. */
  readonly examples: string;
  /** Where the repositories go, in a folder named after their content. Absolute. */
  readonly into: string;
}

/** The sample's repositories, and what settings reach them. */
export interface SampleRepositories {
  /** The folder with `upstream.git` and `<org>/<repo>.git`. */
  readonly folder: string;
  /** The path of `upstream.git`. */
  readonly upstreamPath: string;
  /** Settings: URLs that are the same on every machine, so that a lock is. */
  readonly upstream: string;
  readonly sources: string;
  readonly mirrors: Readonly<Record<string, string>>;
}

const identity = { name: 'Sample Author', email: 'author@sample.example' };

/**
 * Turns the sample release into git repositories, with the same commit ids as `examples/repositories.sh`. Whatever is
 * there already with the same content is left as it is; what is new appears all at once, so that runs at the same
 * time and interrupted ones do no harm.
 * Errors: `usage` without the examples, `configuration` for a malformed history, those of `createBareRepository`,
 * `read-only`, `disk-full`.
 */
export async function createSampleRepositories(
  request: SampleRequest,
): Promise<Result<SampleRepositories, Failure>> {
  const streams = await readStreams(request.examples);
  if (!streams.ok) return streams;
  const digest = digestOfJson(
    Object.fromEntries([...streams.value].map(([name, bytes]) => [name, digestOf(bytes)])),
  );
  const folder = join(request.into, digest);
  const repositories: SampleRepositories = {
    folder,
    upstreamPath: join(folder, 'upstream.git'),
    upstream: `${samplePlace}upstream.git`,
    sources: `${samplePlace}{org}/{repo}.git`,
    mirrors: { [samplePlace]: `${folder}/` },
  };
  return guarded(request.into, async () => {
    if (await isFolder(folder)) {
      const hidden = await whatIsHidden(folder, [...streams.value.keys()]);
      return hidden === undefined ? ok(repositories) : err({ reason: 'unreadable', path: hidden });
    }
    ensureFolder(request.into);
    const draft = await mkdtemp(join(request.into, 'draft-'));
    try {
      const made = await Promise.all(
        [...streams.value].map(([name, stream]) => createBareRepository(join(draft, name), stream, request)),
      );
      for (const each of made) if (!each.ok) return each;
      await chmod(draft, 0o755);
      await rename(draft, folder).catch((error: unknown) => {
        // Another run was faster, with the same content.
        if (!isErrno(error, 'ENOTEMPTY', 'EEXIST')) throw error;
      });
      return ok(repositories);
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  });
}

/** By path of the repository, `sample/clock.git`. */
async function readStreams(examples: string): Promise<Result<ReadonlyMap<string, Uint8Array>, Failure>> {
  const file = join(examples, 'history.txt');
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) {
    return err({
      reason: 'usage',
      message: `The sample release is not there: ${file} cannot be read.`,
      help: 'Install the package again.',
    });
  }
  const history = readSampleHistory(file, text);
  if (!history.ok) return err({ reason: 'configuration', diagnostics: history.error });
  const streams = new Map<string, Uint8Array>();
  for (const [folder, commits] of history.value) {
    const distributed = distribute(commits, await readFiles(join(examples, folder)));
    if (!distributed.ok) return err({ reason: 'configuration', diagnostics: distributed.error });
    streams.set(`${folder.replace(/^sources\//, '')}.git`, fastImportStream(distributed.value));
  }
  return ok(streams);
}

/** Gives each commit the files that it adds. */
function distribute(
  commits: readonly SampleCommit[],
  files: ReadonlyMap<string, Uint8Array>,
): Result<readonly NewCommit[], readonly Diagnostic[]> {
  const left = new Map(files);
  const complaints: Diagnostic[] = [];
  const made = commits.map((commit): NewCommit => {
    const changes = new Map<string, Change>();
    for (const name of commit.adds === 'all' ? [undefined] : commit.adds) {
      const chosen = [...left].filter(
        ([path]) => name === undefined || path === name || path.startsWith(`${name}/`),
      );
      if (chosen.length === 0) complaints.push(commit.missing(name));
      for (const [path, content] of chosen) {
        changes.set(path, { kind: 'file', content });
        left.delete(path);
      }
    }
    const tags = commit.tag === undefined ? [] : [commit.tag];
    return { identity, date: commit.date, message: commit.message, changes, tags };
  });
  return complaints.length > 0 ? err(complaints) : ok(made);
}

/** Every file below a folder, by path, in code-unit order; none where there is no such folder. */
async function readFiles(folder: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch((error: unknown) => {
    if (!isErrno(error, 'ENOENT', 'ENOTDIR')) throw error;
    return [];
  });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const read = paths
    .sort(byCodeUnit)
    .map(async (path) => [relative(folder, path), await readFile(path)] as const);
  return new Map(await Promise.all(read));
}

/** The first repository that this user may not read: the cache may be another's. @throws other system errors. */
async function whatIsHidden(folder: string, names: readonly string[]): Promise<string | undefined> {
  for (const name of names) {
    const head = join(folder, name, 'HEAD');
    const text = await readFile(head).catch((error: unknown) => {
      if (!isErrno(error, 'EACCES')) throw error;
      return undefined;
    });
    if (text === undefined) return join(folder, name);
  }
  return undefined;
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
}
