import { writeFile } from 'node:fs/promises';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { defined } from '../../core/defined.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { ensureFolder } from '../../tool/file/ensure-folder.ts';
import { failureOf } from '../../tool/process/command-failure.ts';
import { type Command, type RunProcess, succeeded } from '../../tool/process/process.ts';

/** A commit to make. Its id follows from these alone: files get no permissions but the executable bit said here. */
export interface NewCommit {
  /** `main` where it is absent. Another branch is new, and begins at the tip that `main` has by then. */
  readonly branch?: string;
  /** Author and committer. */
  readonly identity: Identity;
  /** RFC 3339 with its zone, which git keeps: `2022-03-01T12:30:00+01:00`. To the second. */
  readonly date: string;
  /** Without a newline at its end. */
  readonly message: string;
  /** What differs from the commit before, by path from the top. */
  readonly changes: ReadonlyMap<string, Change>;
  readonly tags: readonly NewTag[];
}

interface Identity {
  readonly name: string;
  readonly email: string;
}

export type Change =
  | { readonly kind: 'file'; readonly content: string | Uint8Array; readonly executable?: boolean }
  | { readonly kind: 'link'; readonly target: string }
  | { readonly kind: 'removed' };

/** An annotated tag has the commit's identity and date, and its own name for a message. */
export interface NewTag {
  readonly name: string;
  readonly kind: 'annotated' | 'lightweight';
}

/**
 * Commits as `git fast-import` reads them: then neither a work tree nor its settings, attributes and permissions have
 * a part in them. git answers with the commits' ids, one a line.
 * @param start `continued`: the repository has commits on `main` already, and these come after them.
 */
export function fastImportStream(
  commits: readonly NewCommit[],
  start: 'empty' | 'continued' = 'empty',
): Uint8Array {
  const known = new Set<string>();
  const parts: (string | Uint8Array)[] = [];
  const data = (content: string | Uint8Array): void => {
    parts.push(`data ${Buffer.byteLength(content)}\n`, content, '\n');
  };
  for (const [index, commit] of commits.entries()) {
    const { branch = 'main', identity } = commit;
    const who = `${identity.name} <${identity.email}> ${gitDate(commit.date)}`;
    parts.push(`commit refs/heads/${branch}\nmark :${index + 1}\nauthor ${who}\ncommitter ${who}\n`);
    data(`${commit.message}\n`);
    if (!known.has(branch)) {
      if (known.has('main')) parts.push('from refs/heads/main\n');
      else if (start === 'continued') parts.push('from refs/heads/main^0\n');
      known.add(branch);
    }
    for (const [path, change] of commit.changes) {
      if (change.kind === 'removed') {
        parts.push(`D ${quoted(path)}\n`);
      } else if (change.kind === 'link') {
        parts.push(`M 120000 inline ${quoted(path)}\n`);
        data(change.target);
      } else {
        parts.push(`M ${change.executable ? '100755' : '100644'} inline ${quoted(path)}\n`);
        data(change.content);
      }
    }
    parts.push('\n');
    for (const tag of commit.tags) {
      if (tag.kind === 'lightweight') {
        parts.push(`reset refs/tags/${tag.name}\nfrom :${index + 1}\n\n`);
      } else {
        parts.push(`tag ${tag.name}\nfrom :${index + 1}\ntagger ${who}\n`);
        data(`${tag.name}\n`);
      }
    }
    parts.push(`get-mark :${index + 1}\n`);
  }
  return Buffer.concat(parts.map((part) => Buffer.from(part)));
}

/** Where and with what git runs. */
export interface GitSite {
  readonly run: RunProcess;
  /** The value of PATH, where git is found. */
  readonly path: string;
  readonly signal?: AbortSignal;
}

/**
 * Makes a bare repository from a stream of `fastImportStream`, with `main` for its HEAD. No git configuration counts.
 * @param folder made with the folders above it; it must not hold a repository.
 * @returns the commits' ids, in order.
 * Errors: `missing-program`, `disk-full`, `aborted`, `command-failed`.
 */
export async function createBareRepository(
  folder: string,
  stream: Uint8Array,
  site: GitSite,
): Promise<Result<readonly string[], Failure>> {
  ensureFolder(folder);
  const made = await git(folder, ['init', '--quiet', '--bare', '--template='], site);
  if (!made.ok) return made;
  await writeFile(join(folder, 'HEAD'), 'ref: refs/heads/main\n');
  return importStream(folder, stream, site);
}

/** Adds a stream's commits to a bare repository; a tag that is there already moves. Else as above. */
export async function importStream(
  folder: string,
  stream: Uint8Array,
  site: GitSite,
): Promise<Result<readonly string[], Failure>> {
  const imported = await git(folder, ['fast-import', '--quiet'], site, stream);
  return imported.ok ? ok(imported.value.split('\n').filter((line) => line !== '')) : imported;
}

async function git(
  folder: string,
  args: readonly string[],
  site: GitSite,
  input?: Uint8Array,
): Promise<Result<string, Failure>> {
  const command: Command = {
    program: 'git',
    args,
    cwd: folder,
    env: {
      PATH: site.path,
      HOME: devNull,
      LC_ALL: 'C',
      TZ: 'UTC',
      GIT_DIR: folder,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: devNull,
      GIT_DEFAULT_HASH: 'sha1',
      GIT_DEFAULT_REF_FORMAT: 'files',
    },
    network: 'none',
    ...defined({ input, signal: site.signal }),
  };
  const outcome = await site.run(command);
  return succeeded(outcome) ? ok(outcome.stdout) : err(failureOf(command, outcome));
}

/** Seconds since the epoch and the zone, as git writes them: `1646134200 +0100`. */
function gitDate(date: string): string {
  const zone = /(Z|[+-]\d\d:\d\d)$/.exec(date)?.[0] ?? 'Z';
  return `${Date.parse(date) / 1000} ${zone === 'Z' ? '+0000' : zone.replace(':', '')}`;
}

function quoted(path: string): string {
  if (!/["\n\\]/.test(path)) return path;
  return `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}
