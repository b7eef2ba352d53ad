import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type FoundPlaceholder,
  type PlaceholderName,
  placeholders,
  replacePlaceholders,
} from '../../config/project/placeholders.ts';

/** What a recipe may want to know of a checkout: read off the full clone, which the checkout itself lacks. */
export interface SourceFacts {
  readonly tag: string;
  /** What the tag points at. */
  readonly commit: string;
  /** The commit after the patches; without patches the same. */
  readonly head: string;
  /** `2024-05-01T12:00:00-07:00`: the committer's own time and zone. */
  readonly headCommitterDate: string;
  /** Seconds since the epoch. */
  readonly headUnixTime: number;
  /** What the tag's name resolves to: an annotated tag's own object, else the commit. */
  readonly tagObject: string;
  /** The author's time of the head, in seconds since the epoch. */
  readonly headAuthorUnixTime: number;
  /** The committer's time of `commit`, likewise. */
  readonly commitUnixTime: number;
  /** `git rev-parse --short=7 HEAD`: seven digits, more where another object of the clone shares them. */
  readonly shortHead: string;
  /** `git rev-parse --short <tag>`. */
  readonly shortTag: string;
  /** `git rev-parse --short <commit>`: its length depends on how many objects the clone has. */
  readonly shortCommit: string;
  /** `git describe --always --abbrev=0` of the head: the nearest annotated tag, else the whole commit. */
  readonly describe: string;
}

/** The file of a source's tree that holds its facts as canonical JSON. */
export const factsFile = 'facts.json';

/** The folder of a source's tree that holds what HEAD has of files that the checkout has otherwise (`undo-vendored.ts`). */
export const undoneFolder = 'undone';

/** The facts of a source. @param tree the output folder of a source task, which wrote them. */
export async function readSourceFacts(tree: string): Promise<SourceFacts> {
  return JSON.parse(await readFile(join(tree, factsFile), 'utf8')) as SourceFacts;
}

/**
 * A recipe's text with each placeholder replaced.
 * @throws TypeError on a placeholder that does not exist: reading the recipe refuses it (`badPlaceholders`).
 */
export function resolvePlaceholders(text: string, facts: SourceFacts): string {
  return replacePlaceholders(text, factsFiller(facts));
}

/** What stands for a placeholder. */
export type FillPlaceholder = (placeholder: FoundPlaceholder) => string;

/** What a source's facts have for each. @throws TypeError as `resolvePlaceholders`. */
export function factsFiller(facts: SourceFacts): FillPlaceholder {
  const values: { readonly [Name in PlaceholderName]: () => string } = {
    tag: () => facts.tag,
    'tag.bare': () => facts.tag.replace(/^v/, ''),
    'tag.short': () => facts.shortTag,
    commit: () => facts.commit,
    'commit.short': () => facts.shortCommit,
    'commit.unix': () => String(facts.commitUnixTime),
    'commit.date.utc': () => utc(facts.commitUnixTime),
    head: () => facts.head,
    'head.short': () => facts.shortHead,
    // Upstream's Makefiles print the local time and put a Z behind it, whatever the zone.
    'head.date': () => `${facts.headCommitterDate.slice(0, 19)}Z`,
    'head.date.utc': () => utc(facts.headUnixTime),
    'head.author.utc': () => utc(facts.headAuthorUnixTime),
    'head.author.unix': () => String(facts.headAuthorUnixTime),
    'head.describe': () => facts.describe,
    'head.unix': () => String(facts.headUnixTime),
  };
  const whole = new Map([
    ['tag.short', facts.tagObject],
    ['commit.short', facts.commit],
    ['head.short', facts.head],
  ]);
  return ({ text: found, name, length }) => {
    if (!isKnown(name)) throw new TypeError(`unknown placeholder ${found}`);
    if (length === undefined) return values[name]();
    const full = whole.get(name);
    if (full === undefined) throw new TypeError(`placeholder ${found} takes no length`);
    return full.slice(0, length);
  };
}

/** @param unixTime seconds since 1970. */
function utc(unixTime: number): string {
  return `${new Date(unixTime * 1000).toISOString().slice(0, 19)}Z`;
}

function isKnown(name: string): name is PlaceholderName {
  return Object.hasOwn(placeholders, name);
}
