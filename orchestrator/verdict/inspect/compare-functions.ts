import type { BinaryFunction, BinaryReport } from './binary.ts';
import type { FunctionChange, PackageChange } from './difference.ts';

export interface FunctionComparison {
  /** Worst first. */
  readonly packages: readonly PackageChange[];
  readonly isStandardLibraryOnly: boolean;
  /** Functions of one size whose bytes differ, and of which nothing more can be said. */
  readonly undecided: number;
}

/**
 * Compares functions by name. Of the same size, they are the same where their bytes are, or else their shapes: the code with
 * every address blanked that is relative to the instruction and leads out of the function, calls kept by the name of what
 * is called. So a function that only moved, or whose data moved, does not count as changed, and one with another
 * instruction, constant or callee does. What is left out is which data it refers to: where that was exchanged for other data
 * and nothing else changed, this does not see it; the data sections and strings do.
 */
function compareFunctions(
  built: readonly BinaryFunction[],
  published: readonly BinaryFunction[],
  mainModule: string | undefined,
): FunctionComparison {
  const others = byName(published);
  const changes: FunctionChange[] = [];
  let undecided = 0;
  for (const function_ of built) {
    const same = others.get(nameOf(function_))?.shift();
    const change = same === undefined ? 'only-built' : compareOne(function_, same);
    if (change === 'undecided') undecided += 1;
    else if (change !== undefined)
      changes.push({ name: function_.name, change, built: function_, published: same });
  }
  for (const left of others.values()) {
    for (const function_ of left) {
      changes.push({
        name: function_.name,
        change: 'only-published',
        built: undefined,
        published: function_,
      });
    }
  }
  const packages = groupByPackage(changes);
  return {
    packages,
    isStandardLibraryOnly:
      packages.length > 0 && packages.every((each) => isStandard(each.package, mainModule)),
    undecided,
  };
}

function compareOne(
  built: BinaryFunction,
  published: BinaryFunction,
): FunctionChange['change'] | 'undecided' | undefined {
  if (built.size !== published.size) return 'resized';
  if (built.sha256 === published.sha256) return undefined;
  if (built.shape === undefined || published.shape === undefined) return 'undecided';
  return built.shape === published.shape ? undefined : 'recoded';
}

/** The names of functions are not unique: those of one name are paired in the order in which they stand. */
function byName(functions: readonly BinaryFunction[]): ReadonlyMap<string, BinaryFunction[]> {
  const found = new Map<string, BinaryFunction[]>();
  for (const each of functions) {
    const name = nameOf(each);
    const known = found.get(name);
    if (known === undefined) found.set(name, [each]);
    else known.push(each);
  }
  return found;
}

function nameOf(function_: BinaryFunction): string {
  return `${function_.package}\0${function_.name}`;
}

function groupByPackage(changes: readonly FunctionChange[]): readonly PackageChange[] {
  const groups = new Map<string, FunctionChange[]>();
  for (const change of changes) {
    const name = (change.built ?? change.published)?.package ?? '';
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [change]);
    else group.push(change);
  }
  return [...groups]
    .map(([name, functions]) => {
      const bytes = functions.reduce((sum, each) => sum + bytesOf(each), 0);
      return { package: name, bytes, functions: functions.sort((a, b) => bytesOf(b) - bytesOf(a)) };
    })
    .sort((a, b) => b.bytes - a.bytes);
}

function bytesOf({ built, published }: FunctionChange): number {
  return Math.max(built?.size ?? 0, published?.size ?? 0);
}

/** Go's own packages have no dot in the first part of their path, and neither `main` nor the program's module is one. */
function isStandard(path: string, mainModule: string | undefined): boolean {
  if (path === '' || path === 'main') return path === '';
  if (mainModule && (path === mainModule || path.startsWith(`${mainModule}/`))) return false;
  return !(path.split('/')[0] ?? '').includes('.');
}

/** Undefined where one has no table of functions. */
export function compareFunctionsOf(
  built: BinaryReport,
  published: BinaryReport,
): FunctionComparison | undefined {
  if (built.functions === undefined || published.functions === undefined) return undefined;
  return compareFunctions(built.functions, published.functions, built.build?.main.path);
}
