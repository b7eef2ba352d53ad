import { byCodeUnit, canonicalJson } from '../../core/canonical-json.ts';
import { type Aspect, type FileDifference, type SetAside, setAside } from './comparison.ts';
import type { ImageView } from './image-view.ts';
import { isImplied, type ViewEntry } from './view-entry.ts';

export interface ComparedFiles {
  readonly differences: readonly FileDifference[];
  readonly setAside: readonly SetAside[];
  /** Layers, from 0, that hold something that differs or was set aside. */
  readonly touched: ReadonlySet<number>;
}

/**
 * Compares two merged file systems path by path.
 * @param isTold says of which files the content was compared in another way; their bytes are set aside, and whether they are
 * there, but not their owner and mode.
 */
export function compareFiles(a: ImageView, b: ImageView, isTold: (path: string) => boolean): ComparedFiles {
  const differences: FileDifference[] = [];
  const touched = new Set<number>();
  const counts = { timestamps: 0, implied: 0, told: 0, division: 0 };
  const isSameCount = a.layers.length === b.layers.length;
  const paths = [...new Set([...a.entries.keys(), ...b.entries.keys()])].sort(byCodeUnit);
  for (const path of paths) {
    const [inA, inB] = [a.entries.get(path), b.entries.get(path)];
    const touch = () => {
      for (const each of [inA, inB]) if (each !== undefined) touched.add(each.layer);
    };
    if (inA === undefined || inB === undefined) {
      touch();
      if (isTold(path)) counts.told += 1;
      else differences.push(lone(path, inA, inB));
      continue;
    }
    const { aspects, told } = aspectsOf(inA, inB, isTold(path));
    if (told) counts.told += 1;
    if (aspects.length > 0) differences.push(changed(path, inA, inB, aspects));
    const isImpliedOnce = isImplied(inA) !== isImplied(inB);
    const isOtherTime = !isImplied(inA) && !isImplied(inB) && inA.mtime !== inB.mtime;
    const isElsewhere = isSameCount && !isImplied(inA) && !isImplied(inB) && inA.layer !== inB.layer;
    if (isImpliedOnce && aspects.length === 0) counts.implied += 1;
    if (isOtherTime) counts.timestamps += 1;
    if (isElsewhere) counts.division += 1;
    if (told || aspects.length > 0 || isImpliedOnce || isOtherTime || isElsewhere) touch();
  }
  return {
    differences,
    touched,
    setAside: [
      ...setAside('timestamps', counts.timestamps),
      ...setAside('implied-folders', counts.implied),
      ...setAside('hard-links', countOtherLinks(a, b, paths)),
      ...setAside('rpm-database', counts.told),
      ...setAside('layer-division', counts.division),
    ],
  };
}

function lone(path: string, a: ViewEntry | undefined, b: ViewEntry | undefined): FileDifference {
  const has = a ?? b;
  const change = a === undefined ? 'added' : 'removed';
  return { path, change, kind: has?.kind ?? '', isProgram: has?.machine !== undefined, aspects: [] };
}

function changed(path: string, a: ViewEntry, b: ViewEntry, aspects: readonly Aspect[]): FileDifference {
  const isContent = aspects.some(({ aspect }) => aspect === 'content');
  const isProgram = isContent && (a.machine !== undefined || b.machine !== undefined);
  return { path, change: 'changed', kind: b.kind, isProgram, aspects };
}

function aspectsOf(a: ViewEntry, b: ViewEntry, isTold: boolean) {
  const all: readonly (readonly [Aspect['aspect'], string, string])[] = [
    ['kind', a.kind, b.kind],
    ['mode', octal(a), octal(b)],
    ['owner', `${a.uid}:${a.gid}`, `${b.uid}:${b.gid}`],
    ['size', String(a.size), String(b.size)],
    ['content', a.sha256 ?? '', b.sha256 ?? ''],
    ['target', a.target ?? '', b.target ?? ''],
    ['device', a.device ?? '', b.device ?? ''],
    ['xattrs', canonicalJson(a.xattrs), canonicalJson(b.xattrs)],
  ];
  const isSameKind = a.kind === b.kind;
  const differing = all.filter(([aspect, inA, inB]) => {
    // What it was says nothing of what it is: the kind says it all. A link's mode is nobody's.
    if (!isSameKind) return aspect === 'kind' || aspect === 'owner';
    if (aspect === 'mode' && a.kind === 'symbolic-link') return false;
    return inA !== inB;
  });
  const isBytes = (aspect: Aspect['aspect']) => aspect === 'size' || aspect === 'content';
  const told = isTold && differing.some(([aspect]) => isBytes(aspect));
  const kept = differing.filter(
    ([aspect, inA, inB]) => inA !== inB && !(isTold && isSameKind && isBytes(aspect)),
  );
  return { told, aspects: kept.map(([aspect, inA, inB]) => ({ aspect, a: inA, b: inB })) };
}

function octal({ mode }: ViewEntry): string {
  return mode.toString(8).padStart(4, '0');
}

/** Paths in both that share their file with others in one image and not with the same ones in the other. */
function countOtherLinks(a: ImageView, b: ImageView, paths: readonly string[]): number {
  const [first, second] = [firstNames(a), firstNames(b)];
  const isInBoth = (path: string) => a.entries.has(path) && b.entries.has(path);
  return paths.filter((path) => isInBoth(path) && first.get(path) !== second.get(path)).length;
}

/** For each path that shares its file with others, which of them comes first. */
function firstNames({ entries }: ImageView): ReadonlyMap<string, string> {
  const groups = new Map<string, string[]>();
  for (const [path, entry] of entries) {
    if (entry.kind === 'folder') continue;
    const id = `${entry.layer}:${entry.member}`;
    groups.set(id, [...(groups.get(id) ?? []), path]);
  }
  const shared = [...groups.values()].filter((group) => group.length > 1);
  return new Map(shared.flatMap((group) => group.map((path) => [path, group[0] ?? path])));
}
