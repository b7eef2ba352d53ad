import { byCodeUnit } from '../core/canonical-json.ts';

/** A commit of a branch's first-parent line. */
interface HistoryCommit {
  readonly id: string;
  /** The committer's, in seconds since 1970. */
  readonly time: number;
}

/** A file as it stands at some commit. */
export interface FileVersion {
  readonly path: string;
  /** The id of its content. */
  readonly blob: string;
  /** The place in `commits` of the last commit that changed it. */
  readonly since: number;
}

/** What every file of a branch was at each of its commits. */
export interface History {
  /** Along first parents, the oldest first. */
  readonly commits: readonly HistoryCommit[];
  /** Where a pattern fits a path that ever was, in code-unit order of the paths. Each pattern is tried once. */
  matches(pattern: RegExp): readonly RegExpExecArray[];
  /** A commit's place in `commits`. */
  placeOf(commit: string): number | undefined;
  /** A regular file at a place; undefined where it is not there. */
  file(path: string, place: number): FileVersion | undefined;
  /** The regular files below a folder (without a trailing slash), whatever their depth, in code-unit order. */
  filesBelow(folder: string, place: number): readonly FileVersion[];
  /** Every change of a file, in order; `blob` is undefined where it was removed. */
  changes(path: string): readonly { readonly since: number; readonly blob: string | undefined }[];
}

/**
 * The arguments of the git command that prints what `parseHistory` reads, for a commit and whatever leads to it.
 * `-m` makes merges say what they brought to their first parent.
 * @param paths only commits that change something below them, and only that; all where there is none.
 */
export function historyCommand(tip: string, paths: readonly string[] = []): readonly string[] {
  const format = ['--raw', '--no-renames', '--no-abbrev', '-z', '--format=%x01%H %ct'];
  return ['log', '--first-parent', '-m', '--reverse', '--root', ...format, tip, '--', ...paths];
}

/** @param log what `historyCommand` printed. */
export function parseHistory(log: string): History {
  const commits: HistoryCommit[] = [];
  const places = new Map<string, number>();
  const byPath = new Map<string, { since: number; blob: string | undefined }[]>();
  const tokens = log.split('\0');
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index]?.replace(/^\n/, '') ?? '';
    if (token.startsWith('\x01')) {
      const [id = '', time] = token.slice(1).trimEnd().split(' ');
      places.set(id, commits.push({ id, time: Number(time) }) - 1);
      continue;
    }
    const change = /^:\d+ (\d+) [0-9a-f]+ ([0-9a-f]+) [A-Z]$/.exec(token);
    if (change === null) continue;
    const path = tokens[++index] ?? '';
    // Links and submodules have no content of their own, and count as if they were not there.
    const isFile = change[1]?.startsWith('100') === true;
    const known = byPath.get(path);
    const entry = { since: commits.length - 1, blob: isFile ? change[2] : undefined };
    if (known === undefined) byPath.set(path, [entry]);
    else known.push(entry);
  }
  return makeHistory(commits, places, byPath);
}

function makeHistory(
  commits: readonly HistoryCommit[],
  places: ReadonlyMap<string, number>,
  byPath: ReadonlyMap<string, readonly { readonly since: number; readonly blob: string | undefined }[]>,
): History {
  const paths = [...byPath.keys()].sort(byCodeUnit);
  const file = (path: string, place: number): FileVersion | undefined => {
    const changes = byPath.get(path) ?? [];
    const last = changes[firstAfter(changes, (change) => change.since <= place) - 1];
    return last?.blob === undefined ? undefined : { path, blob: last.blob, since: last.since };
  };
  const matches = new Map<RegExp, readonly RegExpExecArray[]>();
  return {
    commits,
    matches(pattern) {
      const found =
        matches.get(pattern) ?? paths.map((path) => pattern.exec(path)).filter((match) => match !== null);
      matches.set(pattern, found);
      return found;
    },
    placeOf: (commit) => places.get(commit),
    file,
    filesBelow(folder, place) {
      const found: FileVersion[] = [];
      const prefix = `${folder}/`;
      const start = firstAfter(paths, (path) => path < prefix);
      for (let index = start; paths[index]?.startsWith(prefix); index++) {
        const version = file(paths[index] ?? '', place);
        if (version !== undefined) found.push(version);
      }
      return found;
    },
    changes: (path) => byPath.get(path) ?? [],
  };
}

/** The place of the first item for which a condition does not hold that holds for all items up to some point. */
function firstAfter<T>(items: readonly T[], holds: (item: T) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(items[middle] as T)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Seconds since 1970 as RFC 3339, in UTC. */
export function instantOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}
