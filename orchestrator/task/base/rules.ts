import type { RootfsPart } from '../../config/base/base-image.ts';
import { digestOf } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { alternativeEntries } from './alternatives.ts';
import { folderOf, type RootEntries, type RootEntry, resolveIn } from './entry.ts';

/** With what rules are applied. */
export interface RuleContext {
  /** What new entries are dated with. */
  readonly epoch: number;
  /** What `trust extract` wrote, by the path at which the image has it. */
  readonly trust: RootEntries;
  /** Makes `/etc/ld.so.cache`. */
  readonly linkerCache: (entries: RootEntries) => Promise<Buffer>;
}

/** Several parts as one: the members of each, one part after the other. */
export function mergeRules(parts: readonly RootfsPart[]): RootfsPart {
  return {
    linksFirst: parts.flatMap((part) => part.linksFirst),
    directories: parts.flatMap((part) => part.directories),
    trust: parts.flatMap((part) => part.trust),
    links: parts.flatMap((part) => part.links),
    alternatives: parts.flatMap((part) => part.alternatives),
    linkerCache: parts.some((part) => part.linkerCache),
    files: parts.flatMap((part) => part.files),
    remove: parts.flatMap((part) => part.remove),
    keep: parts.flatMap((part) => part.keep),
  };
}

/**
 * Does to a file system what an image declares, in the order in which it is declared.
 * Errors: `usage` where a path leads through a file.
 */
export async function applyRules(
  entries: RootEntries,
  rules: RootfsPart,
  context: RuleContext,
): Promise<Result<void, Failure>> {
  const { epoch } = context;
  const own = { uid: 0, gid: 0, mtime: epoch, xattrs: {} };
  const link = (target: string): RootEntry => ({ ...own, kind: 'symbolic-link', mode: 0o777, target });
  const placed: (readonly [string, RootEntry])[] = [
    ...rules.directories.map(({ path, mode, owner }): readonly [string, RootEntry] => [
      path,
      { ...own, kind: 'folder', mode, uid: owner.user, gid: owner.group },
    ]),
    ...trustEntries(rules, context.trust),
    ...rules.links.map(({ path, to }): readonly [string, RootEntry] => [path, link(to)]),
    ...alternativeEntries(rules.alternatives).map(({ path, to, content }): readonly [string, RootEntry] => [
      path,
      to === undefined ? fileEntry(Buffer.from(content ?? ''), 0o644, epoch) : link(to),
    ]),
  ];
  for (const [path, entry] of placed) {
    const done = place(entries, path, entry, epoch);
    if (!done.ok) return done;
  }
  if (rules.linkerCache) {
    const cache = fileEntry(await context.linkerCache(entries), 0o644, epoch);
    const done = place(entries, '/etc/ld.so.cache', cache, epoch);
    if (!done.ok) return done;
  }
  for (const { path, content, mode, owner } of rules.files) {
    const entry = { ...fileEntry(Buffer.from(content), mode, epoch), uid: owner.user, gid: owner.group };
    const done = place(entries, path, entry, epoch);
    if (!done.ok) return done;
  }
  remove(entries, rules);
  return ok(undefined);
}

/** A file of root's with content of its own. */
export function fileEntry(bytes: Buffer, mode: number, mtime: number): RootEntry {
  const content = { bytes, size: bytes.length, sha256: digestOf(bytes) };
  return { kind: 'file', mode, uid: 0, gid: 0, mtime, xattrs: {}, content };
}

/** What was extracted for the stores that are declared; a folder of certificates with all that is in it. */
function trustEntries(rules: RootfsPart, trust: RootEntries): readonly (readonly [string, RootEntry])[] {
  return rules.trust.flatMap(({ path }) =>
    [...trust].filter(([each]) => `/${each}` === path || `/${each}`.startsWith(`${path}/`)),
  );
}

/**
 * Puts an entry in its place, by the links of the folders on its way; folders that are missing are made. A folder that is there
 * gets the new owner and mode. Errors: `usage` where what is on its way is no folder.
 */
export function place(
  entries: RootEntries,
  path: string,
  entry: RootEntry,
  epoch: number,
): Result<void, Failure> {
  const place = resolveIn(entries, path);
  if (place === undefined || place === '') return wrongPath(path, 'its links lead nowhere');
  const parents = place.split('/').slice(0, -1);
  for (let depth = 1; depth <= parents.length; depth += 1) {
    const folder = parents.slice(0, depth).join('/');
    const is = entries.get(folder)?.kind ?? 'folder';
    if (is !== 'folder') return wrongPath(path, `/${folder} is no folder`);
    if (!entries.has(folder)) {
      entries.set(folder, { kind: 'folder', mode: 0o755, uid: 0, gid: 0, mtime: epoch, xattrs: {} });
    }
  }
  const isFolder = entries.get(place)?.kind === 'folder';
  const hasContent = isFolder && [...entries.keys()].some((each) => folderOf(each) === place);
  if (hasContent && entry.kind !== 'folder') return wrongPath(path, 'it is a folder with files in it');
  entries.set(place, entry);
  return ok(undefined);
}

function wrongPath(path: string, why: string): Result<never, Failure> {
  const message = `Cannot put ${path} into the image: ${why}.`;
  return err({ reason: 'usage', message, help: 'Check base-image.yaml.' });
}

function remove(entries: RootEntries, { remove: patterns, keep }: RootfsPart): void {
  const kept = keep.map(patternOf);
  const isKept = (path: string): boolean => kept.some((pattern) => pattern.test(`/${path}`));
  for (const text of patterns) {
    const pattern = patternOf(text);
    const found = [...entries.keys()].filter((path) => pattern.test(`/${path}`) && !isKept(path));
    const keepsSomething = (folder: string): boolean =>
      [...entries.keys()].some((each) => each.startsWith(`${folder}/`) && isKept(each));
    for (const path of found) {
      if (entries.get(path)?.kind === 'folder' && keepsSomething(path)) continue;
      entries.delete(path);
    }
  }
}

/** `*` within a segment, `**` over any number of them; whatever fits, all that is below it fits as well. */
function patternOf(text: string): RegExp {
  const segments = text.split('/').filter((segment) => segment !== '');
  const source = segments.map((segment) => {
    if (segment === '**') return '(?:/[^/]+)*';
    const escaped = segment.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
    return `/${escaped.replaceAll('*', '[^/]*')}`;
  });
  return new RegExp(`^${source.join('')}(?:/.*)?$`, 'u');
}
