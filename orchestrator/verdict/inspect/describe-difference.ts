import { countOf } from '../../core/numbers.ts';
import { unreachable } from '../../core/unreachable.ts';
import type { Difference, FunctionChange, Lists, Sides } from './difference.ts';

/** How many things of a list are told by name. */
const named = 5;

/** What the two sides are called. */
type SideWords = Readonly<Record<'built' | 'published', string>>;
const usual: SideWords = { built: 'built', published: 'published' };

/** A difference in words: a sentence, and below it its evidence, a line each. No trailing newline. */
export function describeDifference(difference: Difference, words: SideWords = usual): string {
  const both = (sides: Sides<string>) => bothOf(sides, words);
  const lists = <T>(sentence: string, found: Lists<T>, text: (each: T) => string) =>
    listsOf(sentence, found, text, words);
  switch (difference.kind) {
    case 'machine':
      return `They are for different machines: ${both(difference)}.`;
    case 'go-version':
      return `They were built with different versions of Go: ${both(difference)}.`;
    case 'vcs':
      return `${stamps[difference.what]}: ${both(difference)}.`;
    case 'setting':
      return `The build setting ${difference.name} differs: ${both(difference)}.`;
    case 'main-module':
      return `The ${difference.what} of the main module differs: ${both(difference)}.`;
    case 'dependencies': {
      const { modules, what } = difference;
      const lines = modules.map((each) => `${each.module}: ${both(each)}`);
      return withLines(`${dependencies[what]} (${countOf(modules.length, 'module')}).`, lines);
    }
    case 'paths':
      return lists('They name different folders of the machine that built them', difference, (each) =>
        each.kind === 'string' ? each.path : `${each.path} (${each.kind}, ${countOf(each.count, 'file')})`,
      );
    case 'values':
      return lists(
        'Strings differ that look like values set by the linker',
        difference,
        (each) => `${quote(each.text)} (${each.looksLike})`,
      );
    case 'functions': {
      const { packages, isStandardLibraryOnly } = difference;
      const total = packages.reduce((sum, each) => sum + each.functions.length, 0);
      const where = isStandardLibraryOnly
        ? " Only Go's own packages are among them: another build of that Go."
        : '';
      const lines = packages.map(
        ({ package: name, bytes, functions }) =>
          `${name || '(linker)'}: ${countOf(bytes, 'byte')}: ${functions
            .slice(0, named)
            .map((each) => describeFunction(each, words))
            .join(', ')}${more(functions.length)}`,
      );
      return withLines(
        `The code of ${countOf(total, 'function')} in ${countOf(packages.length, 'package')} differs.${where}`,
        lines,
      );
    }
    case 'code':
      return `The code differs (${difference.sections.join(', ')}), and without a table of functions nothing says where.`;
    case 'strings':
      return lists('Strings differ', difference, quote);
    case 'data':
      return `The content of loaded sections differs: ${difference.sections.join(', ')}.`;
    case 'build-id':
      return `The build id differs: ${both(difference)}.`;
    case 'bookkeeping':
      return `What does not matter when the program runs differs: ${difference.sections.join(', ')}.`;
    default:
      return unreachable(difference);
  }
}

const stamps = {
  stamp: 'Only one has a version-control stamp',
  revision: 'They are stamped with different commits',
  modified: 'One is stamped as modified, the other as clean',
  time: 'They are stamped with different times',
  system: 'They are stamped by different version-control systems',
} as const;

const dependencies = {
  set: 'They were built from different modules',
  version: 'They were built from different versions of modules',
  replacement: 'Modules are replaced in one, and in the other not so',
  sum: 'Modules of one version have different sums',
  'sum-absent': 'The sums of modules are in one of them only',
} as const;

function describeFunction({ name, change, built, published }: FunctionChange, words: SideWords): string {
  switch (change) {
    case 'only-built':
      return `${name} (only ${words.built})`;
    case 'only-published':
      return `${name} (only ${words.published})`;
    case 'resized':
      return `${name} (${words.built} ${built?.size}, ${words.published} ${countOf(published?.size ?? 0, 'byte')})`;
    case 'recoded':
      return `${name} (${countOf(built?.size ?? 0, 'byte')}, other instructions)`;
    default:
      return unreachable(change);
  }
}

function bothOf({ built, published }: Sides<string>, words: SideWords): string {
  return `${words.built} ${built ?? 'none'}, ${words.published} ${published ?? 'none'}`;
}

function listsOf<T>(
  sentence: string,
  { onlyBuilt, onlyPublished }: Lists<T>,
  text: (each: T) => string,
  words: SideWords,
): string {
  return withLines(
    `${sentence}.`,
    [
      [`only ${words.built}`, onlyBuilt],
      [`only ${words.published}`, onlyPublished],
    ].flatMap(([where, list]) => {
      const some = (list as readonly T[]).slice(0, named).map(text).join(', ');
      return some === '' ? [] : [`${where}: ${some}${more((list as readonly T[]).length)}`];
    }),
  );
}

function withLines(sentence: string, lines: readonly string[]): string {
  const rest = lines.length > named ? [`and ${lines.length - named} more`] : [];
  return [sentence, ...[...lines.slice(0, named), ...rest].map((line) => `  ${line}`)].join('\n');
}

function more(all: number): string {
  return all > named ? `, and ${all - named} more` : '';
}

function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}...` : text);
}
