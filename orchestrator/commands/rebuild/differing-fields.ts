import { byCodeUnit, canonicalJson, type Json } from '../../core/canonical-json.ts';

/** A member that two values do not have alike; absent on a side that does not have it. */
export interface Differing {
  /** `buildDefinition.resolvedDependencies.<uri>.digest.sha256` */
  readonly field: string;
  readonly stated: string | undefined;
  readonly here: string | undefined;
}

/** What differs between two values, by the names of the smallest members that do. What a list has is known by its URI or name, where it has one. */
export function differingFields(stated: Json, here: Json, field = ''): readonly Differing[] {
  const [a, b] = [membersOf(stated), membersOf(here)];
  if (a === undefined || b === undefined) {
    const [before, after] = [canonicalJson(stated), canonicalJson(here)];
    return before === after ? [] : [{ field, stated: shown(stated), here: shown(here) }];
  }
  const names = [...new Set([...a.keys(), ...b.keys()])].sort(byCodeUnit);
  return names.flatMap((name): readonly Differing[] => {
    const [before, after] = [a.get(name), b.get(name)];
    const below = field === '' ? name : `${field}.${name}`;
    if (before !== undefined && after !== undefined) return differingFields(before, after, below);
    return [{ field: below, stated: shown(before), here: shown(after) }];
  });
}

function membersOf(value: Json): ReadonlyMap<string, Json> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!Array.isArray(value)) return new Map(Object.entries(value));
  const members = new Map<string, Json>();
  for (const [at, each] of (value as readonly Json[]).entries()) {
    const name = nameOf(each) ?? String(at);
    members.set(members.has(name) ? `${name} (${at})` : name, each);
  }
  return members;
}

function nameOf(value: Json): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { uri, name } = value as { readonly uri?: unknown; readonly name?: unknown };
  return typeof uri === 'string' ? uri : typeof name === 'string' ? name : undefined;
}

function shown(value: Json | undefined): string | undefined {
  return value === undefined || typeof value === 'string' ? value : canonicalJson(value);
}
