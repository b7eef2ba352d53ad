import type { Digest } from '../../core/digest.ts';
import { countOf } from '../../core/numbers.ts';
import type { Platform } from '../../core/platform.ts';
import type { Explanation, Tried } from '../verify/explanation.ts';
import type { Seen } from './suspect.ts';
import type { Variant } from './variant.ts';

/** What a search came to for one file. */
export interface SearchedFile {
  /** What makes the published file. */
  readonly variant: Pick<Variant, 'rule' | 'what' | 'override'> | undefined;
  /** What the contents of the files say, where the published one is at hand. */
  readonly seen: Seen | undefined;
  /** What came out of the same recipe under other conditions, where that was something else. */
  readonly other: Digest | undefined;
  readonly tried: readonly Tried[];
  /** Whether there was time for all. */
  readonly exhausted: boolean;
  /** The time that was given. */
  readonly seconds: number;
}

/** A file that is not the published one. */
export interface DifferentFile {
  readonly platform: Platform;
  readonly name: string;
  readonly expected: Digest;
  readonly found: Digest;
  /** What speaks against the expectation itself, where something does. */
  readonly explanation?: Explanation;
}

/** What is to be said of a file after a search. */
export function conclude(file: DifferentFile, searched: SearchedFile): Explanation {
  const explanation = causeOf(file, searched);
  const { seen } = searched;
  return seen === undefined ? explanation : { ...explanation, inside: seen.inside };
}

function causeOf(file: DifferentFile, searched: SearchedFile): Explanation {
  const { variant, other, seen, tried, exhausted, seconds } = searched;
  const suspects = seen?.suspects;
  const evidence = suspects?.flatMap((suspect) => suspect.evidence) ?? [];
  if (variant !== undefined) return confirmedBy(variant, file, tried, evidence);
  if (other !== undefined) return unstableBuild(file.found, other, tried);
  const [first] = suspects ?? [];
  if (first !== undefined) {
    const { rule, cause, confidence, fix } = first;
    return { rule, cause, evidence, confidence, fix, tried };
  }
  if (suspects !== undefined) return nothingInside(tried);
  if (file.explanation?.rule === 'expectation') return { ...file.explanation, tried };
  return notFound(tried, exhausted, seconds);
}

/** The explanation of a file that came out as published with a variant. */
function confirmedBy(
  variant: NonNullable<SearchedFile['variant']>,
  file: DifferentFile,
  tried: readonly Tried[],
  evidence: readonly string[],
): Explanation {
  return {
    rule: variant.rule,
    cause: `Upstream built it with ${variant.what}.`,
    evidence: [
      ...evidence,
      `Built so, ${file.name} for ${file.platform} has the published SHA-256 ${file.expected}.`,
    ],
    confidence: 'confirmed',
    fix: 'With --accept, "eksd-rebuild explain" keeps this beside the lock, and the file is built so from then on.',
    override: variant.override,
    tried,
  };
}

/** What is to be said of a file of which our own builds differ. */
function unstableBuild(found: Digest, other: Digest, tried: readonly Tried[]): Explanation {
  return {
    rule: 'nondeterministic',
    cause: 'Two builds of our own differ, so the build itself depends on something that changes.',
    evidence: [
      `Built as usual it has the SHA-256 ${found}.`,
      `In another folder, at another time, with one processor, another host name, umask, time zone and language it has ${other}.`,
    ],
    confidence: 'high',
    fix: 'Look at what the project takes from its surroundings when it is built: generated files, stamps, the order of files.',
    tried,
  };
}

/** What is to be said where the contents say nothing of a cause. */
function nothingInside(tried: readonly Tried[]): Explanation {
  return {
    rule: 'unknown',
    cause: 'What differs inside the two files speaks for no cause that is known.',
    evidence: [],
    confidence: 'low',
    fix: 'With --diffoscope, that program shows all of it.',
    tried,
  };
}

/** What is to be said where a search found nothing. */
function notFound(tried: readonly Tried[], exhausted: boolean, seconds: number): Explanation {
  const built = tried.filter(({ result }) => result !== 'failed').length;
  return {
    rule: 'unknown',
    cause: 'No change that was tried gives the published file.',
    evidence: [
      `${countOf(built, 'other build was', 'other builds were')} made${built === tried.length ? '' : `, ${tried.length - built} could not be`}.`,
      exhausted
        ? 'That was all there was to try.'
        : `The time that was given, ${countOf(Math.round(seconds / 60), 'minute')}, was over before all was tried.`,
    ],
    confidence: 'low',
    fix: exhausted
      ? 'With the published file at hand, --published FILE compares its content.'
      : 'A longer --budget goes on from there; --published FILE compares the content of the published file.',
    tried,
  };
}
