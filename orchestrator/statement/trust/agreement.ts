import { z } from 'zod';
import { byCodeUnit } from '../../core/canonical-json.ts';
import type { Assertion } from './assertion.ts';

const saying = z.strictObject({
  rebuilder: z.string(),
  verdict: z.string(),
  published: z.string().optional(),
  built: z.string().optional(),
  normalizers: z.array(z.string()).optional(),
  place: z.string(),
});

/** What rebuilders say of one file, or of one image. */
export const rowSchema = z.strictObject({
  what: z.enum(['file', 'image']),
  name: z.string(),
  /** `agreed`: all who speak of it say the same, and they are enough; `too-few`: they are not. */
  state: z.enum(['agreed', 'differs', 'too-few']),
  says: z.array(saying),
  /** Against whom all others stand, who are enough. */
  alone: z.string().optional(),
  /** Who says two things. */
  contradicts: z.array(z.string()),
});
export type Row = z.infer<typeof rowSchema>;

/**
 * Who says what of each file, and whether that is agreement: by the bytes that came, and by which were published. Who says two things of
 * a file agrees with nobody. @param needed how many have to say the same.
 */
export function agreementOf(assertions: readonly Assertion[], needed: number): readonly Row[] {
  const byName = new Map<string, Assertion[]>();
  for (const each of assertions) {
    const key = `${each.what} ${each.name}`;
    byName.set(key, [...(byName.get(key) ?? []), each]);
  }
  return [...byName.entries()].sort(([a], [b]) => byCodeUnit(a, b)).map(([, own]) => rowOf(own, needed));
}

function rowOf(own: readonly Assertion[], needed: number): Row {
  const [{ what, name }] = own as [Assertion];
  /** What each says, once. */
  const said = new Map(own.map((each) => [`${each.rebuilder}\0${contentOf(each)}`, each]));
  const groups = new Map<string, string[]>();
  for (const each of said.values())
    groups.set(contentOf(each), [...(groups.get(contentOf(each)) ?? []), each.rebuilder]);
  const speakers = [...said.values()].map(({ rebuilder }) => rebuilder);
  const contradicts = [...new Set(speakers.filter((each, at) => speakers.indexOf(each) !== at))].sort(
    byCodeUnit,
  );
  const isOne = groups.size === 1 && contradicts.length === 0;
  const state = !isOne ? 'differs' : speakers.length >= needed ? 'agreed' : 'too-few';
  const alone = contradicts.length > 0 ? undefined : aloneIn([...groups.values()], needed);
  return {
    ...{ what, name, state, contradicts },
    says: [...said.values()].sort((a, b) => byCodeUnit(a.rebuilder, b.rebuilder)).map(sayingOf),
    ...(alone === undefined ? {} : { alone }),
  };
}

/** Bytes, where there are some; a verdict is what a rebuilder makes of them. */
function contentOf({ published, built, verdict }: Assertion): string {
  return `${published ?? ''} ${built ?? verdict}`;
}

/** The one whom all others contradict, where these say the same, are at least two, and enough. */
function aloneIn(groups: readonly (readonly string[])[], needed: number): string | undefined {
  if (groups.length !== 2) return undefined;
  const [few = [], many = []] = [...groups].sort((a, b) => a.length - b.length);
  return few.length === 1 && many.length >= Math.max(2, needed) ? few[0] : undefined;
}

function sayingOf({
  rebuilder,
  verdict,
  published,
  built,
  normalizers,
  place,
}: Assertion): Row['says'][number] {
  return {
    ...{ rebuilder, verdict },
    ...(published === undefined ? {} : { published }),
    ...(built === undefined ? {} : { built }),
    ...(normalizers.length === 0 ? {} : { normalizers: [...normalizers] }),
    place,
  };
}
