import { wrongLinkerFlags } from '../../config/project/go-flags.ts';
import type { BinaryComparison, Difference } from '../inspect/difference.ts';
import type { OwnBuild, Suspect } from './suspect.ts';
import { costs, type Variant } from './variant.ts';

/** Other code: of Go's own packages only, it is another Go; else of other patches where there are some. */
export function suspectFunctions(
  { isStandardLibraryOnly, packages }: Extract<Difference, { kind: 'functions' }>,
  own: OwnBuild,
): Suspect {
  if (isStandardLibraryOnly) {
    return {
      rule: 'go',
      cause:
        "Only the code of Go's own packages differs: it is another build of Go, with patches of its own.",
      evidence: [],
      confidence: 'high',
      fix: 'Look at whose Go built the file.',
      variants: own.variants.filter(({ rule }) => rule === 'go'),
    };
  }
  const worst = packages[0]?.package || 'what the linker made';
  const variants = own.variants.filter(({ rule }) => rule === 'patches' || rule === 'expectation');
  return {
    rule: 'code',
    cause: `The code differs, most of all in ${worst}.`,
    evidence: [],
    confidence: 'high',
    fix: 'Look at the source of these packages: at other patches, another commit, or changes that were never published.',
    variants,
  };
}

export function suspectCode(): Suspect {
  return {
    rule: 'code',
    cause: 'The code differs.',
    evidence: [],
    confidence: 'medium',
    fix: 'A program with a table of functions would say where.',
    variants: [],
  };
}

export function suspectData(comparison: BinaryComparison, own: OwnBuild): Suspect | undefined {
  // Other code refers to other data: only where the code is the same does this say something.
  if (comparison.extent !== 'data' || comparison.differences.some(({ kind }) => kind !== 'data'))
    return undefined;
  return {
    rule: 'link-values',
    cause: 'The code is the same and its data differ, as where the linker set other values.',
    evidence: [],
    confidence: 'low',
    fix: 'Look at the stamps of the recipe.',
    variants: own.variants.filter(({ rule }) => rule === 'link-values'),
  };
}

export function suspectId(
  { published }: Extract<Difference, { kind: 'build-id' }>,
  { extent }: BinaryComparison,
  own: OwnBuild,
): Suspect | undefined {
  if (extent !== 'build-id' && extent !== 'bookkeeping') return undefined;
  const words = own.words.filter((word) => !word.startsWith('-buildid'));
  const ldflags = [...words, `-buildid=${published ?? ''}`];
  const variant: Variant = {
    rule: 'not-run',
    what: published === undefined ? 'no build id' : `the build id ${published}`,
    override: { ldflags },
    weight: 100,
    cost: costs.link,
  };
  return {
    rule: 'not-run',
    cause: 'Nothing that runs differs: the build id does.',
    evidence: [],
    confidence: 'high',
    fix: 'The files do the same; -buildid in the linker flags of the recipe makes them the same.',
    variants: wrongLinkerFlags(ldflags).length > 0 ? [] : [variant],
  };
}

export function suspectBookkeeping(
  { sections }: Extract<Difference, { kind: 'bookkeeping' }>,
  { extent }: BinaryComparison,
  own: OwnBuild,
): Suspect | undefined {
  if (extent !== 'bookkeeping') return undefined;
  const stripped: readonly string[] = own.words.filter((word) => word === '-s' || word === '-w');
  const hasSymbols = sections.some((name) => /symtab|strtab|debug|dwarf/i.test(name));
  const variants: readonly Variant[] =
    hasSymbols && stripped.length > 0
      ? [
          {
            rule: 'not-run',
            what: `no ${stripped.join(' and no ')} for the linker`,
            override: { ldflags: own.words.filter((word) => !stripped.includes(word)) },
            weight: 100,
            cost: costs.link,
          },
        ]
      : [];
  return {
    rule: 'not-run',
    cause: `Nothing that runs differs: ${sections.join(', ')}.`,
    evidence: [],
    confidence: 'high',
    fix: 'The files do the same.',
    variants,
  };
}
