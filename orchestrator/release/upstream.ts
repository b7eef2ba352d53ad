import { decodeUtf8, locate } from '../core/diagnostic.ts';
import { digestOf } from '../core/digest.ts';
import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { FileVersion, History } from './history.ts';

/** A git tag that leads to a commit. */
export interface UpstreamTag {
  readonly name: string;
  readonly commit: string;
  /** The commit's own committer date, in seconds since 1970. */
  readonly time: number;
}

/** What an import reads of a repository. The functions are lent by whoever runs git. */
export interface Upstream {
  /** Its URL, not a mirror's. */
  readonly repository: string;
  /** Of the default branch. */
  readonly main: History;
  readonly tags: ReadonlyMap<string, UpstreamTag>;
  /** The history of a commit that is not on the default branch's first-parent line. */
  readonly historyOf: (commit: string) => Promise<Result<History, Failure>>;
  readonly blobs: Blobs;
}

/** What came of reading a content: undefined where the repository lacks it. Errors: those of who reads. */
type Read<T> = Promise<Result<T | undefined, Failure>>;

/** Reads contents. Each is parsed once, however many releases share it. */
export interface Blobs {
  /** Errors: `configuration` for what is not UTF-8. @param shown what it is called then. */
  text(id: string, shown: string): Read<string>;
  sha256(id: string): Read<string>;
  /**
   * A large text of which only what `parse` gives is kept: licences and patches, in which people's names and other files' bytes may stand
   * that are no UTF-8. Each id is always read with the same `parse`.
   */
  parsed<T>(id: string, parse: (text: string) => T): Read<T>;
}

export function createBlobs(read: (id: string) => Read<Uint8Array>): Blobs {
  const known = new Map<string, unknown>();
  const remembered = async <T>(
    name: string,
    id: string,
    make: (bytes: Uint8Array) => T,
  ): Promise<Result<T | undefined, Failure>> => {
    const key = `${name} ${id}`;
    if (!known.has(key)) {
      const bytes = await read(id);
      if (!bytes.ok) return bytes;
      known.set(key, bytes.value === undefined ? undefined : make(bytes.value));
    }
    return ok(known.get(key) as T | undefined);
  };
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return {
    async text(id, shown) {
      const text = await remembered('text', id, (bytes) => decodeUtf8(bytes, shown));
      if (!text.ok || text.value === undefined) return text.ok ? ok(undefined) : text;
      return text.value.ok ? text.value : err({ reason: 'configuration', diagnostics: [text.value.error] });
    },
    sha256: (id) => remembered('sha256', id, digestOf),
    parsed: (id, parse) => remembered('parsed', id, (bytes) => parse(decode(bytes))),
  };
}

/** All files of a repository at one commit. */
export interface Tree {
  readonly repository: string;
  readonly blobs: Blobs;
  readonly history: History;
  /** The commit's place in the history. */
  readonly place: number;
}

/** The tree of a commit, wherever it is in the repository. Errors: those of `historyOf`. */
export async function treeOf(upstream: Upstream, commit: string): Promise<Result<Tree, Failure>> {
  const { repository, blobs, main } = upstream;
  const place = main.placeOf(commit);
  if (place !== undefined) return ok({ repository, blobs, history: main, place });
  const history = await upstream.historyOf(commit);
  if (!history.ok) return history;
  return ok({ repository, blobs, history: history.value, place: history.value.commits.length - 1 });
}

export function commitOf(tree: Tree): { readonly id: string; readonly time: number } {
  return tree.history.commits[tree.place] ?? { id: '', time: 0 };
}

export function fileIn(tree: Tree, path: string): FileVersion | undefined {
  return tree.history.file(path, tree.place);
}

/** Errors: `source-unavailable` where the repository lacks the file's content; `configuration` where it is not UTF-8; those of reading it. */
export async function readText(tree: Tree, file: FileVersion): Promise<Result<string, Failure>> {
  const text = await tree.blobs.text(file.blob, shownFile(tree, file));
  if (!text.ok) return text;
  return text.value === undefined ? err(lacksContent(tree, file)) : ok(text.value);
}

function lacksContent(tree: Tree, file: FileVersion): Failure {
  const wanted = `${file.path} of commit ${commitOf(tree).id}`;
  const detail = 'the repository names the file but lacks its content, or it has more than 64 MiB';
  return { reason: 'source-unavailable', repository: tree.repository, wanted, detail };
}

/** A file as `git show` takes it, for messages: `0123456789ab:projects/...`. */
export function shownFile(tree: Tree, file: FileVersion): string {
  return `${commitOf(tree).id.slice(0, 12)}:${file.path}`;
}

/** The one word that a file consists of. Errors: `configuration` where it is something else. */
export async function readWord(
  tree: Tree,
  file: FileVersion,
  fits: (word: string) => boolean,
  expected: string,
): Promise<Result<string, Failure>> {
  const text = await readText(tree, file);
  if (!text.ok) return text;
  const word = text.value.trim();
  if (fits(word)) return ok(word);
  const location = locate(shownFile(tree, file), text.value, 0, Math.max(1, text.value.trimEnd().length));
  return err({
    reason: 'configuration',
    diagnostics: [{ severity: 'error', message: `expected ${expected}`, location }],
  });
}
