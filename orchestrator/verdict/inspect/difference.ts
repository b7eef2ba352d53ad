import type { BinaryFunction, BinaryPath } from './binary.ts';

/** What two programs differ in. `built` is said of the one that was built here, `published` of the one that was given. */
export type Difference =
  | ({ readonly kind: 'machine' } & Sides<string>)
  | ({ readonly kind: 'go-version' } & Sides<string>)
  | ({
      readonly kind: 'vcs';
      /** `stamp`: one has none at all. */
      readonly what: 'stamp' | 'revision' | 'modified' | 'time' | 'system';
    } & Sides<string>)
  | ({ readonly kind: 'setting'; readonly name: string } & Sides<string>)
  | ({ readonly kind: 'main-module'; readonly what: 'path' | 'version' | 'sum' } & Sides<string>)
  | {
      readonly kind: 'dependencies';
      /** `sum-absent`: one of the two has no sum. */
      readonly what: 'set' | 'version' | 'replacement' | 'sum' | 'sum-absent';
      readonly modules: readonly ({ readonly module: string } & Sides<string>)[];
    }
  | ({ readonly kind: 'paths' } & Lists<BinaryPath>)
  /** Strings that look like what `-X` puts in. */
  | ({ readonly kind: 'values' } & Lists<StringValue>)
  | {
      readonly kind: 'functions';
      /** Worst first. */
      readonly packages: readonly PackageChange[];
      /** Whether all of them are of Go's own packages: then it is another Go, whatever it calls itself. */
      readonly isStandardLibraryOnly: boolean;
    }
  /** The code differs, and a table of functions is missing. */
  | { readonly kind: 'code'; readonly sections: readonly string[] }
  | ({ readonly kind: 'strings' } & Lists<string>)
  /** Loaded sections that differ, whatever made them. */
  | { readonly kind: 'data'; readonly sections: readonly string[] }
  | ({ readonly kind: 'build-id' } & Sides<string>)
  /** What does not matter when the program runs: symbols, debug information, headers, a signature. */
  | { readonly kind: 'bookkeeping'; readonly sections: readonly string[] };

/** Undefined where there is none. */
export interface Sides<T> {
  readonly built: T | undefined;
  readonly published: T | undefined;
}

/** What only one of the two has. */
export interface Lists<T> {
  readonly onlyBuilt: readonly T[];
  readonly onlyPublished: readonly T[];
}

export interface StringValue {
  readonly text: string;
  readonly looksLike: 'version' | 'date' | 'commit';
}

export interface PackageChange {
  /** Empty for what the linker makes. */
  readonly package: string;
  /** Of all its functions that changed: of each the larger of its two sizes. */
  readonly bytes: number;
  /** Worst first. */
  readonly functions: readonly FunctionChange[];
}

export interface FunctionChange {
  readonly name: string;
  /** `recoded`: other instructions of the same size. */
  readonly change: 'only-built' | 'only-published' | 'resized' | 'recoded';
  readonly built: BinaryFunction | undefined;
  readonly published: BinaryFunction | undefined;
}

/**
 * How far two programs are apart. `build-id`: nothing but the identifier; `bookkeeping`: nothing that matters when it runs;
 * `data`: the same instructions on other data; `code`: other instructions.
 */
export type Extent = 'identical' | 'build-id' | 'bookkeeping' | 'data' | 'code';

export interface BinaryComparison {
  readonly extent: Extent;
  /** Most telling first: the earlier ones are likely to be the cause of the later ones. */
  readonly differences: readonly Difference[];
  /** Functions of one size whose bytes differ and whose code could not be compared any further. */
  readonly undecided: number;
}
