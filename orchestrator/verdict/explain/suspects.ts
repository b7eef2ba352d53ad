import { describeDifference } from '../inspect/describe-difference.ts';
import type { BinaryComparison, Difference } from '../inspect/difference.ts';
import type { Inside } from '../verify/explanation.ts';
import type { OwnBuild, Suspect } from './suspect.ts';
import { suspectBookkeeping, suspectCode, suspectData, suspectFunctions, suspectId } from './suspect-code.ts';
import { suspectModules, suspectSetting, suspectVersion } from './suspect-settings.ts';
import { suspectMainVersion, suspectStamp } from './suspect-stamp.ts';
import { suspectValues } from './suspect-values.ts';

/** What two programs differ in, in words. @param isWhole whether all of both was at hand, not build information alone. */
export function insideOf({ extent, differences }: BinaryComparison, isWhole: boolean): Inside {
  const told = differences.map((each) => ({ kind: each.kind, text: describeDifference(each) }));
  return isWhole ? { extent, differences: told } : { differences: told };
}

/** Causes for what two programs differ in, the most telling first; one a rule, with all that speaks for it. */
export function suspectsOf(comparison: BinaryComparison, own: OwnBuild): readonly Suspect[] {
  const found = new Map<string, Suspect>();
  for (const difference of comparison.differences) {
    const suspect = suspectOf(difference, comparison, own);
    if (suspect === undefined) continue;
    const told = {
      ...suspect,
      evidence: describeDifference(difference)
        .split('\n')
        .map((line) => line.trim()),
    };
    const before = found.get(suspect.rule);
    found.set(suspect.rule, before === undefined ? told : joined(before, told));
  }
  return [...found.values()];
}

function joined(first: Suspect, second: Suspect): Suspect {
  return {
    ...first,
    evidence: [...first.evidence, ...second.evidence],
    variants: [...first.variants, ...second.variants],
  };
}

function suspectOf(difference: Difference, comparison: BinaryComparison, own: OwnBuild): Suspect | undefined {
  switch (difference.kind) {
    case 'go-version':
      return suspectVersion(difference, own);
    case 'vcs':
      return suspectStamp(difference, own);
    case 'main-module':
      return difference.what === 'version' ? suspectMainVersion(difference, own) : undefined;
    case 'setting':
      return suspectSetting(difference, own);
    case 'dependencies':
      return suspectModules(difference, own);
    case 'values':
    case 'strings':
      return suspectValues(difference, comparison, own);
    case 'functions':
      return suspectFunctions(difference, own);
    case 'code':
      return suspectCode();
    case 'paths':
      return suspectPaths(difference);
    case 'data':
      return suspectData(comparison, own);
    case 'build-id':
      return suspectId(difference, comparison, own);
    case 'bookkeeping':
      return suspectBookkeeping(difference, comparison, own);
    case 'machine':
      return undefined;
  }
}

function suspectPaths(difference: Extract<Difference, { kind: 'paths' }>): Suspect | undefined {
  // Of source files: a text that looks like a path may be anything.
  const isOfBuild = [...difference.onlyPublished, ...difference.onlyBuilt].some(
    ({ kind }) => kind !== 'string' && kind !== 'relative',
  );
  if (!isOfBuild) return undefined;
  return {
    rule: 'paths',
    cause: 'The published file holds the paths of the machine that built it.',
    evidence: [],
    confidence: 'high',
    fix: 'It can be built again only in folders of the same names, with the Go in its own place.',
    variants: [],
  };
}
