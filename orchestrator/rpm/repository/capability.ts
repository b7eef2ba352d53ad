import { compareVersionTexts } from './rpm-version.ts';

/** How a capability's version is meant: `EQ`, `LT`, `LE`, `GT`, `GE`, as rpm-md spells it. */
export type Relation = 'EQ' | 'LT' | 'LE' | 'GT' | 'GE';

/** What a package provides or requires: a name, and perhaps versions of it. */
export interface Capability {
  readonly name: string;
  readonly relation?: Relation;
  readonly epoch?: number;
  readonly version?: string;
  readonly release?: string;
}

const symbols: Readonly<Record<Relation, string>> = { EQ: '=', LT: '<', LE: '<=', GT: '>', GE: '>=' };

/** `glibc >= 2.26`, as rpm prints it. */
export function renderCapability({ name, relation, epoch, version, release }: Capability): string {
  if (relation === undefined || version === undefined) return name;
  const number = `${epoch ? `${epoch}:` : ''}${version}${release === undefined ? '' : `-${release}`}`;
  return `${name} ${symbols[relation]} ${number}`;
}

/**
 * Whether what is provided meets what is required: their ranges of versions overlap. A release counts only where both have
 * one, and what has no version meets, and is met by, every version of its name.
 */
export function meets(provided: Capability, required: Capability): boolean {
  if (provided.name !== required.name) return false;
  const [left, right] = [provided.relation, required.relation];
  if (left === undefined || right === undefined) return true;
  if (provided.version === undefined || required.version === undefined) return true;
  const order =
    (provided.epoch ?? 0) - (required.epoch ?? 0) ||
    compareVersionTexts(provided.version, required.version) ||
    (provided.release === undefined || required.release === undefined
      ? 0
      : compareVersionTexts(provided.release, required.release));
  if (order < 0) return reachesUp(left) || reachesDown(right);
  if (order > 0) return reachesDown(left) || reachesUp(right);
  return (
    (includesEqual(left) && includesEqual(right)) ||
    (reachesDown(left) && reachesDown(right)) ||
    (reachesUp(left) && reachesUp(right))
  );
}

function reachesUp(relation: Relation): boolean {
  return relation === 'GT' || relation === 'GE';
}

function reachesDown(relation: Relation): boolean {
  return relation === 'LT' || relation === 'LE';
}

function includesEqual(relation: Relation): boolean {
  return relation === 'EQ' || relation === 'LE' || relation === 'GE';
}
